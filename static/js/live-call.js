// An open call: its facts and its card follow what is told of it. A card that plays or has the focus is
// left alone until it is done.

import { isInUse, replaceCard } from "./live-cards.js";

const PAGE = "[data-live-call]";
const CARD = "[data-call]";
const FACTS = ".record-main";
const waiting = new WeakSet();

export async function refreshCall(changed) {
  const page = document.querySelector(PAGE);
  if (!page || !(changed.includes(page.dataset.liveCall) || waiting.has(page))) return;
  const answer = await fetch(page.dataset.livePage, { headers: { "HX-Request": "true" } });
  if (answer.status !== 200 || answer.redirected || !page.isConnected) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const isFacts = showFacts(page.querySelector(FACTS), fresh.querySelector(FACTS));
  const isCard = showCard(page.querySelector(CARD), fresh.querySelector(CARD));
  if (isFacts && isCard) waiting.delete(page);
  else waiting.add(page);
}

function showFacts(shown, fresh) {
  if (shown.isEqualNode(fresh)) return true;
  if (shown.contains(document.activeElement)) return false;
  shown.replaceWith(document.importNode(fresh, true));
  return true;
}

function showCard(shown, fresh) {
  if (shown.dataset.version === fresh.dataset.version) return true;
  if (isInUse(shown)) return false;
  replaceCard(shown, fresh);
  return true;
}
