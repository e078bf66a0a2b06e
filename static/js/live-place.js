// What the viewer looks at does not move while things above it come and go.

const rectOf = (element) => element.getBoundingClientRect();

export function keepPlace(list, items, change) {
  const scroller = list.closest(".panel-content, .scroller");
  const anchor = scroller && firstSeen(scroller, [...list.querySelectorAll(items)]);
  const before = anchor && rectOf(anchor).top;
  const result = change();
  if (anchor?.isConnected) scroller.scrollTop += rectOf(anchor).top - before;
  return result;
}

// The first item that is not above the top edge: only what lies above it may change its height. Where
// all items are below the edge there is nothing to hold on to.
function firstSeen(scroller, items) {
  const edge = rectOf(scroller).top;
  if (!items.length || rectOf(items[0]).top >= edge) return null;
  return items.find((item) => rectOf(item).bottom > edge) ?? null;
}
