// Which View a part of the page still shows while another one is wanted.
import { classes } from "./amounts.mjs";

/** A part that is behind for longer says so: a usual step takes a quarter of this. */
export const BEHIND_MS = 400;

/**
 * What tells the View on screen from the one that is wanted, in a few words.
 * @param {import("./address.mjs").View} shown
 * @param {Object<string, string|number>} wanted  a View, or the fields of one that is being opened
 */
export const wordsOf = (shown, wanted) => {
  const differs = (name) => wanted[name] !== undefined && String(shown[name]) !== String(wanted[name]);
  if (differs("study") || differs("x") || differs("y")) return "before the change";
  if (differs("plane")) return `${shown.plane} slice ${shown.slice}`;
  if (differs("scope")) return shown.scope === "volume" ? "fit of the whole head" : "fit of one slice";
  // What shows the whole head shows it on every slice.
  if (wanted.scope === "volume" && differs("components")) return classes(shown.components);
  if (differs("slice") && wanted.slice !== "") return `slice ${shown.slice}`;
  if (differs("components")) return classes(shown.components);
  return "before the change";
};

/**
 * Notes since when each part is behind.
 * @returns {{look: (parts: {name: string, isCurrent: boolean}[], now: number) => Set<string>, reset: (now: number) => void}}
 *   `look` gives the names of those that are behind for too long
 */
export const lateness = () => {
  let start = 0;
  let current = new Map(); // by part: when it was last seen to show what is wanted
  return {
    reset(now) {
      start = now;
      current = new Map();
    },
    look(parts, now) {
      for (const { name, isCurrent } of parts) if (isCurrent) current.set(name, now);
      const late = parts.filter(({ name, isCurrent }) => !isCurrent && now - (current.get(name) ?? start) >= BEHIND_MS);
      return new Set(late.map(({ name }) => name));
    },
  };
};
