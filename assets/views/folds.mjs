// What a visitor has unfolded in a card. The card is drawn anew with every change that concerns it,
// and a new <details> would be closed.

const unfolded = new Set();

const restore = () => {
  for (const name of unfolded) {
    const details = document.querySelector(`details[data-fold="${name}"]`);
    if (details) details.open = true;
  }
};

export const folds = () => {
  document.addEventListener("toggle", ({ target: { dataset, open } }) => {
    if (dataset?.fold) unfolded[open ? "add" : "delete"](dataset.fold);
  }, true);
  new MutationObserver(restore).observe(document.documentElement, { childList: true, subtree: true });
};
