// The pictures: slices of X and Y, and the label map over X. Their addresses are immutable, so the
// browser's cache answers: they follow the slice without the server's Python and without Dash.
import * as address from "../client/address.mjs";
import { aspect, lettersOf, tickLabel, ticks } from "../client/picture.mjs";

const TOGETHER = 4; // pictures fetched ahead at a time, so that the page's own requests go first
const NEAR = 2; // slices whose maps are asked for again, as the server fits them ahead
const KEPT = 1200; // pictures kept: both images and the map of a 1 mm head in two planes
const IDS = { x: "view-image-x", y: "view-image-y", map: "view-labels" };

// ---- pictures that have been asked for
const loaded = new Map();

/** @returns {{state: "coming"|"ready"|"failed", promise: Promise<void>}} */
const load = (src) => {
  let entry = loaded.get(src);
  if (!entry) {
    const image = new Image();
    image.src = src;
    entry = { image, state: "coming" };
    entry.promise = image.decode().then(() => { entry.state = "ready"; }, () => { entry.state = "failed"; });
  }
  loaded.delete(src); // what was asked for last is kept longest
  loaded.set(src, entry);
  if (loaded.size > KEPT) loaded.delete(loaded.keys().next().value);
  return entry;
};
const isReady = (src) => loaded.get(src)?.state === "ready";

// ---- the elements, made once in the places that Dash lays out
const SVG = "http://www.w3.org/2000/svg";
const svg = (name, attributes = {}) => {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  return node;
};
const element = (name, className) => Object.assign(document.createElement(name), { className });

const LETTERS = [
  { x: "4", y: "50%", "text-anchor": "start", "dominant-baseline": "central" },
  { x: "100%", dx: "-4", y: "50%", "text-anchor": "end", "dominant-baseline": "central" },
  { x: "50%", y: "100%", dy: "-5", "text-anchor": "middle" },
  { x: "50%", y: "13", "text-anchor": "middle" },
];

const image = (alt) => Object.assign(new Image(), { alt, decoding: "sync", draggable: false });

/** The parts of a picture, in their place; null as long as Dash has not laid it out. */
const parts = (which) => {
  const place = document.getElementById(IDS[which]);
  if (!place) return null;
  if (place.parts?.frame.isConnected) return place.parts;
  const frame = element("div", "picture-frame");
  const below = image(which === "y" ? "Slice of image Y" : "Slice of image X");
  const over = svg("svg", { class: "picture-over", "aria-hidden": "true" });
  const lines = [svg("line", { class: "crosshair", y1: "0", y2: "100%" }), svg("line", { class: "crosshair", x1: "0", x2: "100%" })];
  const letters = LETTERS.map((attributes) => svg("text", attributes));
  over.append(...lines, ...letters);
  const made = { place, frame, below, over, lines, letters };
  frame.append(below);
  if (which === "map") {
    made.map = image("Label map");
    frame.append(made.map);
  }
  frame.append(over);
  place.append(frame);
  if (which !== "map") {
    made.scale = element("div", "scale");
    place.append(made.scale);
  }
  place.parts = made;
  return made;
};

// ---- geometry and scale
const layOut = (made, shown, view) => {
  const laidOut = [aspect(shown), ...lettersOf(view)];
  if (laidOut.join() === made.laidOut) return; // each change costs a layout of the page
  made.laidOut = laidOut.join();
  const [ratio, ...letters] = laidOut;
  made.place.style.setProperty("--aspect", ratio);
  letters.forEach((letter, index) => { made.letters[index].textContent = letter; });
};

const drawScale = (made, window) => {
  const text = window.join(":");
  if (made.scale.dataset.window === text) return;
  made.scale.dataset.window = text;
  const [low, high] = window;
  made.scale.replaceChildren(...ticks(window).map((value) => {
    const tick = element("span", "");
    tick.textContent = tickLabel(value);
    tick.style.bottom = `${(100 * (value - low)) / (high - low)}%`;
    return tick;
  }));
};

const windowOf = (which, view, scene) => {
  const chosen = view[`window_${which}`];
  return chosen ? chosen.split(":").map(Number) : scene[which].window;
};

// ---- what is on screen
const put = (node, src) => {
  if (node.dataset.src === (src ?? "")) return;
  node.dataset.src = src ?? "";
  if (src) node.src = src;
  else node.removeAttribute("src");
};

/**
 * The pictures of a page.
 * @param {object} page
 * @param {() => {wanted: object, scene: object, config: object}} page.shown
 * @param {(what: string, sentence: string, again: () => void) => void} page.failed
 */
export const pictures = ({ shown, failed }) => {
  let target = {};

  /** Puts on screen what has arrived; true when all pictures are the wanted ones. */
  const apply = () => {
    const { wanted } = shown();
    let complete = true;
    for (const [which, of] of [["x", "x"], ["y", "y"], ["map", "x"]]) {
      const made = parts(which);
      const src = target[of];
      if (!made) complete = false;
      else if (src === null || isReady(src)) {
        put(made.below, src);
        made.view = wanted;
      } else complete = false;
    }
    const over = parts("map")?.map;
    if (!over) return false;
    over.style.opacity = wanted.opacity / 100;
    // While the map is on its way nothing lies over the slice: another slice's would be wrong.
    const isThere = target.map !== null && isReady(target.map);
    put(over, isThere ? target.map : null);
    return complete && (target.map === null || isThere);
  };

  // A picture that does not come is asked for again by the next View, or by the visitor.
  const expect = async (src) => {
    if (loaded.get(src)?.state === "failed") loaded.delete(src);
    const entry = load(src);
    if (entry.state === "ready") return;
    await entry.promise;
    if (!Object.values(target).includes(src)) return;
    if (entry.state === "ready") apply();
    else failed("pictures", `Could not load slice ${shown().wanted.slice}.`, () => show({ all: true }));
  };

  /**
   * Shows the wanted View as far as pictures have come.
   * @param {{all: boolean}} how  whether a map that has to be computed is asked for as well
   */
  const show = ({ all }) => {
    const { wanted, scene, config } = shown();
    const map = scene.fits ? address.map(wanted, scene, config) : null;
    target = { map, ...Object.fromEntries(["x", "y"].map((which) => [which, address.slice(which, wanted, scene, config)])) };
    for (const which of ["x", "y", "map"]) {
      const image = scene[which === "map" ? "x" : which];
      const made = image && parts(which);
      if (!made) continue;
      layOut(made, image, wanted);
      if (made.scale) drawScale(made, windowOf(which, wanted, scene));
    }
    for (const which of ["x", "y"]) if (target[which]) expect(target[which]);
    if (map && (all || loaded.has(map))) expect(map);
    apply();
  };

  /** Fetches the plane's other slices, the nearest first: a drag then finds them in the browser. */
  const fetchAhead = async (isResting) => {
    const { wanted, scene, config } = shown();
    const missing = [];
    for (let step = 1; step < scene.positions.length; step += 1) {
      for (const index of [wanted.slice + step, wanted.slice - step]) {
        if (index < 0 || index >= scene.positions.length) continue;
        for (const which of ["x", "y"]) missing.push([address.slice(which, wanted, scene, config, index)]);
        const map = scene.fits && address.map(wanted, scene, config, index);
        if (map && (step <= NEAR || !unknown.has(map))) missing.push([map, true]);
      }
    }
    const asked = missing.filter(([one]) => one && !loaded.has(one)).slice(0, KEPT / 2);
    while (asked.length && isResting()) {
      await Promise.all(asked.splice(0, TOGETHER).map(([one, isMap]) => (isMap ? mapAhead(one) : load(one).promise)));
    }
  };

  // A map comes ahead only where its model is known.
  const unknown = new Set();
  const mapAhead = async (src) => {
    const answer = await fetch(src, { headers: { "X-Ahead": "1" }, priority: "low" }).catch(() => null);
    if (answer?.status !== 200) {
      if (unknown.size > KEPT) unknown.clear();
      unknown.add(src);
      return null;
    }
    await answer.blob(); // now it is in the browser's cache
    return load(src).promise;
  };

  /** What each picture shows: its card, and the View that it was drawn for. */
  const state = () => Object.keys(IDS).map(parts).filter(Boolean).map(({ place, view = null }) => (
    { section: place.closest(".card"), view, isCurrent: view === shown().wanted }));

  return { show, apply, fetchAhead, state };
};

/** The pixel of a picture under a pointer, rows upwards; null beside all pictures. */
export const pixelAt = (event, isVoxelOfX, { shape: [columns, rows] }) => {
  const which = Object.keys(IDS).find((one) => isVoxelOfX(one) && event.target.closest?.(`#${IDS[one]}`));
  if (!which) return null;
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
