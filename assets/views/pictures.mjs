// The pictures: slices, and the map over them. Their addresses are immutable, so the browser's cache
// answers: they follow the slice without the server's Python and without Dash.
import * as address from "../client/address.mjs";
import { isAlone } from "../client/picture.mjs";
import { stagesOf } from "../client/stages.mjs";
import { failed } from "./failures.mjs";
import { isAsked, isReady, isUnknown, loadAgain, loadAhead, loadMapAhead } from "./loaded.mjs";
import { refusal } from "./notices.mjs";
import { colour, preview } from "./colourmaps.mjs";
import { addOutline, parts, removeOutline, writePosition } from "./stage.mjs";

const TOGETHER = 4; // pictures fetched ahead at a time, so that the page's own requests go first
const NEAR = 2; // slices whose maps are asked for again, as the server fits them ahead
const MOST_AHEAD = 600; // half of those that are kept

/**
 * Where the pictures of a stage are, at a slice: its image, and the map and the outline over it. One
 * that is a map has to be computed.
 * @returns {{src: ?string, isMap: boolean}[]}
 */
const picturesOf = ({ id, image, hasMap, hasOutline, view, scene }, config, index) => {
  const isCertainty = id === "y" && isAlone(view, scene);
  const make = isCertainty ? address.certainty(view, scene, config, index) : address.slice(image, view, scene, config, index);
  const map = hasMap ? address.map(view, scene, config, index) : null;
  const outline = hasOutline ? address.outline(view, scene, config, index) : null;
  return [{ src: make, isMap: isCertainty }, { src: map, isMap: true }, { src: outline, isMap: true }];
};

/** Why a picture does not come: an image cannot say it, and with a sign-in the session may have ended. */
const reason = async (src) => document.getElementById("sign-out")
  && fetch(src, { method: "HEAD" }).then(({ status }) => refusal(status), () => null);

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
 * @param {() => void} page.layOut  lays them out for another scene
 * @param {(which: "x"|"y") => void} page.drawScale  draws an image's window, where it has changed
 */
export const pictures = ({ shown, layOut, drawScale }) => {
  let target = []; // of each stage what it is to show

  /** Puts on screen what has arrived; true when all pictures are the wanted ones. */
  const apply = () => {
    const { wanted, config } = shown();
    let complete = target.length > 0;
    for (const { stage, sources: [below, ...over] } of target) {
      const made = parts(stage.id);
      const isThere = ({ src }) => src === null || isReady(src);
      complete &&= Boolean(made) && isThere(below) && over.every(isThere);
      if (!made) continue;
      if (isThere(below)) {
        if (made.below.dataset.src !== (below.src ?? "")) preview(made, ""); // drawn in its own window
        put(made.below, below.src);
        made.view = wanted;
      }
      colour(made, below.isMap ? "grey" : wanted[`colourmap_${stage.image}`], config.colourmaps);
      if (over[1].src && !made.outline) addOutline(made);
      if (!over[1].src && made.outline) removeOutline(made);
      if (made.map) made.map.style.opacity = wanted.opacity / 100;
      // While a map is on its way nothing lies over the slice: another slice's would be wrong.
      [made.map, made.outline].forEach((node, index) => node && put(node, isThere(over[index]) ? over[index].src : null));
    }
    return complete;
  };

  // A picture that does not come is asked for again by the next View, or by the visitor.
  const expect = async (src, { view }) => {
    const entry = loadAgain(src);
    if (entry.state === "ready") return;
    await entry.promise;
    if (!target.some(({ sources }) => sources.some((one) => one.src === src))) return;
    if (entry.state === "ready") apply();
    else failed("pictures", await reason(src) ?? `Could not load slice ${view.slice}.`, () => show({ all: true }));
  };

  /**
   * Shows the wanted View as far as pictures have come.
   * @param {{all: boolean}} how  whether a map that has to be computed is asked for as well
   */
  const show = ({ all }) => {
    const state = shown();
    target = stagesOf(state).map((stage) => ({ stage, sources: picturesOf(stage, state.config) }));
    layOut();
    for (const which of ["x", "y"]) drawScale(which);
    for (const { stage, sources } of target) {
      const made = parts(stage.id);
      if (made) writePosition(stage, made, state.wanted.plane);
      for (const { src, isMap } of sources) if (src && (!isMap || all || isAsked(src))) expect(src, stage);
    }
    apply();
  };

  /** Fetches the other slices of each stage, the nearest first: a drag then finds them in the browser. */
  const fetchAhead = async (isResting) => {
    const state = shown();
    const stages = stagesOf(state).filter(({ scene }) => scene.positions);
    const most = Math.max(0, ...stages.map(({ scene }) => scene.positions.length));
    const missing = [];
    for (let step = 1; step < most; step += 1) {
      for (const way of [step, -step]) {
        for (const stage of stages) {
          const index = stage.view.slice + way;
          if (index < 0 || index >= stage.scene.positions.length) continue;
          const isWanted = ({ src, isMap }) => src && (!isMap || step <= NEAR || !isUnknown(src));
          missing.push(...picturesOf(stage, state.config, index).filter(isWanted));
        }
      }
    }
    const asked = missing.filter(({ src }) => !isAsked(src)).slice(0, MOST_AHEAD);
    let isAnswered = true; // a server that is away is not asked for the rest
    while (asked.length && isResting() && isAnswered) {
      const next = asked.splice(0, TOGETHER).map(({ src, isMap }) => (isMap ? loadMapAhead(src) : loadAhead(src)));
      isAnswered = (await Promise.all(next)).every(Boolean);
    }
  };

  /** What each picture shows: its card, and the View that it was drawn for. */
  const state = () => stagesOf(shown()).map(({ id }) => parts(id)).filter(Boolean).map(({ place, view = null }) => (
    { section: place.closest(".card"), view, isCurrent: view === shown().wanted }));

  return { show, apply, fetchAhead, state };
};
