// What is open, in a few words: for the top bar, the tab's title and the names of saved pictures.

const classes = (count) => `${count} class${count === 1 ? "" : "es"}`;

const imagesOf = ({ x, y }, between) => (x === y ? x : `${x}${between}${y}`);

/** @param {import("./address.mjs").View} view @param {string} study  as the list of studies has it */
export const headline = (view, study) =>
  [study, imagesOf(view, " / "), `${view.plane} ${view.slice}`, classes(view.components)].join(" · ");

/** The title of the browser's tab. */
export const title = (view, study) =>
  `${[study, imagesOf(view, "/"), `${view.plane} ${view.slice}`, classes(view.components)].join(" · ")} – NeuroMix`;

/** The name of a saved picture, without its ending: of what every file system takes. */
export const fileName = (view, study, what) =>
  [study, `${view.plane}${view.slice}`, `K${view.components}`, what].join("_").replace(/[^\p{L}\p{N}._-]+/gu, "-");
