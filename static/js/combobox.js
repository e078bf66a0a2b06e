// The ARIA combobox of forms/combobox.html: suggestions while typing, chosen by keyboard or pointer.
// What is in the text input is what is sent; an option that creates, or that has an id, also fills
// the hidden input for that.

const PAUSE = 150;
const BOX = "[data-combobox]";
const inputOf = (box) => box.querySelector("input");
const listOf = (box) => box.querySelector("[role=listbox]");
const noteOf = (box) => box.querySelector("[data-combobox-note]");
const optionsOf = (box) => [...listOf(box).querySelectorAll("[role=option]")];
const timers = new WeakMap();

async function suggest(box) {
  const input = inputOf(box);
  const query = input.value.trim();
  const url = new URL(box.dataset.combobox, location.href);
  url.searchParams.set("q", query);
  const answer = await fetch(url, { headers: { "HX-Request": "true" } });
  if (!answer.ok || input.value.trim() !== query || document.activeElement !== input) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const chosen = [...(box.closest("[data-tokens]")?.querySelectorAll("[data-token]") ?? [])];
  const taken = new Set(chosen.map((token) => token.dataset.token));
  const found = [...page.querySelectorAll("[role=option]")]
    .filter((option) => !taken.has(option.dataset.value))
    .map((option) => document.importNode(option, true));
  found.forEach((option, index) => {
    option.id = `${input.id}-option-${index}`;
    option.setAttribute("aria-selected", "false");
  });
  listOf(box).replaceChildren(...found);
  box.dataset.suggestedFor = query;
  setOpen(box, found.length > 0);
  box.querySelector("[data-combobox-status]").textContent =
    found.length === 1 ? "1 suggestion" : `${found.length} suggestions`;
}

function setOpen(box, open) {
  listOf(box).hidden = !open;
  inputOf(box).setAttribute("aria-expanded", String(open));
  if (!open) inputOf(box).removeAttribute("aria-activedescendant");
}

function select(box, option) {
  for (const each of optionsOf(box)) each.setAttribute("aria-selected", String(each === option));
  inputOf(box).setAttribute("aria-activedescendant", option.id);
  option.scrollIntoView({ block: "nearest" });
}

function choose(box, option) {
  const input = inputOf(box);
  const { value, id = "", note = "" } = option.dataset;
  input.value = value;
  setNew(box, "create" in option.dataset ? value : "");
  setHidden(box, box.dataset.comboboxId, id);
  if (note) noteOf(box).textContent = note;
  setOpen(box, false);
  const detail = { color: option.dataset.color };
  input.dispatchEvent(new CustomEvent("callbook:chosen", { bubbles: true, detail }));
}

// The hidden input says that creating a thing of this name is meant.
function setNew(box, value) {
  setHidden(box, box.dataset.comboboxNew, value);
  noteOf(box).textContent = value
    ? `“${value}” is new and will be created with this form.`
    : "";
}

function setHidden(box, name, value) {
  const hidden = name && inputOf(box).form.elements.namedItem(name);
  if (hidden) hidden.value = value;
}

function later(box) {
  clearTimeout(timers.get(box));
  timers.set(box, setTimeout(suggest, PAUSE, box));
}

document.addEventListener("input", (event) => {
  const box = event.target.closest(BOX);
  if (!box || event.target.type === "hidden") return;
  setNew(box, "");
  setHidden(box, box.dataset.comboboxId, "");
  later(box);
});

document.addEventListener("focusin", (event) => {
  const box = event.target.closest(BOX);
  // Beside chips there is nothing to suggest before something is typed.
  if (box && !inputOf(box).value && !box.closest("[data-tokens]")) later(box);
});

document.addEventListener("focusout", (event) => {
  const box = event.target.closest(BOX);
  if (box && !box.contains(event.relatedTarget)) setOpen(box, false);
});

document.addEventListener("pointerdown", (event) => {
  const option = event.target.closest(`${BOX} [role=option]`);
  if (!option) return;
  event.preventDefault(); // keeps the focus in the input
  choose(option.closest(BOX), option);
});

document.addEventListener(
  "keydown",
  (event) => {
    const box = event.target.closest(BOX);
    if (!box) return;
    // Suggestions for what was typed a moment ago are not what Enter means.
    const isFresh = box.dataset.suggestedFor === inputOf(box).value.trim();
    const isOpen = !listOf(box).hidden && isFresh;
    const options = optionsOf(box);
    const here = options.findIndex((each) => each.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!isOpen) later(box);
      else select(box, options.at((here + (event.key === "ArrowDown" ? 1 : -1)) % options.length));
    } else if (event.key === "Enter" && isOpen && here >= 0) {
      event.preventDefault();
      choose(box, options[here]);
    } else if (event.key === "Escape" && !listOf(box).hidden) {
      event.preventDefault();
      event.stopPropagation();
      setOpen(box, false);
    } else if (event.key === "Tab") {
      setOpen(box, false);
    }
  },
  true,
);
