// One tooltip for the whole page. It shows the `data-help` of what is pointed at or touched, and of
// the control that is reached by keyboard, so that labels need no tab stop of their own.
import { element } from "./elements.mjs";

const DELAY_MS = 250; // a pointer that only passes by opens nothing
const GRACE_MS = 200; // the way from a label to its tooltip
const GAP = 6;
const MARGIN = 8;
const ID = "tooltip";

/** The element whose help is meant at a place of the page. @returns {Element | null} */
const helped = (node) => node.closest?.("[data-help]") ?? null;
const helpedByFocus = (node) => helped(node) ?? node.closest?.(".field")?.querySelector("[data-help]") ?? null;

/**
 * Place a box of a size at an anchor: above it, else below what belongs to it, inside the window.
 * @param {{left: number, top: number}} anchor
 * @param {{bottom: number}} field what must not be covered
 * @param {{width: number, height: number}} size
 * @param {{width: number, height: number}} space
 */
const place = (anchor, field, size, space) => {
  const above = anchor.top - GAP - size.height;
  return {
    left: Math.max(MARGIN, Math.min(anchor.left, space.width - MARGIN - size.width)),
    top: above >= MARGIN ? above : field.bottom + GAP,
  };
};

export const init = () => {
  const tip = element("div", "tooltip", { id: ID, role: "tooltip", hidden: true });
  document.body.append(tip);
  let timer = 0;
  let byKey = false; // whether the keyboard was used last
  let touched = false; // whether a finger was

  let shown = null; // the element whose help is on screen

  const show = (target) => {
    clearTimeout(timer);
    shown = target;
    tip.textContent = target.dataset.help;
    tip.hidden = false;
    const field = (target.closest(".field") ?? target).getBoundingClientRect();
    const size = { width: tip.offsetWidth, height: tip.offsetHeight };
    const at = place(target.getBoundingClientRect(), field, size, { width: document.documentElement.clientWidth });
    Object.assign(tip.style, { left: `${at.left}px`, top: `${at.top}px` });
  };
  const hide = () => {
    clearTimeout(timer);
    shown = null;
    tip.hidden = true;
  };
  const later = (action, ms) => {
    clearTimeout(timer);
    timer = setTimeout(action, ms);
  };

  // A focused control is described by the tooltip even where that is not seen.
  const describe = (node, on) => {
    const ids = (node.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => id && id !== ID);
    if (on) ids.push(ID);
    if (ids.length) node.setAttribute("aria-describedby", ids.join(" "));
    else node.removeAttribute("aria-describedby");
  };

  document.addEventListener("pointerover", (event) => {
    if (event.pointerType === "touch") return;
    const target = helped(event.target);
    if (target) later(() => show(target), DELAY_MS);
    else if (tip.contains(event.target)) clearTimeout(timer);
    else if (!tip.hidden || timer) later(hide, GRACE_MS);
  });
  document.addEventListener("pointerdown", (event) => {
    byKey = false;
    touched = event.pointerType === "touch";
    const target = touched ? helped(event.target) : null;
    if (target) show(target);
    else if (!tip.contains(event.target)) hide();
  }, true);
  // A finger on a label asks for help; it does not open the list below it.
  document.addEventListener("click", (event) => {
    const label = touched ? event.target.closest?.("label[data-help]") : null;
    if (label && !label.querySelector("input")) event.preventDefault();
  }, true);
  document.addEventListener("focusin", (event) => {
    const target = helpedByFocus(event.target);
    if (!target) return;
    if (byKey) show(target);
    else if (tip.hidden) tip.textContent = target.dataset.help;
    describe(event.target, true);
  });
  document.addEventListener("focusout", (event) => {
    describe(event.target, false);
    if (byKey) hide();
  });
  document.addEventListener("keydown", (event) => {
    byKey = true;
    if (event.key === "Escape") hide();
  }, true);
  // A control that is reached by keyboard scrolls into view, and its help with it.
  for (const type of ["scroll", "resize"]) addEventListener(type, () => (shown && byKey ? show(shown) : hide()), true);
};
