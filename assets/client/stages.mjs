// The pictures in the row: of each its plane and slice, its image, and whether the map lies over it.
// One list for both layouts, so that the same code draws, zooms and points in them.
import { between } from "./amounts.mjs";
import { isAlone } from "./picture.mjs";
import { pixelOf, shareOf } from "./place.mjs";

export const PLANES = ["axial", "coronal", "sagittal"];

/**
 * @typedef {object} Stage
 * @property {string} id  "x", "y" and "map", or a plane
 * @property {"x"|"y"} image
 * @property {boolean} hasMap
 * @property {boolean} hasOutline
 * @property {import("./address.mjs").View} view  the View, in the stage's plane at its slice
 * @property {import("./address.mjs").Scene} scene  the scene, as its pictures lie in that plane
 */

const inPlanes = new WeakMap(); // by scene, by plane

/** The scene with what the server says of one plane. @returns {import("./address.mjs").Scene} */
export const inPlane = (scene, plane) => {
  const facts = scene.planes?.[plane];
  if (!facts) return scene;
  if (!inPlanes.has(scene)) inPlanes.set(scene, {});
  const image = (which) => facts[which] && { ...scene[which], ...facts[which] };
  return (inPlanes.get(scene)[plane] ??= { ...scene, ...facts, x: image("x"), y: image("y") });
};

const isInPlanes = ({ layout }) => layout === "planes";

/** The place of the crosshair: three planes always have one. @returns {?import("./place.mjs").Place} */
export const crosshairOf = ({ wanted, place }) => (wanted.at || isInPlanes(wanted) ? place : null);

/** The image that the three planes show. */
const imageOf = (wanted, scene) => (isAlone(wanted, scene) ? "x" : wanted.image);

/** The slices beside one, as far as there are any. @returns {number[]} */
export const neighbours = (slice, { positions }) => [slice + 1, slice - 1].filter((index) => index in positions);

/** The nearest slice that there is. */
export const within = (index, { positions }) => between(index, 0, positions.length - 1);

const inItsPlane = ({ wanted, scene, place }, plane) => {
  const isActive = plane === wanted.plane;
  const own = isActive ? scene : inPlane(scene, plane);
  // In this scope each slice has a fit of its own: another plane's classes would be others.
  const hasMap = scene.fits && (isActive || wanted.scope === "volume");
  const at = () => within(pixelOf(place, { ...wanted, plane }, own).slice, own);
  return {
    id: plane,
    image: imageOf(wanted, scene),
    hasMap,
    hasOutline: hasMap && (scene.sameGrid || imageOf(wanted, scene) === "x"),
    view: { ...wanted, plane, slice: isActive || !place || !own.shape ? wanted.slice : at() },
    scene: own,
  };
};

const inRow = ({ wanted, scene }) =>
  [["x", "x"], ["y", "y"], ["map", "x"]].map(([id, image]) => ({
    id, image, view: wanted, scene,
    hasMap: id === "map" && scene.fits,
    hasOutline: id !== "map" && scene.fits && (id === "x" || scene.sameGrid),
  }));

const made = new WeakMap(); // by View: pointers ask for the stages at each of their moves

/** The stages of the row, from the left. @param {import("./state.mjs").State} state @returns {Stage[]} */
export const stagesOf = (state) => {
  const { wanted, scene, place } = state;
  const known = made.get(wanted);
  if (known?.scene === scene && known.place === place) return known.stages;
  const stages = isInPlanes(wanted) ? PLANES.map((plane) => inItsPlane(state, plane)) : inRow(state);
  made.set(wanted, { scene, place, stages });
  return stages;
};

/** Where a place lies in a stage's picture, as shares from the left and from below. */
export const shareIn = ({ view, scene, image }, place) =>
  shareOf(pixelOf(place, view, scene), view, scene, scene[image] ?? scene);
