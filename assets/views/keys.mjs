// Keys: what each does, and the list of them. They act on the page as long as nothing wants them
// for itself, and never while somebody types.
import { element } from "./elements.mjs";
import { TYPED } from "./events.mjs";

const step = (count) => (page) => page.step(count);
const turn = (way, slices) => (page) => page.turn(way) || page.step(slices);
const digits = Object.fromEntries(
  [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((count) => [String(count % 10), (page) => page.components(count)]),
);

/** Keys as the help lists them, what they do in words, and by `event.key` what they do.
 * @type {[string, string, Object<string, (page: object) => void>][]} */
const SHORTCUTS = [
  ["← →", "Previous and next slice (also the mouse wheel over a picture)", { ArrowLeft: step(-1), ArrowRight: step(1) }],
  ["[ ]", "Previous and next slice, also while a control uses the arrows; in three planes, in the one reached by Tab", { "[": step(-1), "]": step(1) }],
  ["Page ↑ ↓", "Ten slices; in the lesson its previous and next step", { PageUp: turn(-1, 10), PageDown: turn(1, -10) }],
  ["Home, End", "First and last slice, on the slider", {}],
  ["Space", "Play and pause", { " ": (page) => page.play() }],
  ["< >", "Play slower and faster", { "<": (page) => page.speed(-1), ">": (page) => page.speed(1) }],
  ["k", "Play through 1 to 10 components; Space or Escape stops", { k: (page) => page.playComponents() }],
  ["1 … 9, 0", "Number of components; 0 is ten", digits],
  ["l", "Pictures: X, Y and labels, or three planes", { l: (page) => page.layout() }],
  ["y", "Image X or Y in three planes", { y: (page) => page.image() }],
  ["b", "Keep the view as A, then flick between A and the view B at one place; Shift+B ends it", { b: (page) => page.flick(), B: (page) => page.endCompare() }],
  ["x", "Swap images X and Y", { x: (page) => page.swap() }],
  ["t", "Show or hide the labels", { t: (page) => page.toggleLabels() }],
  ["m", "Next map over image X", { m: (page) => page.map() }],
  ["g, G", "Next and previous colours of the image under the pointer, or of X", { g: (page) => page.colours(1), G: (page) => page.colours(-1) }],
  ["n, p", "Next and previous study", { n: (page) => page.study(1), p: (page) => page.study(-1) }],
  ["z", "Crop to the head, or show the whole field of view", { z: (page) => page.field() }],
  ["f", "Full screen of the view under the pointer", { f: (page) => page.screen() }],
  ["s", "The lesson step by step, for a projector; Escape leaves it", { s: (page) => page.lesson() }],
  ["c", "Show or hide the controls", { c: (page) => page.panel() }],
  ["?", "Help", { "?": (page) => page.help() }],
  ["+ −", "Zoom, in a picture reached by Tab (also Ctrl and the wheel, or a pinch)", {}],
  ["← → ↑ ↓", "Move the crosshair, in a picture reached by Tab; with Shift by 10 voxels", {}],
  ["Escape", "Leave full screen, a list or the help; remove the crosshair", {}],
  ["Ctrl Z, Ctrl Shift Z", "Undo and redo, as the browser's Back and Forward do within the page", {}],
];
const ACTIONS = Object.assign({}, ...SHORTCUTS.map(([, , actions]) => actions));

const MODAL = "dialog, [role=dialog], [role=option]";
const MOVED = "[type=radio], [type=checkbox], [role=slider], [role=tab]"; // wants the arrows
const PRESSED = "button, a, summary, [type=radio], [type=checkbox], input[readonly]"; // wants the space bar
const LIST = "input[aria-haspopup]";
const HELD = ["ArrowLeft", "ArrowRight", "[", "]", "PageUp", "PageDown"]; // act again while they are held
const ARROWS = ["ArrowLeft", "ArrowRight"];

const isScrolled = (node) => node && node.scrollWidth > node.clientWidth; // by the same arrow keys

const isListed = (input) => document.getElementById(input.getAttribute("aria-controls"))?.checkVisibility() ?? false;

/** Whether what has the focus wants a key for itself. */
const isTaken = (key, target) => {
  const within = (selector) => target.closest?.(selector);
  if (within(MODAL) || document.querySelector("dialog[open]") || within(`${TYPED}, select`)) return true;
  if (key === " ") return Boolean(within(PRESSED) ?? within(MOVED));
  if (key.startsWith("Page")) return Boolean(within("[role=slider]") && !within("#control-slice"));
  return ARROWS.includes(key) && Boolean(within(MOVED) || isScrolled(within(".wide, .check-scroll")));
};

// What gives up the focus if a pointer gave it, and with it the arrows and the space bar: not what is
// typed into, an open list, or the slider of the slices.
const LENT = `${MOVED}, ${PRESSED}, .picture, select`;
const ONE_OF_A_LIST = "[role=option]:not(.mantine-MultiSelect-option)"; // with which the list is done
const KEPT = "#control-slice, dialog, [role=dialog]";

/** Takes a key from a control that has the focus by a pointer. @param {(event: Event) => void} act */
const release = (act) => {
  let pressed = null; // by a pointer, if the keyboard was not used since
  addEventListener("pointerdown", ({ target }) => { pressed = target; }, true);
  addEventListener("keydown", (event) => {
    const { target, key } = event;
    const isChosen = target.matches?.(LIST) && pressed?.closest(ONE_OF_A_LIST);
    const isLent = pressed && target.matches?.(LENT) && !target.closest(KEPT);
    pressed = null;
    if (!(key in ACTIONS) || !(isChosen || isLent)) return;
    event.stopPropagation(); // the control shall not answer
    target.blur();
    act(event, document.body);
  }, true);
};

/** The rows of the list in the help. */
const list = () => SHORTCUTS.map(([keys, words]) =>
  element("tr", "", {}, element("th", "", { scope: "row" }, keys), element("td", "", {}, words)));

/** @param {Object<string, Function>} page  what the actions of the table do */
export const keys = (page) => {
  document.getElementById("keys").replaceChildren(...list());
  const act = (event, target) => {
    // Some keyboards have brackets behind AltGr, which counts as Ctrl and Alt.
    if ((event.ctrlKey || event.metaKey || event.altKey) && !event.getModifierState("AltGraph")) return;
    if (event.repeat && !HELD.includes(event.key)) return;
    const action = ACTIONS[event.key];
    if (!action || event.defaultPrevented || isTaken(event.key, target)) return;
    event.preventDefault();
    action(page);
  };
  release(act);
  document.addEventListener("keydown", (event) => act(event, event.target));
  // A list that can be searched opens like all others.
  addEventListener("keydown", ({ key, target }) => {
    if (key === "Enter" && target.matches?.(`.controls ${LIST}`) && !isListed(target)) setTimeout(() => target.click());
  }, true);
};
