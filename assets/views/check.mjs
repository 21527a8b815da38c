// The check of the study's images: its remedies, and whether the visitor keeps its sheet open. The
// card is drawn anew with every change that concerns it, and a new <details> would forget both.

// Studies whose sheet the visitor left open. It never opens by itself: it would lie over what one
// came to see, and the line shows the worst finding.
const opened = new Set();
let returnFocus = false; // a remedy's own button is gone once it has worked
let lastFound = "";

/** What to say of the findings on screen; nothing if it was said before. */
export const found = (study) => {
  const counts = document.querySelector("#view-preflight .line b")?.textContent ?? "";
  const isNew = `${study} ${counts}` !== lastFound;
  lastFound = `${study} ${counts}`;
  return counts && isNew ? `${counts} found: open the check.` : "";
};

const restore = (details, study) => {
  details.open = opened.has(study);
  if (returnFocus) focusLine(details);
  returnFocus = false;
};

const focusLine = (details) => details.querySelector("summary").focus({ preventScroll: true });

/** As a click on the line does it, so that it is remembered. */
const close = (details) => {
  details.querySelector("summary").click();
  focusLine(details);
};

/**
 * @param {() => string} study  the one on screen
 * @param {(changes: object) => void} change  what a remedy does
 */
export const check = (study, change) => {
  document.addEventListener("click", (event) => {
    const remedy = event.target.closest?.(".remedy");
    if (remedy) {
      returnFocus = Boolean(remedy.closest("#view-preflight"));
      change(JSON.parse(remedy.dataset.changes));
      return;
    }
    if (event.target.closest?.(".check-close")) close(event.target.closest(".check"));
    const details = event.target.closest?.(".check summary")?.parentElement;
    // The browser turns it over right after this; a key's press is a click as well.
    if (details) opened[details.open ? "delete" : "add"](study());
  });
  // Escape belongs to what has the focus: a list, or a dialog.
  document.addEventListener("keydown", (event) => {
    const open = document.querySelector(".check[open]");
    const at = document.activeElement;
    if (event.key === "Escape" && open && (at === document.body || open.contains(at))) close(open);
  });
  let drawn = null;
  new MutationObserver(() => {
    const details = document.querySelector("#view-preflight .check");
    if (!details || details === drawn) return;
    drawn = details;
    restore(details, study());
  }).observe(document.documentElement, { childList: true, subtree: true });
};
