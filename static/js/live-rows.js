// The rows of a list whose calls have changed: a call's own row, or a contact's cell for its last call.

import { keepPlace } from "./live-place.js";
import { linkOf, rows } from "./rows.js";

const ROW = "[data-href]";

export function mergeRows(answer) {
  const list = document.querySelector("[data-live-rows]");
  for (const fresh of answer.querySelectorAll(ROW)) {
    const shown = rows().find((row) => row.dataset.href === fresh.dataset.href);
    if (shown) refill(shown, fresh);
    else if ("enters" in fresh.dataset && list) keepPlace(list, ROW, () => insert(list, fresh));
  }
  for (const cell of answer.querySelectorAll("[data-cell-of]")) {
    const row = rows().find((each) => each.dataset.href === cell.dataset.cellOf);
    row?.querySelector(".last-call")?.replaceChildren(...cell.cloneNode(true).childNodes);
  }
  for (const id of ["count", "unmatched"]) {
    const fresh = answer.querySelector(`#${id}`);
    if (fresh) document.getElementById(id)?.replaceChildren(...fresh.cloneNode(true).childNodes);
  }
}

function refill(shown, fresh) {
  if (shown.innerHTML === fresh.innerHTML) return;
  const hadFocus = shown.contains(document.activeElement);
  shown.replaceChildren(...fresh.cloneNode(true).childNodes);
  if (hadFocus) linkOf(shown).focus({ preventScroll: true });
}

// Newest first, each day under its heading.
function insert(list, fresh) {
  const all = [...list.querySelectorAll(ROW)];
  const place = all.findIndex((row) => Number(row.dataset.at) < Number(fresh.dataset.at));
  const [before, after] = place < 0 ? [all.at(-1), null] : [all[place - 1], all[place]];
  if (!after && document.querySelector("#results [rel=next]")) return; // on a later page
  const added = document.importNode(fresh, true);
  added.classList.add("is-arriving");
  if (after?.dataset.day === added.dataset.day) after.before(added);
  else if (before?.dataset.day === added.dataset.day) before.after(added);
  else startDay(list, added, after);
}

function startDay(list, added, after) {
  const heading = document.createElement("h2");
  heading.className = "day";
  heading.textContent = added.dataset.day;
  if (after) after.previousElementSibling.before(heading, added);
  else list.append(heading, added);
}

// More has changed than is told row by row.
export async function readListAgain(url) {
  const top = document.querySelector("#results .scroller")?.scrollTop ?? 0;
  const focused = document.activeElement?.closest(`#results ${ROW}`)?.dataset.href;
  await window.htmx.ajax("GET", url, { target: "#results", swap: "innerHTML" });
  const scroller = document.querySelector("#results .scroller");
  if (scroller) scroller.scrollTop = top;
  const row = focused && rows().find((each) => each.dataset.href === focused);
  if (row) linkOf(row).focus({ preventScroll: true });
}
