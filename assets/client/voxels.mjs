// One slice's numbers, as the server packs them (dashboard/services/render/voxels.py).

import { between } from "./amounts.mjs";
import { isMirrored } from "./picture.mjs";

/** @param {ArrayBuffer} buffer */
export const unpack = (buffer) => {
  const length = new DataView(buffer).getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  const size = head.rows * head.columns;
  let offset = 4 + length;
  const take = (Type) => {
    const end = offset + size * Type.BYTES_PER_ELEMENT;
    const array = new Type(buffer.slice(offset, end)); // doubles may start anywhere
    offset = end;
    return array;
  };
  const intensities = head.channels.map((_, index) => take(head.doubles[index] ? Float64Array : Float32Array));
  const labels = take(Uint8Array);
  const posteriors = Array.from({ length: head.components }, () => take(Uint8Array));
  return { ...head, intensities, labels, posteriors };
};

/** The probability of each class in a voxel, in whole percent. */
export const percentsAt = ({ posteriors }, index) => posteriors.map((steps) => Math.round(steps[index] / 2.55));

/** Those that are not 0, in words. @param {number[]} percents  of classes 1..K */
export const percentsInWords = (percents) =>
  percents.map((percent, index) => percent && `class ${index + 1} ${percent} %`).filter(Boolean).join(", ");

const signed = (text) => text.replace("-", "−");

/** Four significant digits, and every digit before the point of numbers up to 7 of them. */
export const format = (value) => {
  if (!Number.isFinite(value)) return "not a number";
  const whole = Math.abs(value) < 1e7 ? Math.trunc(Math.abs(value)).toString().length : 0;
  return signed(String(Number(value.toPrecision(Math.max(whole, 4)))));
};

/** A length in mm. */
export const millimetres = (value) => signed(value.toFixed(1));

/** Where a pixel lies in the file. @param {{column: number, row: number}} pixel  rows upwards */
export const voxelAt = ({ column, row }, view, { shape, toStored }) => {
  const picture = [isMirrored(view) ? shape[0] - 1 - column : column, row, view.slice, 1];
  return toStored.map((factors) => factors.reduce((sum, factor, i) => sum + factor * picture[i], 0));
};

/** Where a voxel lies in the head. */
export const placeAt = (voxel, { affine }) =>
  affine.map((row) => row[0] * voxel[0] + row[1] * voxel[1] + row[2] * voxel[2] + row[3]);

/** Where intensities lie in the joint view: clipped and scaled as its figure says. */
export const jointPlace = (values, { limits, offset, factor }) =>
  values.map((value, i) => {
    const [low, high] = limits?.[i] ?? [-Infinity, Infinity];
    const shown = between(value, low, high);
    return factor ? (shown - offset[i]) / factor[i] : shown;
  });

/**
 * The voxels of a slice's classes that lie in an ellipse of the joint view.
 * @param {object} slice  from `unpack` @param {object} meta  of the joint figure
 * @param {[number, number]} centre @param {[number, number]} radius
 * @returns {number[]} their indices
 */
export const within = (slice, meta, centre, radius) => {
  const [first, second] = slice.intensities;
  const found = [];
  for (let index = 0; index < slice.labels.length; index += 1) {
    if (!slice.labels[index]) continue;
    const place = jointPlace([first[index], second[index]], meta);
    if (Math.hypot((place[0] - centre[0]) / radius[0], (place[1] - centre[1]) / radius[1]) <= 1) found.push(index);
  }
  return found;
};
