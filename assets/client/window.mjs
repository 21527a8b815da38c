// The window of an image: the intensities that are shown black and white.
import { between } from "./amounts.mjs";

/**
 * @typedef {[number, number]} Window  black, white
 * @typedef {{window: Window, range: Window, step: number}} Shown  an image: its own window, all of
 *   its intensities, and the finest change of a window
 */

const ROOM = 0.2; // at each end of a bar, so that a handle can go further
const BY_WIDTH = 150; // pixels to the right that make a window e times as wide
const BY_LEVEL = 250; // pixels upwards that raise it by its own width

/** Intensities as windows have them. */
export const rounded = (value, step) => Number((Math.round(value / step) * step).toPrecision(6));

/** The window that a View says, or the image's own. @param {?string} chosen @param {Shown} shown */
export const windowOf = (chosen, shown) => (chosen ? chosen.split(":").map(Number) : shown.window);

/** The intensities along a bar: both windows and some room, as far as the image has any. */
export const spanOf = (now, { window, range }) => {
  const [low, high] = [Math.min(now[0], window[0]), Math.max(now[1], window[1])];
  const room = ROOM * (high - low);
  return [Math.max(low - room, Math.min(range[0], low)), Math.min(high + room, Math.max(range[1], high))];
};

/** A window with one end elsewhere, which does not pass the other one. @param {0|1} end */
export const moved = (now, end, value, { range, step }) => {
  const at = rounded(between(value, ...range), step);
  return end ? [now[0], Math.max(at, rounded(now[0] + step, step))] : [Math.min(at, rounded(now[1] - step, step)), now[1]];
};

/** A window dragged on a picture: wider to the right, darker upwards. */
export const dragged = (now, [right, down], { range, step }) => {
  const width = Math.max((now[1] - now[0]) * Math.exp(right / BY_WIDTH), step);
  const middle = (now[0] + now[1]) / 2 - (down / BY_LEVEL) * (now[1] - now[0]);
  const low = Math.max(rounded(middle - width / 2, step), Math.min(range[0], now[0]));
  return [low, Math.max(Math.min(rounded(middle + width / 2, step), Math.max(range[1], now[1])), rounded(low + step, step))];
};

/** Slope and intercept that turn the greys of one window into those of another. */
export const greys = ([black, white], [toBlack, toWhite]) =>
  [(white - black) / (toWhite - toBlack), (black - toBlack) / (toWhite - toBlack)];
