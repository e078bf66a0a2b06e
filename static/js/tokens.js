// Chips out of a text input with commas (forms/tokens.html): each is removed by its cross or by
// Backspace, another is added by typing, with suggestions. The text itself stays what is sent.

const BOX = "[data-tokens]";
const plainOf = (box) => box.querySelector("[data-tokens-text]");
const inputOf = (box) => box.querySelector("[role=combobox]");
const chipsOf = (box) => [...box.querySelectorAll("[data-token]")];

// Commas between, quotes around a name that holds a comma or a quote itself.
function read(text) {
  const names = [...text.matchAll(/\s*(?:"((?:[^"]|"")*)"|([^,]*))\s*(?:,|$)/g)];
  return names.map(([, quoted, bare]) => (quoted?.replaceAll('""', '"') ?? bare).trim()).filter(Boolean);
}

const write = (names) =>
  names.map((name) => (/[",]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name)).join(", ");

function sync(box) {
  const pending = inputOf(box).value.trim();
  const names = chipsOf(box).map((chip) => chip.dataset.token);
  plainOf(box).value = write(pending ? [...names, pending] : names);
}

function chip(box, name, color) {
  const colors = JSON.parse(box.dataset.colors);
  const number = color ?? colors[name];
  const shown = document.createElement("span");
  shown.className = number === undefined ? "tag token" : `tag token tag-${number}`;
  shown.dataset.token = name;
  const cross = document.createElement("button");
  cross.type = "button";
  cross.setAttribute("aria-label", `Remove ${name}`);
  cross.textContent = "×";
  shown.append(name, cross);
  return shown;
}

function add(box, names, color) {
  const input = inputOf(box);
  const known = new Set(chipsOf(box).map((each) => each.dataset.token.toLowerCase()));
  for (const name of names) {
    if (!known.has(name.toLowerCase())) input.closest(".combobox").before(chip(box, name, color));
    known.add(name.toLowerCase());
  }
  input.value = "";
  sync(box);
}

function remove(box, shown) {
  shown.remove();
  sync(box);
  inputOf(box).focus();
}

export function enhanceTokens(root) {
  for (const box of root.querySelectorAll(`${BOX}:not(.is-enhanced)`)) {
    const plain = box.querySelector("input");
    box.append(document.importNode(box.querySelector("template").content, true));
    plain.type = "hidden";
    plain.dataset.tokensText = "";
    plain.removeAttribute("id");
    box.classList.add("is-enhanced");
    add(box, read(plain.value));
  }
}

document.addEventListener("input", (event) => {
  const box = event.target.closest(BOX);
  if (!box || event.target !== inputOf(box)) return;
  if (event.target.value.endsWith(",") && !event.target.value.startsWith('"')) {
    add(box, read(event.target.value));
  }
  sync(box);
});

document.addEventListener("callbook:chosen", (event) => {
  const box = event.target.closest(BOX);
  if (box) add(box, [event.target.value], event.detail.color);
});

document.addEventListener("keydown", (event) => {
  const box = event.target.closest(BOX);
  if (!box || event.target !== inputOf(box) || event.defaultPrevented) return;
  if (event.key === "Enter" && event.target.value.trim()) {
    event.preventDefault();
    add(box, read(event.target.value));
  } else if (event.key === "Backspace" && !event.target.value && chipsOf(box).length) {
    event.preventDefault();
    remove(box, chipsOf(box).at(-1));
  }
});

document.addEventListener("click", (event) => {
  const box = event.target.closest(BOX);
  const cross = event.target.closest("[data-token] button");
  if (box && cross) remove(box, cross.closest("[data-token]"));
  else if (box?.classList.contains("is-enhanced") && event.target === box) inputOf(box).focus();
});

document.addEventListener("htmx:load", (event) => enhanceTokens(event.detail.elt));
enhanceTokens(document);
