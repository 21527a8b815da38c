// Buttons that need nothing of Dash or of the server.
import { config } from "./config.mjs";
import { notify } from "./notices.mjs";

const COPY = "Copy link";
const COPIED_MS = 1500;

const copyLink = async (button, link) => {
  try {
    await navigator.clipboard.writeText(link);
    button.textContent = "Copied";
  } catch {
    // Browsers give no clipboard to pages that are not served over https or from this machine.
    prompt("Copy this link:", link);
  }
  setTimeout(() => { button.textContent = COPY; }, COPIED_MS);
};

// Links that skip what stands before the slice and the numbers. As links they would leave a mark in
// the address, which holds the View and nothing else.
const SKIPS = { "#control-slice": "#control-slice [role=slider]", "#control-panel": "#control-panel [aria-selected=true]" };

/**
 * @param {object} page
 * @param {() => string} page.link  to what is on screen
 * @param {(count: number) => void} page.openStudy  so many places further in the list
 */
export const buttons = ({ openStudy, link }) => {
  document.addEventListener("click", (event) => {
    const { target } = event;
    const skip = target.closest?.(".skips a");
    if (skip) {
      event.preventDefault();
      document.querySelector(SKIPS[skip.getAttribute("href")])?.focus();
    }
    const button = target.closest?.("button");
    if (button?.matches("#copy-link, .copy-link")) copyLink(button, link());
    if (button?.id === "study-back") openStudy(-1);
    if (button?.id === "study-forward") openStudy(1);
    const option = target.closest?.(".mantine-MultiSelect-option:not([data-checked])");
    const isFull = "mixFull" in document.documentElement.dataset;
    if (option && isFull) notify(`A fit takes at most ${config.mostMixed} images. Remove one first.`);
  }, true);
};
