// The controls: beside the views, folded away, or on a phone a sheet over the page.
import { news } from "../client/news.mjs";
import { recall, remember } from "./memory.mjs";

const KEY = "neuromix-controls"; // what a visitor chose where they stand beside the views
const SWIPED = 60; // px that a finger draws the sheet down to close it
const root = document.documentElement;
const isPhone = matchMedia("(max-width: 699px)");
// Folded unless chosen otherwise: they would take a third of the page.
const isNarrow = matchMedia("(max-width: 899px)");

const isOpen = () => root.dataset.controls === "open";

const show = (open) => {
  root.dataset.controls = open ? "open" : "folded";
  document.getElementById("controls-toggle").setAttribute("aria-expanded", String(open));
};

/** Folds the controls, or brings them back. */
export const togglePanel = () => {
  const open = !isOpen();
  show(open);
  if (isPhone.matches) {
    if (open) document.getElementById("controls").focus({ preventScroll: true });
    return;
  }
  remember(KEY, root.dataset.controls);
};

/** Unfolds what holds a control that is not at its default. */
const isNewlyChanged = news();
export const unfold = (view, { fields }) => {
  const changed = fields.filter(({ name, default: own }) => String(view[name]) !== String(own)).map(({ name }) => name);
  if (!isNewlyChanged(changed)) return;
  for (const fold of document.querySelectorAll("details[data-fields]:not([open])")) {
    fold.open = fold.dataset.fields.split(" ").some((name) => changed.includes(name));
  }
};

const closeSheet = () => {
  if (!isPhone.matches || !isOpen()) return;
  show(false);
  document.getElementById("controls-toggle").focus({ preventScroll: true });
};

// A finger draws the sheet down from its top, or from its list where that stands at its start.
const swipes = () => {
  let start = null;
  const sheet = (event) => event.target.closest?.(".controls");
  document.addEventListener("touchstart", (event) => {
    const panel = sheet(event);
    const isFree = panel?.scrollTop === 0 && !event.target.closest("[role=slider]");
    start = isPhone.matches && isFree ? event.touches[0].clientY : null;
  }, { passive: true });
  document.addEventListener("touchend", (event) => {
    if (start !== null && event.changedTouches[0].clientY - start > SWIPED) closeSheet();
    start = null;
  });
};

export const panel = () => {
  const begin = () => show(!isPhone.matches && (recall(KEY) ?? (isNarrow.matches ? "folded" : "open")) === "open");
  begin();
  for (const width of [isPhone, isNarrow]) width.addEventListener("change", begin);
  document.getElementById("controls-toggle").addEventListener("click", togglePanel);
  document.addEventListener("keydown", (event) => {
    // An open list takes Escape for itself.
    if (event.key === "Escape" && !document.querySelector('.controls [aria-expanded="true"]')) closeSheet();
  }, true);
  swipes();
};
