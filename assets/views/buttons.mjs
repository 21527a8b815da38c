// Buttons that need nothing of Dash or of the server.
import { notify } from "./notices.mjs";

const COPY = "Copy link";
const COPIED_MS = 1500;

const copyLink = async (button) => {
  try {
    await navigator.clipboard.writeText(location.href);
    button.textContent = "Copied";
  } catch {
    // Browsers give no clipboard to pages that are not served over https or from this machine.
    prompt("Copy this link:", location.href);
  }
  setTimeout(() => { button.textContent = COPY; }, COPIED_MS);
};

/**
 * @param {object} page
 * @param {() => boolean} page.isFull  whether the fit takes no more images
 * @param {number} page.most  images that it takes
 */
export const buttons = ({ isFull, most }) => {
  document.addEventListener("click", ({ target }) => {
    const button = target.closest?.("button");
    if (button?.id === "copy-link") copyLink(button);
    if (button?.id === "controls-toggle") document.documentElement.toggleAttribute("data-controls");
    const option = target.closest?.(".mantine-MultiSelect-option:not([data-checked])");
    if (option && isFull()) notify(`A fit takes at most ${most} images. Remove one first.`);
  }, true);
};
