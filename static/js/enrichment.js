// Proposals: while the focus is in one, A accepts, R rejects and E edits it. When one is decided, the
// focus goes to the next, or to the facts.

import { hasModifier } from "./filters.js";

const PROPOSAL = "[data-proposal]";
const DECISION = /\/(proposals|calls)\/[\w-]+\/(accept|reject|proposals|undo)$/;

document.addEventListener("keydown", (event) => {
  const proposal = event.target.closest(PROPOSAL);
  if (!proposal || hasModifier(event) || event.target.matches("input, select, textarea")) return;
  const key = event.key.toLowerCase();
  const button = ["a", "r", "e"].includes(key) && proposal.querySelector(`[data-key="${key}"]`);
  if (!button) return;
  event.preventDefault();
  button.click();
});

document.addEventListener("keydown", (event) => {
  const details = event.target.closest(".proposal-edit[open]");
  if (!details || event.key !== "Escape") return;
  event.preventDefault();
  details.open = false;
  details.querySelector("summary").focus();
});

document.addEventListener(
  "toggle",
  (event) => {
    if (event.target.matches?.(".proposal-edit[open]")) {
      event.target.querySelector("input:not([type=hidden]), select").focus();
    }
  },
  true,
);

document.addEventListener("htmx:afterSettle", (event) => {
  const { requestConfig } = event.detail;
  if (requestConfig?.verb !== "post" || !DECISION.test(requestConfig.path)) return;
  const next = document.querySelector(`${PROPOSAL} button`);
  const place = next ?? document.querySelector("#history-head, #proposals");
  place?.focus({ preventScroll: true });
});
