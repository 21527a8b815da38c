// What a visitor has unfolded in a card. The card is drawn anew with every change that concerns it,
// and a new <details> would be closed.

const unfolded = new Set();

// Only new ones: one that was closed just now is still in the set until its event arrives.
const restore = (records) => {
  for (const node of records.flatMap(({ addedNodes }) => [...addedNodes])) {
    const inside = node.querySelectorAll?.("details[data-fold]") ?? [];
    for (const one of [node, ...inside]) if (unfolded.has(one.dataset?.fold)) one.open = true;
  }
};

export const folds = () => {
  document.addEventListener("toggle", ({ target: { dataset, open } }) => {
    if (dataset?.fold) unfolded[open ? "add" : "delete"](dataset.fold);
  }, true);
  new MutationObserver(restore).observe(document.documentElement, { childList: true, subtree: true });
};
