// The elements of a picture: the frame of the whole slice, which moves and grows below its stage,
// and what stands still over that.
import { lettersOf, tickLabel, ticks } from "../client/picture.mjs";

export const IDS = { x: "view-image-x", y: "view-image-y", map: "view-labels" };
const SVG = "http://www.w3.org/2000/svg";
const NAMES = { x: "Slice of image X", y: "Slice of image Y", map: "Label map over image X" };

const svg = (name, attributes = {}) => {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  return node;
};
export const element = (name, className, properties = {}) =>
  Object.assign(document.createElement(name), { className }, properties);
const image = (alt) => Object.assign(new Image(), { alt, decoding: "sync", draggable: false });
const EDGES = ["left", "right", "bottom", "top"];

// Reached by keys in a picture that has the focus: twelve more stops of the Tab key would be many.
const button = (does, text, title) =>
  element("button", "", { type: "button", tabIndex: -1, textContent: text, title, value: does, ariaLabel: title });
const tools = () => {
  const node = element("div", "zoom-tools");
  node.append(button("in", "+", "Zoom in (+)"), button("out", "−", "Zoom out (−)"), button("reset", "⤢", "Show the whole head (0)"));
  return node;
};

const make = (which, place) => {
  const frame = element("div", "picture-frame");
  const below = image(which === "y" ? NAMES.y : NAMES.x);
  const over = svg("svg", { class: "picture-over", "aria-hidden": "true" });
  const lines = [svg("line", { class: "crosshair", y1: "0", y2: "100%" }), svg("line", { class: "crosshair", x1: "0", x2: "100%" })];
  const letters = EDGES.map((edge) => element("span", `letter at-${edge}`, { ariaHidden: "true" }));
  const bar = element("span", "scale-bar", { ariaHidden: "true" });
  const made = { place, frame, below, over, lines, letters, bar, size: [place.clientWidth, place.clientHeight] };
  over.append(...lines);
  frame.append(below);
  if (which === "map") {
    made.map = image("Label map");
    frame.append(made.map);
  }
  frame.append(over);
  place.append(frame, ...letters, bar, tools());
  place.tabIndex = 0;
  place.role = "application"; // it has keys of its own
  if (which !== "map") {
    made.scale = element("div", "scale");
    place.append(made.scale);
  }
  return made;
};

/**
 * The parts of a picture, in their place; null as long as Dash has not laid it out.
 * @param {"x"|"y"|"map"} which
 */
export const parts = (which) => {
  const place = document.getElementById(IDS[which]);
  if (!place) return null;
  if (!place.parts?.frame.isConnected) place.parts = make(which, place);
  return place.parts;
};

/** The picture that an element is part of. */
export const pictureOf = (node) => {
  const id = node.closest?.(".picture")?.id;
  return Object.keys(IDS).find((which) => IDS[which] === id) ?? null;
};

/** Writes the anatomical letters, and what a screen reader says of the picture. */
export const writeLetters = (which, made, view) => {
  lettersOf(view).forEach((letter, index) => { made.letters[index].textContent = letter; });
  made.place.ariaLabel = `${NAMES[which]}, ${which === "y" ? view.y : view.x}, ${view.plane}`;
};

/** Draws the scale of intensities. @param {[number, number]} window */
export const drawScale = (made, window) => {
  const text = window.join(":");
  if (made.scale.dataset.window === text) return;
  made.scale.dataset.window = text;
  const [low, high] = window;
  made.scale.replaceChildren(...ticks(window).map((value) => {
    const tick = element("span", "", { textContent: tickLabel(value) });
    tick.style.bottom = `${(100 * (value - low)) / (high - low)}%`;
    return tick;
  }));
};

/** The pixel of a picture under a pointer, rows upwards; null beside all pictures. */
export const pixelAt = (event, isVoxelOfX, { shape: [columns, rows] }) => {
  const which = pictureOf(event.target);
  if (!which || !isVoxelOfX(which)) return null;
  const box = parts(which).frame.getBoundingClientRect();
  const column = Math.floor(((event.clientX - box.left) / box.width) * columns);
  const row = rows - 1 - Math.floor(((event.clientY - box.top) / box.height) * rows);
  return column >= 0 && row >= 0 && column < columns && row < rows ? { column, row } : null;
};

/** Draws a crosshair through a pixel in every picture that has it. */
export const crosshair = (pixel, isVoxelOfX, { shape: [columns, rows] }) => {
  for (const which of Object.keys(IDS)) {
    const made = parts(which);
    if (!made) continue;
    const isShown = Boolean(pixel) && isVoxelOfX(which);
    made.over.toggleAttribute("data-crosshair", isShown);
    if (!isShown) continue;
    const x = `${(100 * (pixel.column + 0.5)) / columns}%`;
    const y = `${100 - (100 * (pixel.row + 0.5)) / rows}%`;
    for (const end of ["x1", "x2"]) made.lines[0].setAttribute(end, x);
    for (const end of ["y1", "y2"]) made.lines[1].setAttribute(end, y);
  }
};
