// The check of the study's images: its remedies, and whether the visitor keeps its sheet open: each
// study has a <details> of its own, which knows nothing of the one before.
import { news } from "../client/news.mjs";
import { onClick } from "./events.mjs";

// Studies whose sheet the visitor left open. It never opens by itself: it would lie over what one
// came to see, and the line shows the worst finding.
const opened = new Set();
const isNew = news();

/** What to say of the findings on screen; nothing if it was said before. */
export const found = (study) => {
  const counts = document.querySelector("#view-preflight .line b")?.textContent ?? "";
  return isNew(study, counts) && counts ? `${counts} found: open the check.` : "";
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
  onClick(".remedy", (remedy) => {
    const details = remedy.closest("#view-preflight")?.querySelector(".check");
    if (details) focusLine(details); // the remedy's button is gone once it has worked
    change(JSON.parse(remedy.dataset.changes));
  });
  onClick(".check-close", (button) => close(button.closest(".check")));
  // The browser turns it over right after this; a key's press is a click as well.
  onClick(".check summary", ({ parentElement: { open } }) => opened[open ? "delete" : "add"](study()));
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
    details.open = opened.has(study());
  }).observe(document.documentElement, { childList: true, subtree: true });
};
