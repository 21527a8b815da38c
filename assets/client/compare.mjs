// Two Views of one study, looked at in turn: where one looks stays, all else is the other's.
import { text } from "./address.mjs";

const WHERE = ["study", "plane", "slice", "at", "layout", "image", "panel", "lesson", "files"];

/** The other View where this one is. @param {import("./address.mjs").View} view @param {View} other */
export const elsewhere = (view, other) => ({ ...other, ...Object.fromEntries(WHERE.map((name) => [name, view[name]])) });

/** What tells two Views apart, as the fields of the first: [name, value]. @returns {[string, string][]} */
export const differences = (view, other) =>
  Object.keys(view)
    .filter((name) => !WHERE.includes(name) && text(view[name]) !== text(other[name]))
    .map((name) => [name.replace("_", " "), text(view[name]) || "default"]);
