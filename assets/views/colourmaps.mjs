// The colours of the greys of a picture: a filter of the browser, so that another colour map fetches
// nothing, and a drag shows pictures as it does without.
import { isLight, levels, tableValues } from "../client/colourmap.mjs";
import { element, svg } from "./elements.mjs";

const GREY = "grey"; // as pictures come
const filters = svg("svg", { class: "filters", width: 0, height: 0, "aria-hidden": "true" });
document.body.append(filters);

/** A filter that changes each channel by itself. @param {Element[]} channels  what it does to red, green and blue */
export const transferring = (id, channels) =>
  // Of linear light the colours would be others.
  svg("filter", { id, "color-interpolation-filters": "sRGB" }, svg("feComponentTransfer", {}, ...channels));

/** A filter that is made when it is first used; "" for none. @param {string} name @param {Object<string, string[]>} maps */
export const filterOf = (name, maps) => {
  if (name === GREY) return "";
  const id = `colourmap-${name}`;
  if (!document.getElementById(id)) {
    const table = levels(maps[name]);
    // A grey's channels are equal: each gives its own.
    const channels = ["R", "G", "B"].map((channel, index) =>
      svg(`feFunc${channel}`, { type: "discrete", tableValues: tableValues(table, index) }));
    filters.append(transferring(id, channels));
  }
  return `url(#${id})`;
};

/**
 * Shows a stage's slice in its colours, and behind it what black has.
 * @param {object} made  its parts @param {string} name @param {Object<string, string[]>} maps
 */
export const colour = (made, name, maps) => {
  if (made.colourmap === name) return;
  made.colourmap = name;
  made.colours = filterOf(name, maps);
  made.place.style.background = name === GREY ? "" : maps[name][0];
  made.place.toggleAttribute("data-light", isLight(maps[name]));
  filter(made);
};

/** Shows a stage's slice as in a window that the server has not drawn yet. @param {string} window  a filter, or "" */
export const preview = (made, window) => {
  if ((made.preview ?? "") === window) return;
  made.preview = window;
  filter(made);
};

const filter = (made) => {
  made.below.style.filter = [made.preview, made.colours].filter(Boolean).join(" ");
};

/** A picture of a slice in its colours, a pixel for each voxel. @param {HTMLImageElement} image */
export const coloured = (image, name, maps) => {
  if (name === GREY) return image;
  const canvas = element("canvas", "", { width: image.naturalWidth, height: image.naturalHeight });
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0);
  const pixels = context.getImageData(0, 0, canvas.width, canvas.height);
  const table = levels(maps[name]);
  for (let at = 0; at < pixels.data.length; at += 4) pixels.data.set(table[pixels.data[at]], at);
  context.putImageData(pixels, 0, 0);
  return canvas;
};
