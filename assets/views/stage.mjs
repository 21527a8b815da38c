// The elements of a picture: the frame of the whole slice, which moves and grows below its stage,
// and what stands still over that.
import { pixelUnder, shareOf } from "../client/place.mjs";
import { titleOf } from "../client/map.mjs";
import { lettersOf } from "../client/picture.mjs";

export const IDS = { x: "view-image-x", y: "view-image-y", map: "view-labels" };
const SVG = "http://www.w3.org/2000/svg";
const NAMES = { x: "Slice of image X", y: "Slice of image Y" };

const CERTAINTY = "Certainty of the classes";

/** An element of SVG. */
export const svg = (name, attributes = {}) => {
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
  node.append(button("in", "+", "Zoom in (+)"), button("out", "−", "Zoom out (−)"), button("reset", "⤢", "Show the whole head (double-click)"));
  return node;
};

const crossed = (name) =>
  [svg("line", { class: name, y1: "0", y2: "100%" }), svg("line", { class: name, x1: "0", x2: "100%" })];

const make = (which, place) => {
  const frame = element("div", "picture-frame");
  const below = image(which === "y" ? NAMES.y : NAMES.x);
  const over = svg("svg", { class: "picture-over", "aria-hidden": "true" });
  const lines = { place: crossed("place"), crosshair: crossed("crosshair") };
  const letters = EDGES.map((edge) => element("span", `letter at-${edge}`, { ariaHidden: "true" }));
  const bar = element("span", "scale-bar", { ariaHidden: "true" });
  const made = { place, frame, below, over, lines, letters, bar, size: [place.clientWidth, place.clientHeight] };
  over.append(...lines.crosshair, ...lines.place);
  frame.append(below);
  if (which === "map") {
    made.map = image("");
    frame.append(made.map);
  }
  made.marked = element("canvas", "alike", { ariaHidden: "true", hidden: true });
  frame.append(made.marked, over);
  place.append(frame, ...letters, bar, tools());
  place.tabIndex = 0;
  place.role = "application"; // it has keys of its own
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
  if (made.map) made.map.alt = titleOf(view.map);
  const name = which === "map" ? `${titleOf(view.map)} over image X` : which === "y" && view.x === view.y ? CERTAINTY : NAMES[which];
  made.place.ariaLabel = `${name}, ${which === "y" ? view.y : view.x}, ${view.plane}`;
};

const imageOf = (which, scene) => scene[which === "map" ? "x" : which] ?? scene;

/** The pixel, of the grid that counts the slices, under a pointer; null beside all pictures. */
export const pixelAt = (event, view, scene) => {
  const which = pictureOf(event.target);
  if (!which || event.target.closest("button")) return null;
  const box = parts(which).frame.getBoundingClientRect();
  const shares = [(event.clientX - box.left) / box.width, (box.bottom - event.clientY) / box.height];
  return pixelUnder(shares, view, scene, imageOf(which, scene));
};

/**
 * Draws a crosshair through a pixel in every picture.
 * @param {"place"|"crosshair"} kind  the one that stays, or that of the pointer
 */
export const crosshair = (kind, pixel, view, scene) => {
  for (const which of Object.keys(IDS)) {
    const made = parts(which);
    if (!made) continue;
    made.over.toggleAttribute(`data-${kind}`, Boolean(pixel));
    if (!pixel) continue;
    const [right, up] = shareOf(pixel, view, scene, imageOf(which, scene));
    const at = [`${100 * right}%`, `${100 * (1 - up)}%`];
    for (const end of ["x1", "x2"]) made.lines[kind][0].setAttribute(end, at[0]);
    for (const end of ["y1", "y2"]) made.lines[kind][1].setAttribute(end, at[1]);
  }
};
