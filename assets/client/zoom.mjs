// Which part of a slice a picture shows. Pictures share it in mm of the head, so that an image on
// another grid, and another plane, show the same part. Lengths on screen are in CSS pixels from the
// upper left.
import { between } from "./amounts.mjs";
import { axesOf, isMirrored } from "./picture.mjs";

/**
 * @typedef {[number, number]} Pair  to the right, upwards
 * @typedef {{low: Pair, high: Pair}} Box  in mm of the picture: mirrored, where it is
 * @typedef {{factor: number, centre: ?Pair}} Zoom  of what is shown at first
 * @typedef {{factor: number, centre: (?number)[]}} Linked  the zoom of all planes: x, y and z in mm
 * @typedef {{scale: number, centre: Pair}} Sight  pixels per mm, and mm in the middle
 */

export const NO_ZOOM = Object.freeze({ factor: 1, centre: null });
/** @type {Linked} */
export const UNLINKED = Object.freeze({ factor: 1, centre: Object.freeze([null, null, null]) });
const MOST = 40; // a voxel of 1 mm then fills 40 pixels or more

const both = (make) => [make(0), make(1)];

const mirroredBox = ({ low, high }, isMirrored) =>
  (isMirrored ? { low: [-high[0], low[1]], high: [-low[0], high[1]] } : { low, high });

/** The whole of a slice. */
export const fieldOf = (shown, isMirrored) => {
  const high = both((axis) => shown.corner[axis] + shown.shape[axis] * shown.pixel[axis]);
  return mirroredBox({ low: shown.corner, high }, isMirrored);
};

/** The head in all slices. @param {{head: [Pair, Pair]}} scene */
export const headOf = ({ head: [low, high] }, isMirrored) => mirroredBox({ low, high }, isMirrored);

/** How a box fills a stage. @param {Box} box @param {Pair} stage @returns {Sight} */
export const fit = ({ low, high }, stage) => ({
  scale: Math.min(...both((axis) => stage[axis] / (high[axis] - low[axis]))),
  centre: both((axis) => (low[axis] + high[axis]) / 2),
});

/** What is seen of a box once it is enlarged. @returns {Sight} */
export const sightOf = (box, { factor, centre }, stage) => {
  const whole = fit(box, stage);
  return { scale: whole.scale * factor, centre: centre ?? whole.centre };
};

// Within the field, as far as it is larger than the stage.
const inField = (centre, scale, field, stage) => both((axis) => {
  const half = stage[axis] / scale / 2;
  const [low, high] = [field.low[axis] + half, field.high[axis] - half];
  return low > high ? (low + high) / 2 : between(centre[axis], low, high);
});

/** Where a point of a stage lies in mm. */
export const pointAt = ({ scale, centre }, [left, top], stage) =>
  [centre[0] + (left - stage[0] / 2) / scale, centre[1] - (top - stage[1] / 2) / scale];

/**
 * Enlarged about a point of the stage, which stays where it is.
 * @param {{box: Box, field: Box, stage: Pair}} place
 * @returns {Zoom}
 */
export const zoomed = (zoom, by, point, { box, field, stage }) => {
  const factor = between(zoom.factor * by, 1, MOST);
  if (factor === 1) return NO_ZOOM;
  const before = sightOf(box, zoom, stage);
  const scale = fit(box, stage).scale * factor;
  const there = pointAt(before, point, stage);
  const moved = pointAt({ scale, centre: [0, 0] }, point, stage);
  return { factor, centre: inField(both((axis) => there[axis] - moved[axis]), scale, field, stage) };
};

/** Moved by a distance on the stage. @returns {Zoom} */
export const panned = (zoom, [right, down], { box, field, stage }) => {
  if (zoom.factor === 1) return zoom;
  const { scale, centre } = sightOf(box, zoom, stage);
  return { ...zoom, centre: inField([centre[0] - right / scale, centre[1] + down / scale], scale, field, stage) };
};

// A mirrored picture counts to the left.
const signs = (view) => [isMirrored(view) ? -1 : 1, 1];

/** What a plane's pictures have of the zoom of all, kept within their field. @returns {Zoom} */
export const zoomIn = ({ factor, centre }, view, { box, field, stage }) => {
  if (factor === 1) return NO_ZOOM;
  const [own, sign] = [axesOf(view.plane), signs(view)];
  const whole = fit(box, stage);
  const wanted = both((side) => (centre[own[side]] === null ? whole.centre[side] : sign[side] * centre[own[side]]));
  return { factor, centre: inField(wanted, whole.scale * factor, field, stage) };
};

/**
 * The zoom of all planes once one of them has another.
 * @param {Linked} before @param {Zoom} zoom  of the one
 * @param {(?number)[]} around  what the others are enlarged about, in mm
 * @returns {Linked}
 */
export const linked = (before, { factor, centre }, view, around) => {
  if (factor === 1) return UNLINKED;
  const [own, sign] = [axesOf(view.plane), signs(view)];
  const others = before.centre.map((mm, axis) => mm ?? around[axis]);
  own.forEach((axis, side) => { others[axis] = sign[side] * centre[side]; });
  return { factor, centre: others };
};

/** A box as wide as the stage at a scale, about the same middle. @returns {Box} */
export const boxAt = (box, scale, stage) => {
  const { centre } = fit(box, stage);
  const half = both((axis) => stage[axis] / scale / 2);
  return { low: both((axis) => centre[axis] - half[axis]), high: both((axis) => centre[axis] + half[axis]) };
};

/** Where a whole slice lies on the stage. */
export const frameOf = (field, { scale, centre }, stage) => ({
  left: stage[0] / 2 + (field.low[0] - centre[0]) * scale,
  top: stage[1] / 2 - (field.high[1] - centre[1]) * scale,
  width: (field.high[0] - field.low[0]) * scale,
  height: (field.high[1] - field.low[1]) * scale,
});

/** Whether each voxel fills a pixel of the screen; smaller ones have to be averaged. */
export const isEnlarged = ({ pixel }, scale, ratio) => Math.min(...pixel) * scale * ratio >= 1;

/** The longest round length in mm that is at most so many pixels long. */
export const barLength = (scale, most) => {
  const longest = most / scale;
  const power = 10 ** Math.floor(Math.log10(longest));
  const factor = [5, 2, 1].find((one) => one * power <= longest * (1 + 1e-9));
  return Number((factor * power).toPrecision(3));
};
