// The calls of an open contact: asked for with the version that is shown, so that 304 costs nothing. A
// new card is put in its place and a changed one replaced; one that plays, or has the focus, is left
// alone until it is done.

import { refreshRecord } from "./facts.js";
import { keepPlace } from "./live-place.js";
import { enhance, isBusy } from "./player.js";

const LIST = "[data-live-url]";
const etags = new WeakMap(); // the list element -> the version of it that is shown in full
const passedOver = new WeakSet(); // lists with a card that waits

export const cardLists = () => [...document.querySelectorAll(LIST)];
export const isWaiting = (list) => passedOver.has(list);

export async function refreshCards(list) {
  const tag = etags.get(list) ?? list.dataset.liveEtag;
  const headers = { "HX-Request": "true" };
  if (tag) headers["If-None-Match"] = tag;
  const answer = await fetch(list.dataset.liveUrl, { headers, credentials: "same-origin" });
  if (answer.status !== 200 || answer.redirected || !list.isConnected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const complete = keepPlace(list, "[data-call]", () => merge(list, page));
  // A card that was passed over is asked for again: the old version stays the condition.
  if (complete) etags.set(list, answer.headers.get("ETag") ?? "");
  if (complete) passedOver.delete(list);
  else passedOver.add(list);
  await refreshFacts(list);
}

// What a call has told is in the facts, too.
async function refreshFacts(list) {
  const record = list.closest(".record")?.querySelector("[data-record-url]");
  if (!record) return;
  const headers = { "HX-Request": "true" };
  const answer = await fetch(record.dataset.recordUrl, { headers, credentials: "same-origin" });
  if (answer.status === 200 && !answer.redirected && record.isConnected) {
    refreshRecord(await answer.text());
  }
}

export const isInUse = (card) => isBusy(card) || card.contains(document.activeElement);

function merge(list, page) {
  const fresh = [...page.querySelectorAll("[data-call]")];
  let complete = true;
  let last = null;
  for (const card of fresh) {
    const shown = document.getElementById(card.id);
    if (!shown) last = insert(list, card, last);
    else if (shown.dataset.version === card.dataset.version) last = shown;
    else if (isInUse(shown)) {
      last = shown;
      complete = false;
    } else last = replaceCard(shown, card);
  }
  complete = dropGone(list, fresh, last) && complete;
  copyText(page, "[data-live-count]");
  toggleEmpty(list);
  return complete;
}

function insert(list, card, after) {
  const added = document.importNode(card, true);
  if (after) after.after(added);
  else list.prepend(added);
  added.classList.add("is-arriving");
  wake(added);
  return added;
}

export function replaceCard(shown, card) {
  const unfolded = shown.querySelector("details")?.open;
  const next = document.importNode(card, true);
  shown.replaceWith(next);
  wake(next);
  const details = next.querySelector("details");
  if (details && unfolded !== undefined) details.open = unfolded;
  return next;
}

function wake(card) {
  enhance(card);
  window.htmx.process(card);
}

// Cards above the last one of the answer that it no longer has belong to another contact now.
function dropGone(list, fresh, last) {
  const kept = new Set(fresh.map((card) => card.id));
  let complete = true;
  for (const card of list.querySelectorAll("[data-call]")) {
    if (kept.has(card.id)) continue;
    const above = last && card.compareDocumentPosition(last) & Node.DOCUMENT_POSITION_FOLLOWING;
    if (!above && fresh.length) continue;
    if (isBusy(card)) complete = false;
    else card.remove();
  }
  return complete;
}

function copyText(page, selector) {
  const [from, to] = [page.querySelector(selector), document.querySelector(selector)];
  if (from && to) to.textContent = from.textContent;
}

function toggleEmpty(list) {
  const note = list.querySelector("[data-live-empty]");
  if (note) note.hidden = Boolean(list.querySelector("[data-call]"));
}
