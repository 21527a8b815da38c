// Between a place of the head, in mm, and the pixels of the pictures.
import { isMirrored } from "./picture.mjs";
import { placeAt, voxelAt } from "./voxels.mjs";

/**
 * @typedef {[number, number, number]} Place  right, anterior, superior, in mm
 * @typedef {{column: number, row: number}} Pixel  of the grid that counts the slices; rows upwards
 */

const DECIMALS = 3; // of a mm, as the server's links have them

/** A place as links hold it. @param {Place} place */
export const textOf = (place) => place.map((mm) => Number(mm.toFixed(DECIMALS))).join(":");

/** @returns {?Place} */
export const placeIn = (text) => (text ? text.split(":").map(Number) : null);

/** The place in the middle of a pixel of the slice on screen. @param {Pixel} pixel */
export const placeOf = (pixel, view, scene) => placeAt(voxelAt(pixel, view, scene), scene);

const determinant = ([a, b, c]) =>
  a[0] * (b[1] * c[2] - b[2] * c[1]) - a[1] * (b[0] * c[2] - b[2] * c[0]) + a[2] * (b[0] * c[1] - b[1] * c[0]);

/** Where a place lies in the slices on screen: pixel and slice. @returns {Pixel & {slice: number}} */
export const pixelOf = (place, view, scene) => {
  // By Cramer's rule: a step of a column, a row and a slice each moves by one of these.
  const at = (column, row, slice) => placeAt(voxelAt({ column, row }, { ...view, slice }, scene), scene);
  const from = at(0, 0, 0);
  const minus = (a, b) => a.map((mm, axis) => mm - b[axis]);
  const steps = [at(1, 0, 0), at(0, 1, 0), at(0, 0, 1)].map((one) => minus(one, from));
  const whole = determinant(steps);
  const there = minus(place, from);
  const [column, row, slice] = steps.map((_, n) => Math.round(determinant(steps.map((step, m) => (m === n ? there : step))) / whole));
  return { column, row, slice };
};

/** How far a place moves from one slice on screen to another. */
export const slicesOn = (count, view, scene) => {
  const at = (slice) => placeAt(voxelAt({ column: 0, row: 0 }, { ...view, slice }, scene), scene);
  const [from, to] = [at(0), at(count)];
  return from.map((mm, axis) => to[axis] - mm);
};

// The middle of a pixel in mm of the picture, and where a point lies in another picture.
const sides = [0, 1];
const share = (mm, { corner, shape, pixel }) => sides.map((axis) => (mm[axis] - corner[axis]) / (shape[axis] * pixel[axis]));

/**
 * Where a pixel lies in a picture, as shares of its width from the left and of its height from below.
 * @param {Pixel} pixel @param {object} grid  whose pixel it is @param {object} shown  the picture
 */
export const shareOf = ({ column, row }, view, grid, shown) => {
  const mirrored = isMirrored(view);
  const index = [mirrored ? grid.shape[0] - 1 - column : column, row];
  const [across, up] = share(sides.map((axis) => grid.corner[axis] + (index[axis] + 0.5) * grid.pixel[axis]), shown);
  return [mirrored ? 1 - across : across, up];
};

/** The pixel at a point of a picture, given as such shares; null beyond the grid. @returns {?Pixel} */
export const pixelUnder = ([right, up], view, grid, shown) => {
  const mirrored = isMirrored(view);
  const shares = [mirrored ? 1 - right : right, up];
  const mm = sides.map((axis) => shown.corner[axis] + shares[axis] * shown.shape[axis] * shown.pixel[axis]);
  const [across, row] = share(mm, grid).map((part, axis) => Math.floor(part * grid.shape[axis] + 1e-9));
  const column = mirrored ? grid.shape[0] - 1 - across : across;
  return column >= 0 && row >= 0 && column < grid.shape[0] && row < grid.shape[1] ? { column, row } : null;
};
