// Keeps the calls of an open contact fresh: one conditional request every few seconds while the page
// is visible. 304 costs nothing. A new card is put in its place and a changed one replaced; one that
// plays, or has the focus, is left alone until it is done. What the viewer looks at does not move.

import { enhance, isBusy } from "./player.js";

const EVERY = 4000;
const LIST = "[data-live-url]";
const etags = new WeakMap(); // the list element -> the version of it that is shown in full

async function poll(list) {
  const tag = etags.get(list) ?? list.dataset.liveEtag;
  const headers = { "HX-Request": "true" };
  if (tag) headers["If-None-Match"] = tag;
  const answer = await fetch(list.dataset.liveUrl, { headers, credentials: "same-origin" });
  if (answer.status !== 200 || answer.redirected || !list.isConnected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const complete = merge(list, page);
  // A card that was passed over is asked for again: the old version stays the condition.
  if (complete) etags.set(list, answer.headers.get("ETag") ?? "");
}

function merge(list, page) {
  const fresh = [...page.querySelectorAll("[data-call]")];
  const scroller = list.closest(".panel-content, .scroller");
  const anchor = topCard(list, scroller);
  const before = anchor?.getBoundingClientRect().top;
  let complete = true;
  let last = null;
  for (const card of fresh) {
    const shown = document.getElementById(card.id);
    if (!shown) last = insert(list, card, last);
    else if (shown.dataset.version === card.dataset.version) last = shown;
    else if (isBusy(shown) || shown.contains(document.activeElement)) {
      last = shown;
      complete = false;
    } else last = replace(shown, card);
  }
  complete = dropGone(list, fresh, last) && complete;
  copyText(page, "[data-live-count]");
  toggleEmpty(list);
  if (anchor?.isConnected) scroller.scrollTop += anchor.getBoundingClientRect().top - before;
  return complete;
}

// The first card that is cut by the top edge: only what lies above it may change its height.
function topCard(list, scroller) {
  const edge = scroller?.getBoundingClientRect().top ?? 0;
  if (list.getBoundingClientRect().top >= edge) return null;
  return [...list.querySelectorAll("[data-call]")].find(
    (card) => card.getBoundingClientRect().bottom > edge,
  );
}

function insert(list, card, after) {
  const added = document.importNode(card, true);
  if (after) after.after(added);
  else list.prepend(added);
  added.classList.add("is-arriving");
  window.htmx.process(added);
  wake(added);
  return added;
}

function replace(shown, card) {
  const unfolded = shown.querySelector("details")?.open;
  const next = document.importNode(card, true);
  shown.replaceWith(next);
  window.htmx.process(next);
  wake(next);
  const details = next.querySelector("details");
  if (details && unfolded) details.open = true;
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

async function pollAll() {
  if (document.visibilityState === "visible") {
    for (const list of document.querySelectorAll(LIST)) {
      try {
        await poll(list);
      } catch (error) {
        // No network for a moment: the next round asks again.
        if (!(error instanceof TypeError)) throw error;
      }
    }
  }
}

async function run() {
  try {
    await pollAll();
  } finally {
    setTimeout(run, EVERY);
  }
}

setTimeout(run, EVERY);
