// Filters act as one types or chooses; without this the form has an Apply button.

const TYPING_PAUSE = 250;
let timer;

function apply(form) {
  clearTimeout(timer);
  const query = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    if (value !== "") query.append(name, value);
  }
  const url = query.size ? `${form.action.split("?")[0]}?${query}` : form.action.split("?")[0];
  window.htmx.ajax("GET", url, { target: "#results", swap: "innerHTML" });
  document.dispatchEvent(new CustomEvent("callbook:filtered", { detail: { url } }));
}

document.addEventListener("input", (event) => {
  const form = event.target.closest("[data-filters]");
  if (!form || event.target.type !== "search") return;
  clearTimeout(timer);
  timer = setTimeout(apply, TYPING_PAUSE, form);
});

document.addEventListener("change", (event) => {
  const form = event.target.closest("[data-filters]");
  if (form && event.target.type !== "search") apply(form);
});

document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-filters]")) return;
  event.preventDefault();
  apply(event.target);
});

document.addEventListener("keydown", (event) => {
  const search = document.querySelector("[data-filters] input[type=search]");
  if (!search) return;
  if (event.key === "/" && !isTyping(event.target) && !hasModifier(event)) {
    event.preventDefault();
    search.focus();
    search.select();
  } else if (event.key === "Escape" && event.target === search && search.value) {
    search.value = "";
    apply(search.form);
  }
});

export function isTyping(element) {
  return element.matches("input:not([type=checkbox], [type=radio]), textarea, select, [role=slider]");
}

export function hasModifier(event) {
  return event.ctrlKey || event.metaKey || event.altKey;
}
