// The panel over a list. A link with data-panel opens there, its address goes into the history, and
// Back, Escape and the cross close it. Focus moves in, stays in, and returns to its row.

import { isUnsaved } from "./facts.js";
import { hasModifier, isTyping } from "./filters.js";
import { showStart } from "./player.js";
import { linkOf, rows } from "./rows.js";
import { toast } from "./toast.js";

const panel = () => document.getElementById("panel");
const content = () => document.getElementById("panel-content");
const small = matchMedia("(max-width: 767px)");

let opener = null; // what had the focus before the panel took it
let listUrl = location.href; // where closing leads
let pushed = 0; // how many of our entries lie between the list and here

export const listAddress = () => (panel()?.open ? new URL(listUrl, location.href).href : location.href);

function show(url) {
  const dialog = panel();
  dialog.querySelector("[data-panel-page]").href = url;
  if (!dialog.open) {
    listUrl = location.href;
    dialog.show();
  }
  document.querySelector(".app").inert = small.matches;
  markRow(url);
  dialog.classList.add("is-loading");
  return window.htmx
    .ajax("GET", url, { target: "#panel-content", swap: "innerHTML" })
    .finally(() => dialog.classList.remove("is-loading"));
}

// A form that was typed into is left by its own buttons only, never by Escape or another row.
let typed = false;

document.addEventListener("input", (event) => {
  if (event.target.closest("#panel-content form.form")) typed = true;
});

document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target.id === "panel-content") typed = false;
});

async function open(url, { leave = false } = {}) {
  if ((typed && !leave) || isUnsaved(content())) {
    toast("Save or cancel the form first.");
    return;
  }
  const wasOpen = panel().open;
  if (!wasOpen) opener = document.activeElement;
  const from = location.href;
  const loaded = show(url);
  if (wasOpen) {
    history.replaceState({ panel: url, list: listUrl }, "", url);
  } else {
    listUrl = from;
    history.pushState({ panel: url, list: listUrl }, "", url);
    pushed = 1;
  }
  await loaded;
  showStart(content());
  content().focus({ preventScroll: true });
}

function hide() {
  const dialog = panel();
  if (!dialog?.open) return;
  dialog.close();
  typed = false;
  content().replaceChildren();
  document.querySelector(".app").inert = false;
  const row = document.querySelector("#results .is-open");
  markRow(null);
  (row ? linkOf(row) : opener)?.focus({ preventScroll: true });
  opener = null;
}

function close() {
  if (pushed) {
    history.back(); // popstate hides it
  } else {
    history.replaceState(null, "", listUrl);
    hide();
  }
}

function markRow(url) {
  const path = url && new URL(url, location.href).pathname;
  const all = rows();
  let place = -1;
  all.forEach((row, index) => {
    const isOpen = path !== null && new URL(row.dataset.href, location.href).pathname === path;
    row.classList.toggle("is-open", isOpen);
    if (isOpen) place = index;
  });
  showPosition(all, place);
}

function showPosition(all, place) {
  const results = document.querySelector("#results [data-first]");
  const known = place >= 0 && results;
  panel().querySelector("[data-panel-position]").textContent = known
    ? `${(place + Number(results.dataset.first)).toLocaleString("en")} of ${results.dataset.count}`
    : "";
  for (const button of panel().querySelectorAll("[data-panel-step]")) {
    const next = place + Number(button.dataset.panelStep);
    button.disabled = place < 0 || next < 0 || next >= all.length;
    button.hidden = place < 0;
  }
}

function step(by) {
  const all = rows();
  const here = all.findIndex((row) => row.classList.contains("is-open"));
  const row = here < 0 ? null : all[here + by];
  if (!row) return;
  row.scrollIntoView({ block: "nearest" });
  open(row.dataset.href);
}

document.addEventListener("click", (event) => {
  if (!panel()) return;
  const link = event.target.closest("a[data-panel]");
  if (link && event.button === 0 && !hasModifier(event) && !event.shiftKey) {
    event.preventDefault();
    open(link.href, { leave: content().contains(link) });
    return;
  }
  if (event.target.closest("[data-panel-close]")) {
    event.preventDefault();
    close();
  }
  const button = event.target.closest("[data-panel-step]");
  if (button) step(Number(button.dataset.panelStep));
});

document.addEventListener("keydown", (event) => {
  if (!panel()?.open || event.defaultPrevented) return;
  if (event.key === "Escape") {
    event.preventDefault();
    if (!typed && !isUnsaved(content())) close();
  } else if (event.key === "Tab") {
    keepFocus(event);
  } else if (!hasModifier(event) && !isTyping(event.target) && panel().contains(event.target)) {
    if (event.key === "j") step(1);
    if (event.key === "k") step(-1);
  }
});

function keepFocus(event) {
  if (!panel().contains(document.activeElement)) return;
  const stops = [
    ...panel().querySelectorAll(
      "a[href], button:not(:disabled), input:not([type=hidden], :disabled), select, textarea, summary, audio[controls], [tabindex='0']",
    ),
  ].filter((element) => element.checkVisibility());
  const edge = event.shiftKey ? stops[0] : stops.at(-1);
  const atEdge = document.activeElement === edge || document.activeElement === content();
  if (!atEdge || (document.activeElement === content() && !event.shiftKey)) return;
  event.preventDefault();
  (event.shiftKey ? stops.at(-1) : stops[0]).focus();
}

// A reload made the panel's address a page of its own, yet its entries count as one document: without
// this, Back would change the address and nothing else.
const loadedPath = location.pathname;

window.addEventListener("popstate", (event) => {
  if (!panel()) {
    if (location.pathname !== loadedPath) location.reload();
    return;
  }
  pushed = event.state?.panel ? 1 : 0;
  if (event.state?.panel) {
    show(event.state.panel);
    listUrl = event.state.list;
  } else {
    const changed = panel().open && location.href !== listUrl;
    hide();
    if (changed) history.replaceState(null, "", listUrl);
  }
});

// The list was narrowed. Every letter typed is not a page to go back to: the entry is replaced.
document.addEventListener("callbook:filtered", (event) => {
  if (panel()?.open) listUrl = new URL(event.detail.url, location.href).href;
  else history.replaceState(null, "", event.detail.url);
});

document.addEventListener("htmx:afterSwap", (event) => {
  const link = panel()?.querySelector("[data-panel-page]");
  if (event.detail.target?.id === "results" && panel()?.open) markRow(link.href);
});

// A form saved in the panel was redirected: the address follows, and the table behind is read again.
// One that is only a part of what the panel shows comes back where it was, saved.
document.addEventListener("htmx:afterSwap", (event) => {
  const { target, requestConfig, xhr } = event.detail;
  if (!panel()?.open || requestConfig.verb === "get") return;
  const arrived = xhr.responseURL;
  if (target.id === "panel-content") {
    if (new URL(arrived).pathname === requestConfig.path) return; // shown again with its errors
    history.replaceState({ panel: arrived, list: listUrl }, "", arrived);
    panel().querySelector("[data-panel-page]").href = arrived;
    content().focus({ preventScroll: true });
  }
  window.htmx.ajax("GET", listUrl, { target: "#results", swap: "innerHTML" });
});

document.addEventListener("htmx:responseError", (event) => {
  const { requestConfig, target, pathInfo } = event.detail;
  if (requestConfig.verb !== "get") toast("That was not saved. Reload the page and try again.");
  // Gone, no longer allowed or signed out: the whole page says which.
  else if (target.matches("#panel-content, #results")) location.assign(pathInfo.requestPath);
});

document.addEventListener("htmx:sendError", () => toast("No answer from the server. Try again."));

small.addEventListener("change", () => {
  if (panel()?.open) document.querySelector(".app").inert = small.matches;
});
