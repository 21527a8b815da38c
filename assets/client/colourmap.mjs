// Colour maps: what stands for the intensities of an image, from black to white of its window.

const LEVELS = 256; // greys of a picture
const LIGHT = 128; // of 255: dark letters are read on it

/** Red, green and blue of a hexadecimal colour, 0 to 255. */
const rgb = (colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));

/** The colour of each grey, [red, green, blue]. @param {string[]} stops  evenly spaced colours */
export const levels = (stops) => Array.from({ length: LEVELS }, (_, level) => {
  const at = (level / (LEVELS - 1)) * (stops.length - 1);
  const low = Math.min(Math.floor(at), stops.length - 2);
  const [from, to] = [rgb(stops[low]), rgb(stops[low + 1])];
  return from.map((part, channel) => Math.round(part + (at - low) * (to[channel] - part)));
});

/**
 * What a filter of the browser has for each grey, in one channel.
 * @param {[number, number, number][]} table  the colour of each grey @param {0|1|2} channel
 */
export const tableValues = (table, channel) =>
  // One browser rounds, another one cuts off: both come to the same.
  table.map((colour) => ((colour[channel] + 0.25) / (LEVELS - 1)).toFixed(5)).join(" ");

/** Whether black is shown so light that white letters are lost on it. */
export const isLight = ([first]) => rgb(first)[1] >= LIGHT;

/** The colour map so many places further in a list, which has no end. @param {string[]} names */
export const after = (names, name, count) => names[(names.indexOf(name) + count + names.length) % names.length];
