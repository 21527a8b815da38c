// What is open, in a few words: for the top bar, the tab's title and the names of saved pictures.
import { classes } from "./amounts.mjs";

/** @param {import("./address.mjs").View} view @param {string} study  as the list of studies has it */
export const headline = ({ x, y, plane, slice, components }, study, slash = " / ") =>
  [study, x === y ? x : `${x}${slash}${y}`, `${plane} ${slice}`, classes(components)].join(" · ");

/** The title of the browser's tab. */
export const title = (view, study) => `${headline(view, study, "/")} – NeuroMix`;

/** The name of a saved picture, without its ending: of what every file system takes. */
export const fileName = (view, study, what) =>
  [study, `${view.plane}${view.slice}`, `K${view.components}`, what].join("_").replace(/[^\p{L}\p{N}._-]+/gu, "-");
