// Buttons that need nothing of Dash or of the server.
import { config } from "./config.mjs";
import { onClick } from "./events.mjs";
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
  onClick("#copy-link, .copy-link", (button) => copyLink(button, link()));
  onClick("#study-back", () => openStudy(-1));
  onClick("#study-forward", () => openStudy(1));
  onClick(".skips a", (skip, event) => {
    event.preventDefault();
    document.querySelector(SKIPS[skip.getAttribute("href")])?.focus();
  });
  // Before Mantine takes the option.
  document.addEventListener("click", ({ target }) => {
    const isRefused = "mixFull" in document.documentElement.dataset && target.closest?.(".mantine-MultiSelect-option:not([data-checked])");
    if (isRefused) notify(`A fit takes at most ${config.mostMixed} images. Remove one first.`);
  }, true);
};
