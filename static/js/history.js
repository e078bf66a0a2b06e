// A record's history follows what is written elsewhere in its panel, and keeps the keyboard's place
// when the button that restored a value is gone with it.

const RESTORE = /\/history\/[\w-]+\/restore$/;

document.addEventListener("htmx:afterSwap", (event) => {
  const { target, requestConfig } = event.detail;
  const section = document.getElementById("history");
  if (!section || requestConfig.verb === "get") return;
  if (RESTORE.test(requestConfig.path)) {
    document.getElementById("history-head").focus({ preventScroll: true });
  } else if (!target.contains(section)) {
    // Asked by the section itself: of requests that the body asks for, the last one ends the others.
    const how = { source: section, target: section, swap: "outerHTML" };
    window.htmx.ajax("GET", section.dataset.history, how);
  }
});
