// Select2 draws its own field and leaves it without a name: give it that of the label.
"use strict";

function nameFields(within) {
  for (const select of within.querySelectorAll("select.admin-autocomplete")) {
    const drawn = select.nextElementSibling?.querySelector("[role=textbox], [role=searchbox]");
    const label = select.labels[0]?.textContent.replace(/:\s*$/, "").trim();
    if (drawn && label) {
      drawn.setAttribute("aria-label", label);
    }
  }
}

// By jQuery's own queue, after autocomplete.js has had its turn there.
django.jQuery(() => nameFields(document));
document.addEventListener("formset:added", (event) => nameFields(event.target));
