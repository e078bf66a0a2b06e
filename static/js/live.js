// Shows calls as they go. While the page is visible it asks every few seconds what has changed in the
// team's calls: one small request, and usually the answer is nothing. What has changed is then shown in
// the list, in an open contact and in an open call. What the viewer looks at, hears or types stays.

import { cardLists, isWaiting, refreshCards } from "./live-cards.js";
import { refreshCall } from "./live-call.js";
import { mergeRows, readListAgain } from "./live-rows.js";
import { listAddress } from "./panel.js";

const EVERY = 3000;
// A deleted call is no change of any call: now and then an open contact's cards are counted, too.
const ROUNDS = 10;
let since = ""; // what this page knows
let round = 0;

async function ask(source) {
  since ||= source.dataset.liveSince;
  const list = document.querySelector("[data-live-list]");
  const from = list ? listAddress() : "";
  const url = new URL(source.dataset.live, location.href);
  if (list) url.search = new URL(from).search;
  url.searchParams.set("list", list?.dataset.liveList ?? "");
  url.searchParams.set("since", since);
  const answer = await fetch(url, { headers: { "HX-Request": "true" } });
  if (answer.status !== 200 || answer.redirected) return null;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  // A list that was filtered meanwhile asks for itself.
  if (list && listAddress() !== from) return null;
  return page.querySelector("[data-live-answer]");
}

async function poll() {
  const source = document.querySelector("[data-live]");
  if (!source) return;
  const news = await ask(source);
  const changed = news ? news.dataset.calls.split(" ") : [];
  round = (round + 1) % ROUNDS;
  for (const list of cardLists()) {
    if (news || isWaiting(list) || !round) await refreshCards(list);
  }
  await refreshCall(changed);
  if (!news) return;
  if ("behind" in news.dataset) await readAll();
  else mergeRows(news);
  since = news.dataset.since;
}

async function readAll() {
  if (document.querySelector("[data-live-list]")) await readListAgain(listAddress());
}

let timer;
let isAsking = false;

async function run() {
  if (isAsking) return;
  clearTimeout(timer);
  if (document.visibilityState !== "visible") return; // the page asks when it is looked at again
  isAsking = true;
  try {
    await poll();
  } catch (error) {
    // No network for a moment: the next round asks again.
    if (!(error instanceof TypeError)) throw error;
  } finally {
    isAsking = false;
    timer = setTimeout(run, EVERY);
  }
}

document.addEventListener("visibilitychange", run);
timer = setTimeout(run, EVERY);
