// Copies a value that is shown once, such as a new API key.

import { toast } from "./toast.js";

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const input = document.getElementById(button.dataset.copy);
  input.select();
  try {
    await navigator.clipboard.writeText(input.value);
    toast("Copied");
  } catch {
    // Without a secure origin there is no clipboard: the text stays selected for the viewer's own copy.
    toast("Selected: press Ctrl+C to copy");
  }
});
