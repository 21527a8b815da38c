// The check of the study's images: its remedies, and whether the visitor keeps its sheet open. The
// card is drawn anew with every change that concerns it, and a new <details> would forget both.

const chosen = new Map(); // by study: whether the visitor left it open, and how bad it was then
let returnFocus = false; // a remedy's own button is gone once it has worked

// On a phone the sheet would hide what one came to see: the line shows the worst finding.
const narrow = matchMedia("(max-width: 699px)");

// What was closed stays closed until there is a problem that was not there before.
const restore = (details, study) => {
  const before = chosen.get(study);
  if (narrow.matches) details.open = before?.open ?? false;
  else if (before) {
    const isNew = details.dataset.severity === "problem" && before.severity !== "problem";
    details.open = before.open || isNew;
  }
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
    if (details) chosen.set(study(), { open: !details.open, severity: details.dataset.severity });
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
