// The pictures: slices of X and Y, and the label map over X. Their addresses are immutable, so the
// browser's cache answers: they follow the slice without the server's Python and without Dash.
import * as address from "../client/address.mjs";
import { isAlone } from "../client/picture.mjs";
import { isAsked, isReady, isUnknown, load, loadAgain, loadMapAhead } from "./loaded.mjs";
import { IDS, parts } from "./stage.mjs";

const TOGETHER = 4; // pictures fetched ahead at a time, so that the page's own requests go first
const NEAR = 2; // slices whose maps are asked for again, as the server fits them ahead
const MOST_AHEAD = 600; // half of those that are kept

/** Where the picture of X or Y is, and whether it is a map, which has to be computed. */
const pictureOf = (which, view, scene, config, index) =>
  which === "y" && isAlone(view, scene)
    ? [address.certainty(view, scene, config, index), true]
    : [address.slice(which, view, scene, config, index), false];

// ---- what is on screen
const put = (node, src) => {
  if (node.dataset.src === (src ?? "")) return;
  node.dataset.src = src ?? "";
  node.style.filter = ""; // drawn in its own window
  if (src) node.src = src;
  else node.removeAttribute("src");
};

/**
 * The pictures of a page.
 * @param {object} page
 * @param {() => {wanted: object, scene: object, config: object}} page.shown
 * @param {() => void} page.layOut  lays them out for another scene
 * @param {(which: "x"|"y") => void} page.drawScale  draws an image's window, where it has changed
 * @param {(what: string, sentence: string, again: () => void) => void} page.failed
 */
export const pictures = ({ shown, layOut, drawScale, failed }) => {
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
    const entry = loadAgain(src);
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
    const [x, y] = ["x", "y"].map((which) => pictureOf(which, wanted, scene, config));
    target = { map, x: x[0], y: y[0] };
    layOut();
    for (const which of ["x", "y"]) drawScale(which);
    for (const [src, isMap] of [x, y, [map, true]]) if (src && (!isMap || all || isAsked(src))) expect(src);
    apply();
  };

  /** Fetches the plane's other slices, the nearest first: a drag then finds them in the browser. */
  const fetchAhead = async (isResting) => {
    const { wanted, scene, config } = shown();
    const missing = [];
    for (let step = 1; step < scene.positions.length; step += 1) {
      for (const index of [wanted.slice + step, wanted.slice - step]) {
        if (index < 0 || index >= scene.positions.length) continue;
        const map = scene.fits && [address.map(wanted, scene, config, index), true];
        for (const one of [...["x", "y"].map((which) => pictureOf(which, wanted, scene, config, index)), map]) {
          if (one && (!one[1] || step <= NEAR || !isUnknown(one[0]))) missing.push(one);
        }
      }
    }
    const asked = missing.filter(([one]) => one && !isAsked(one)).slice(0, MOST_AHEAD);
    while (asked.length && isResting()) {
      await Promise.all(asked.splice(0, TOGETHER).map(([one, isMap]) => (isMap ? loadMapAhead(one) : load(one).promise)));
    }
  };

  /** What each picture shows: its card, and the View that it was drawn for. */
  const state = () => Object.keys(IDS).map(parts).filter(Boolean).map(({ place, view = null }) => (
    { section: place.closest(".card"), view, isCurrent: view === shown().wanted }));

  return { show, apply, fetchAhead, state };
};
