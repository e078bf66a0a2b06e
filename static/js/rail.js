// Folds the sidebar to its icons, and remembers it.

import { remember } from "./cookies.js";

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-fold]");
  if (!button) return;
  const folded = document.querySelector(".app").classList.toggle("is-folded");
  button.setAttribute("aria-pressed", String(folded));
  remember("rail", folded ? "folded" : "open");
});
