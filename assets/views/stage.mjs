// The elements of a picture: the frame of the whole slice, which moves and grows below its stage,
// and what stands still over that.
import { titleOf } from "../client/map.mjs";
import { lettersOf } from "../client/picture.mjs";
import { pixelUnder } from "../client/place.mjs";
import { PLANES, shareIn } from "../client/stages.mjs";
import { millimetres } from "../client/voxels.mjs";
import { element, svg, write } from "./elements.mjs";

const ROW = ["x", "y", "map"];
const IDS = {
  x: "view-image-x", y: "view-image-y", map: "view-labels",
  ...Object.fromEntries(PLANES.map((plane) => [plane, `view-${plane}`])),
};
const NAMES = { x: "Slice of image X", y: "Slice of image Y" };
const CERTAINTY = "Certainty of the classes";

const image = (alt) => Object.assign(new Image(), { alt, decoding: "sync", draggable: false });
const EDGES = ["left", "right", "bottom", "top"];

// Reached by keys in a picture that has the focus: twelve more stops of the Tab key would be many.
const button = (does, text, title) =>
  element("button", "", { type: "button", tabIndex: -1, textContent: text, title, value: does, ariaLabel: title });
const tools = () => element("div", "zoom-tools", {},
  button("in", "+", "Zoom in (+)"), button("out", "−", "Zoom out (−)"), button("reset", "⤢", "Show the whole head (double-click)"));

const crossed = (name) =>
  [svg("line", { class: name, y1: "0", y2: "100%" }), svg("line", { class: name, x1: "0", x2: "100%" })];

const make = (id, place) => {
  const below = image(id === "y" ? NAMES.y : NAMES.x);
  const map = id === "x" || id === "y" ? null : image("");
  const lines = { place: crossed("place"), crosshair: crossed("crosshair") };
  const over = svg("svg", { class: "picture-over", "aria-hidden": "true" }, ...lines.crosshair, ...lines.place);
  const letters = EDGES.map((edge) => element("span", `letter at-${edge}`, { ariaHidden: "true" }));
  const bar = element("span", "scale-bar", { ariaHidden: "true" });
  const marked = element("canvas", "alike", { ariaHidden: "true", hidden: true });
  const frame = element("div", "picture-frame", {}, ...[below, map, marked, over].filter(Boolean));
  place.append(frame, ...letters, bar, tools());
  place.tabIndex = 0;
  place.role = "application"; // it has keys of its own
  return { place, frame, below, map, outline: null, marked, over, lines, letters, bar, size: [0, 0] };
};

/** Adds the picture of an outline, which few Views draw. */
export const addOutline = (made) => {
  made.outline = Object.assign(image(""), { className: "outline" });
  made.marked.before(made.outline);
};
export const removeOutline = (made) => {
  made.outline.remove();
  made.outline = null;
};

// In the layout of the planes each card of the row shows a plane, below a head of its own. Dash
// knows nothing of them: components would make every callback dearer.
const makePlane = (plane) => {
  const before = document.getElementById(IDS[ROW[PLANES.indexOf(plane)]]);
  const card = before?.closest(".card");
  if (!card) return null;
  const place = element("div", "picture of-plane", { id: IDS[plane] });
  const title = plane[0].toUpperCase() + plane.slice(1);
  const shown = element("button", "tool other-image", { type: "button", tabIndex: -1 });
  const head = element("div", "head of-plane", {}, element("h2", "", {}, title), shown);
  before.after(place);
  card.querySelector(":scope > .head").after(head);
  place.parts = make(plane, place);
  const [note, position] = ["plane-note", "where"].map((name) => element("span", name));
  place.append(element("div", "plane-position", {}, note, position));
  Object.assign(place.parts, { head, shown, position, note });
  return place;
};

/**
 * The parts of a picture, in their place; null as long as Dash has not laid it out.
 * @param {string} id  of a stage
 */
export const parts = (id) => {
  const place = document.getElementById(IDS[id]) ?? (PLANES.includes(id) ? makePlane(id) : null);
  if (!place) return null;
  if (!place.parts?.frame.isConnected) place.parts = make(id, place);
  return place.parts;
};

/** The stage that an element is part of. @returns {?string} its id */
export const pictureOf = (node) => {
  const found = node.closest?.(".picture")?.id;
  return Object.keys(IDS).find((id) => IDS[id] === found) ?? null;
};

/** Shows the pictures of a layout, in the place of the other's. */
export const layOutRow = ({ layout }, image) => {
  const row = document.querySelector(".images");
  Object.assign(row.dataset, { layout, image });
  row.closest("main").dataset.layout = layout;
  if (layout !== "planes") for (const node of row.querySelectorAll(".of-plane")) node.remove();
};

/** Writes the anatomical letters, and what a screen reader says of the picture. */
export const writeLetters = ({ id, view, image: which }, made) => {
  lettersOf(view).forEach((letter, index) => { made.letters[index].textContent = letter; });
  if (made.map) made.map.alt = titleOf(view.map);
  if (made.head) {
    made.place.ariaLabel = `Slice of image ${which.toUpperCase()}, ${view[which]}, ${id}`;
    made.shown.textContent = view[which];
    made.shown.title = `Show image ${which === "x" ? "Y" : "X"} (y)`;
    made.shown.disabled = view.x === view.y;
    return;
  }
  const alone = id === "y" && view.x === view.y;
  const name = id === "map" ? `${titleOf(view.map)} over image X` : alone ? CERTAINTY : NAMES[id];
  made.place.ariaLabel = `${name}, ${view[which]}, ${view.plane}`;
};

/** Writes where a plane's slice is, and why no map lies over it. @param {string} active  the plane of the fit */
export const writePosition = ({ view, scene, hasMap }, made, active) => {
  if (!made.head || !scene.positions) return;
  // Where it has no room in one line, it breaks behind the comma.
  const words = [`slice ${view.slice},`, `${scene.axis} = ${millimetres(scene.positions[view.slice])} mm`];
  write(made.position, words.map((part) => part.replaceAll(" ", "\u00a0")).join(" "));
  write(made.note, hasMap || !scene.fits ? "" : `${view.map === "labels" ? "labels" : "map"} only in the ${active} slice`);
};

/** The pixel of a stage's grid under a pointer; null beside the picture. */
export const pixelAt = (event, { id, image: which, view, scene }) => {
  const box = parts(id).frame.getBoundingClientRect();
  const shares = [(event.clientX - box.left) / box.width, (box.bottom - event.clientY) / box.height];
  return pixelUnder(shares, view, scene, scene[which] ?? scene);
};

/**
 * Draws a crosshair through a place in every picture.
 * @param {"place"|"crosshair"} kind  the one that stays, or that of the pointer
 * @param {?number[]} place  in mm @param {import("../client/stages.mjs").Stage[]} stages
 */
export const crosshair = (kind, place, stages) => {
  for (const stage of stages) {
    const made = parts(stage.id);
    if (!made) continue;
    made.over.toggleAttribute(`data-${kind}`, Boolean(place));
    if (!place) continue;
    const [right, up] = shareIn(stage, place);
    const at = [`${100 * right}%`, `${100 * (1 - up)}%`];
    for (const end of ["x1", "x2"]) made.lines[kind][0].setAttribute(end, at[0]);
    for (const end of ["y1", "y2"]) made.lines[kind][1].setAttribute(end, at[1]);
  }
};
