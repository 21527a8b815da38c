// Full screen: one card takes the window, but for the slice bar. Escape leaves it.
import { onClick } from "./events.mjs";

const current = () => document.querySelector(".card.full-screen");

/** The plane that takes the window; null if none does. */
export const planeInFull = () => document.querySelector(".card.full-screen .picture.of-plane");

const mark = (card, isFull) => {
  card.classList.toggle("full-screen", isFull);
  const button = card.querySelector(".full-screen-button");
  button.setAttribute("aria-pressed", String(isFull));
  button.title = isFull ? "Leave full screen (Escape)" : "Full screen (f)";
};

/** Shows one card alone, or all again. @param {?Element} card */
const show = (card) => {
  const before = current();
  if (before) mark(before, false);
  if (card) mark(card, true);
  document.querySelector("main").toggleAttribute("data-full-screen", Boolean(card));
};

/** Turns full screen on for the card under the pointer or with the focus, or off. */
export const toggleScreen = () =>
  show(current() ? null : document.querySelector(".card:hover") ?? document.activeElement.closest(".card"));

export const screen = () => {
  onClick(".full-screen-button", (button) => {
    const card = button.closest(".card");
    show(card === current() ? null : card);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented && !document.querySelector("dialog[open]") && current()) show(null);
  });
};
