// Notes about what just happened. They leave by themselves, unless one is looked at or is a problem.

const SECONDS = 6;
const box = () => document.getElementById("toasts");

export function toast(text) {
  const note = document.createElement("div");
  note.className = "toast";
  note.dataset.toast = "";
  note.textContent = text;
  box()?.append(note);
  leaveLater(note);
}

function leaveLater(note) {
  if (note.classList.contains("is-problem")) return;
  setTimeout(() => {
    if (note.matches(":hover, :focus-within")) leaveLater(note);
    else note.remove();
  }, SECONDS * 1000);
}

document.addEventListener("click", (event) => {
  event.target.closest("[data-toast-close]")?.closest("[data-toast]").remove();
});

document.addEventListener("htmx:oobAfterSwap", (event) => {
  if (event.detail.target.id === "toasts") box().querySelectorAll("[data-toast]").forEach(leaveLater);
});

document.querySelectorAll("[data-toast]").forEach(leaveLater);
