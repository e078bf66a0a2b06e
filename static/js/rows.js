// Rows as targets: a click anywhere in a row is a click on its link, j and k or the arrows walk.

import { hasModifier, isTyping } from "./filters.js";

const ROW = "[data-href]";

export const rows = () => [...document.querySelectorAll(`#results ${ROW}`)];
export const linkOf = (row) => row.querySelector("a[href]");

function rowOf(event) {
  const row = event.target.closest(ROW);
  return row && !event.target.closest("a, button, input, label, summary") ? row : null;
}

document.addEventListener("click", (event) => {
  const row = rowOf(event);
  if (!row || String(getSelection())) return;
  if (event.ctrlKey || event.metaKey || event.shiftKey) window.open(row.dataset.href, "_blank");
  else linkOf(row).click();
});

document.addEventListener("auxclick", (event) => {
  const row = rowOf(event);
  if (row && event.button === 1) window.open(row.dataset.href, "_blank");
});

document.addEventListener("keydown", (event) => {
  if (hasModifier(event) || isTyping(event.target) || event.target.closest("dialog")) return;
  const step = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[event.key];
  const all = rows();
  if (!step || !all.length) return;
  const here = all.findIndex((row) => row.contains(document.activeElement));
  // Arrows scroll the page until a row has been reached; j and k always mean rows.
  if (here < 0 && event.key.startsWith("Arrow")) return;
  event.preventDefault();
  const next = here < 0 ? all[0] : all[Math.min(Math.max(here + step, 0), all.length - 1)];
  linkOf(next).focus();
  next.scrollIntoView({ block: "nearest" });
});

// A value that is cut off shows in full on hover; only those that are cut get a title.
document.addEventListener("mouseover", (event) => {
  const cell = event.target.closest(".table td, .truncate");
  if (!cell || cell.title) return;
  if (cell.scrollWidth > cell.clientWidth) cell.title = cell.textContent.trim();
});
