// Facts that are changed where they stand: a click or Enter opens a fact's form, Enter saves it (in
// long text Ctrl+Enter), and so does leaving it by Tab; Escape leaves it as it was. What a change
// brings along is taken from the answer piece by piece: other forms that are open stay as they are.

import { toast } from "./toast.js";
import { enhanceTokens } from "./tokens.js";

const FACT = "[data-fact]";
const FORM = "[data-fact-form]";
const PIECES = `${FACT}, [data-piece]`;
const formIn = (fact) => fact.querySelector(FORM);

document.addEventListener("click", (event) => {
  const cancel = event.target.closest("[data-fact-cancel]");
  const fact = event.target.closest(FACT);
  if (cancel && fact) {
    event.preventDefault();
    leave(fact);
    focusOn(fact);
  } else if (fact && !formIn(fact) && !event.target.closest("a, button, summary, form") && !String(getSelection())) {
    fact.querySelector("[data-fact-edit]")?.click();
  }
});

// What the last key was decides what leaving a form means.
let byTab = false;

document.addEventListener("pointerdown", () => (byTab = false), true);

document.addEventListener("keydown", (event) => {
  const form = event.target.closest(FORM);
  byTab = event.key === "Tab";
  if (!form || event.defaultPrevented) return;
  if (event.key === "Escape" && form.closest(FACT)) {
    event.preventDefault();
    const fact = form.closest(FACT);
    leave(fact);
    focusOn(fact);
  } else if (event.key === "Enter" && isSaving(event)) {
    event.preventDefault();
    form.requestSubmit();
  }
});

// In a line of text the browser itself takes Enter for saving, and on a button for pressing it.
function isSaving(event) {
  if (event.target.matches("textarea")) return event.ctrlKey || event.metaKey;
  return event.target.matches("select, [type=checkbox]");
}

document.addEventListener("focusout", (event) => {
  const form = event.target.closest(FORM);
  const fact = form?.closest(FACT);
  // Whose value shall stand is answered by its buttons alone.
  if (!byTab || !fact || form.dataset.factForm || form.contains(event.relatedTarget)) return;
  if (isChanged(form)) form.requestSubmit();
  else leave(fact);
});

function leave(fact) {
  formIn(fact).remove();
}

// Each field carries the text it was opened with.
function isChanged(form) {
  return [...form.elements].some((field) => {
    const opened = form.elements.namedItem(`initial-${field.name}`);
    if (!field.name || !opened) return false;
    const now = field.type === "checkbox" ? (field.checked ? "True" : "False") : field.value;
    return now.replaceAll("\r\n", "\n") !== opened.value.replaceAll("\r\n", "\n");
  });
}

// Whether something was typed into a fact and not saved.
export const isUnsaved = (root) => [...root.querySelectorAll(FORM)].some(isChanged);

function focusOn(fact) {
  const field = formIn(fact)?.querySelector(
    "[aria-invalid=true]:not([type=hidden]), input:not([type=hidden]), select, textarea",
  );
  (field ?? fact.querySelector("[data-fact-edit], summary"))?.focus({ preventScroll: true });
  if (field?.matches("[type=text], [type=tel], [type=email]")) field.select();
}

let hadFocus = false;

document.addEventListener("htmx:beforeSwap", (event) => {
  const { target, requestConfig } = event.detail;
  if (target.matches(FACT)) {
    hadFocus = requestConfig.verb === "get" || target.contains(document.activeElement);
  }
});

document.addEventListener("htmx:afterSwap", (event) => {
  const { target, xhr } = event.detail;
  const fact = event.target;
  if (!target.matches(FACT) || !fact.matches?.(FACT)) return;
  enhanceTokens(fact);
  if (hadFocus) focusOn(fact);
  refreshRecord(xhr.response, fact);
});

// Takes from a record's page what differs; `saved` is a fact that is shown as it is already.
export function refreshRecord(html, saved = null) {
  const record = new DOMParser().parseFromString(html, "text/html").querySelector("[data-record]");
  if (!record) return; // a fact's form alone
  for (const piece of record.querySelectorAll(PIECES)) refresh(piece, saved);
  retitle(record.dataset.record);
}

function refresh(fresh, saved) {
  const shown = document.getElementById(fresh.id);
  if (!shown || shown === saved || shown.isEqualNode(fresh) || shown.querySelector("[open]")) return;
  if (shown.querySelector(FORM)) {
    const value = document.importNode(fresh.querySelector(".fact-value"), true);
    shown.querySelector(".fact-value").replaceWith(value);
    return;
  }
  // A form that is on its way would come to a fact that is no longer there.
  if (shown.querySelector(".htmx-request")) return;
  const focused = shown.contains(document.activeElement) ? document.activeElement.id : "";
  const next = document.importNode(fresh, true);
  shown.replaceWith(next);
  window.htmx.process(next);
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
}

// On a page of its own the record's name stands above it, too.
function retitle(name) {
  const title = document.getElementById("record-title");
  if (!title) return;
  title.textContent = name;
  document.title = `${name} · Callbook`;
}

document.addEventListener("htmx:responseError", (event) => {
  const { requestConfig, target } = event.detail;
  if (requestConfig.verb === "get" && target.matches(FACT)) {
    toast("This cannot be changed any more. Reload the page.");
  }
});
