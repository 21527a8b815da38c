// Undo and redo: back and forth in the browser's history, but never out of the page. Each entry
// says how many of the page's own lie before it.
import { TYPED, onClick } from "./events.mjs"; // what is typed into has an undo of its own

export const undo = () => {
  let at = history.state?.at ?? 0;
  let last = at; // after a reload nobody knows whether more follow
  let isGoing = false; // until the browser is there a second step could leave the page

  const draw = () => {
    document.getElementById("undo").disabled = at < 1;
    document.getElementById("redo").disabled = at >= last;
  };

  const go = (count) => {
    if (isGoing || at + count < 0 || at + count > last) return;
    isGoing = true;
    history.go(count);
  };

  addEventListener("popstate", ({ state }) => {
    at = state?.at ?? 0;
    last = Math.max(last, at);
    isGoing = false;
    draw();
  });
  onClick("#undo", () => go(-1));
  onClick("#redo", () => go(1));
  document.addEventListener("keydown", (event) => {
    const key = event.key.toLowerCase();
    const isRedo = key === "y" || event.shiftKey;
    if (!(event.ctrlKey || event.metaKey) || event.altKey || !["z", "y"].includes(key)) return;
    if (event.defaultPrevented || event.target.closest?.(TYPED) || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    go(isRedo ? 1 : -1);
  });
  draw();

  /** Writes an address into the history. @param {"push"|"replace"} how */
  return (how, address) => {
    if (how === "push") last = at += 1;
    history[`${how}State`]({ at }, "", address);
    draw();
  };
};
