// What is listened for in all of the page: Dash makes elements when it likes.

/** What is typed into, which wants keys for itself. */
export const TYPED = "input:not([type=radio], [type=checkbox], [readonly]), textarea, [contenteditable]";

/** What Escape closes first. */
export const ABOVE = ".full-screen, dialog[open], :popover-open";

/** Calls for each click within what a selector names. @param {(node: Element, event: MouseEvent) => void} act */
export const onClick = (selector, act) => document.addEventListener("click", (event) => {
  const node = event.target.closest?.(selector);
  if (node) act(node, event);
});
