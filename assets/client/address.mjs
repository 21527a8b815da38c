// Addresses: the View as a URL query, and where pictures, cards and voxels are served.
// The server makes the same ones (dashboard/view.py, dashboard/web).

import { placing } from "./layer.mjs";
import { hasOutline, isOffered } from "./map.mjs";

/**
 * @typedef {Object<string, string|number|boolean|null>} View  its fields, as in dashboard/view.py
 * @typedef {{id: string, positions: number[], window: [number, number],
 *   shape: [number, number], pixel: [number, number]}} Shown  image X or Y
 * @typedef {{view: View, key: string, sameGrid: boolean, slicesOfY: (?number)[], fits: boolean,
 *   x: ?Shown, y: ?Shown}} Scene
 * @typedef {{name: string, default: *, group: string, always: boolean, reopens: boolean}} Field
 * @typedef {{version: string, fields: Field[]}} Config
 */

// Where the server is below its host: at its root, or at the path of a portal, such as /neuromix/.
const ROOT = new URL("../..", import.meta.url).pathname;

/** Where a route of the server is. @param {string} path  without a slash at its front */
export const route = (path) => `${ROOT}${path}`;

/** A value as URLs hold it. */
export const text = (value) => {
  if (value === null || value === undefined) return "";
  if (typeof value === "boolean") return value ? "1" : "0";
  return String(value);
};

// An address bar holds an apostrophe only in this form.
const escaped = (value) => encodeURIComponent(text(value)).replaceAll("'", "%27");
const encode = (entries) => entries.map(([name, value]) => `${name}=${escaped(value)}`).join("&");

/**
 * The View as a URL query: some fields stand in it only where they differ from their defaults.
 * @param {View} view @param {Config} config
 */
export const query = (view, { fields }) => encode(stated(fields, view));

const stated = (fields, view) =>
  fields
    .filter((field) => field.always || text(view[field.name]) !== text(field.default))
    .map(({ name }) => [name, view[name]]);

/**
 * Where a slice's picture is; null where there is none.
 * @param {"x"|"y"} which
 */
export const slice = (which, view, scene, { version }, index = view.slice) => {
  const there = which === "y" && scene.slicesOfY.length ? scene.slicesOfY[index] ?? null : index;
  if (!scene[which] || there === null) return null; // nothing lies there
  const parameters = encode([
    ["study", view.study],
    ["x", view[which]],
    ["grid", view.grid],
    ["position", view.position],
    ["side", view.side],
    ["window_x", view[`window_${which}`]],
    ["v", version],
  ]);
  return route(`slices/${scene[which].id}/${view.plane}/${there}.png?${parameters}`);
};

/** Some fields of a View as a query. */
const some = (names, view, { fields, version }) =>
  encode([...stated(fields.filter(({ name }) => names.includes(name)), view), ["v", version]]);

const mapOf = (what, view, scene, config, index) =>
  route(`maps/${scene.key}/${view.plane}/${index}${what && `/${what}`}.png?${some(config.mapFields, view, config)}`);

/** Where the map of a slice is that the View shows; null where the study has none. */
export const map = (view, scene, config, index = view.slice) =>
  isOffered(view.map, view, scene) ? mapOf(view.map === "labels" ? "" : view.map, view, scene, config, index) : null;

/** Where the map of the classes' certainty is. */
export const certainty = (view, scene, config, index = view.slice) => mapOf("certainty", view, scene, config, index);

/** Where the outline of a slice is that the View draws; null where there is none. */
export const outline = (view, scene, config, index = view.slice) =>
  view.outline !== "none" && hasOutline(view.outline, view, scene)
    ? mapOf(`outline-${view.outline}`, view, scene, config, index)
    : null;

/** Where the numbers of a slice are; null where no voxel of Y stands for one of X. */
export const voxels = (view, scene, config) =>
  scene.x && scene.y && scene.sameGrid ? route(`voxels/${scene.key}.bin?${some(config.voxelFields, view, config)}`) : null;

/** Where a slice's layer over the graphs of the head is. @param {import("./layer.mjs").Drawn} drawn */
export const layer = (view, scene, config, drawn, index = view.slice) =>
  route(`layers/${scene.key}/${view.plane}/${index}.json?${some(config.layerFields, view, config)}&${encode(placing(drawn))}`);

/** Where cards are drawn. @param {{id: string}[]} cards */
export const cards = (cards, view, scene, config) =>
  route(`cards/${scene.key}.json?need=${cards.map(({ id }) => id).join(",")}&${query(view, config)}&v=${config.version}`);

/** A View as a query that says which files it was made with. */
export const permanent = (view, { files }, config) => query({ ...view, files }, config);

/** Where a file is made of what a View shows. @param {string} path  such as "exports/dseg.nii.gz" */
export const exported = (path, view, config) => route(`${path}?${query(view, config)}`);

/** Where a query is opened. @param {string} search @param {?number[]} place  in mm @param {string} study  where it was seen */
export const open = (search, place, study = "") => {
  const asked = search.replace(/^\?/, "");
  const seen = place ? encode([["place", place.join(":")], ["seen_in", study]]) : "";
  return route(`open?${[asked, seen].filter(Boolean).join("&")}`);
};
