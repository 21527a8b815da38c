// What the page is to show: a pure step from one state and an event to the next.
//
// Dash's controls and the browser's own gestures are the events. Another study, plane or image has
// to be opened by the server, which says what can be chosen there; everything else is a View at once.
import { query } from "./address.mjs";
import { pixelOf, placeIn, slicesOn, textOf } from "./place.mjs";
import { inPlane, within } from "./stages.mjs";

/**
 * @typedef {import("./address.mjs").View} View
 * @typedef {import("./address.mjs").Scene} Scene
 * @typedef {{search: string, place: ?number[], study: ?string, reason: "push"|"replace", number: number}} Opening
 *   with the place that is looked at, and its study
 * @typedef {object} State
 * @property {?Scene} scene  what the server says of the open images
 * @property {?View} wanted  what the controls ask for
 * @property {?number[]} place  the point of the head that is looked at, in mm; with a crosshair,
 *   the View names it as `at`
 * @property {number} number  of the last query that was sent to be opened
 * @property {?Opening} opening  a query that is being opened
 * @property {?Object<string, *>} held  what the controls held when they caused that, by field
 * @property {?Object<string, *>} said  what they held when they said the View that is wanted
 * @property {string[]} kept  fields that were changed again meanwhile
 * @property {boolean} emptied  whether the list of images was left empty: the fit has all again
 */

/** @type {State} */
export const START = {
  scene: null, wanted: null, place: null, number: 0, opening: null, held: null, said: null, kept: [], emptied: false,
};

/** Whether two lists hold the same names. */
const same = (a, b) => [...a].sort().join() === [...b].sort().join();

const asText = (values, separator) => values.map((number) => Number(number.toPrecision(6))).join(separator);
const mixOf = (names, { defaults }) => (!names.length || same(names, defaults.mix) ? "" : names.join(","));

/**
 * The View that the controls' values say.
 * @param {Object<string, *>} values  by field @param {State} state @returns {View}
 */
const viewOf = (values, { scene, wanted }, { fields }) => {
  // What no control holds stays, but for the files that a link was made with.
  const view = { ...wanted, ...values, slice: wanted.slice, files: "" };
  // Some controls hold numbers as texts, and an emptied one holds nothing.
  for (const [name, value] of Object.entries(wanted)) {
    if (typeof value === "number") view[name] = view[name] === "" || view[name] === null ? value : Number(view[name]);
  }
  // What is chosen anyway stays out of the URL, unless a link says it.
  const mix = view.mix ?? [];
  view.mix = same(mix, scene.mixed) ? scene.view.mix : mixOf(mix, scene);
  for (const name of ["mask", "reference"]) {
    const unset = scene.defaults[name];
    if (view[name] === (scene.view[name] || unset)) view[name] = scene.view[name];
    else if (view[name] === unset) view[name] = "";
  }
  if (view.before === (scene.view.before ?? scene.defaults.before)) view.before = scene.view.before;
  if (values.starts === "") view.starts = null; // left to the scope again
  const hidden = (view.hidden ?? []).map(Number).filter((k) => k <= view.components);
  view.hidden = hidden.sort((a, b) => a - b).join(",");
  for (const which of ["x", "y"]) {
    const window = asText(view[`window_${which}`], ":");
    const auto = scene[which] && asText(scene[which].window, ":");
    view[`window_${which}`] = auto === null || window === auto ? null : window;
  }
  for (const { name, default: own } of fields) if (own === "") view[name] ??= "";
  return view;
};

/** The place in mm once another slice is shown: what it was across the other planes stays. */
const placeOf = (place, { axis, positions }, slice) =>
  place?.map((mm, index) => ("xyz"[index] === axis ? positions[slice] ?? mm : mm)) ?? null;

/** Three planes have a crosshair: once anything is changed, the View names its place. */
const placed = (view, place) => (view.layout === "planes" && !view.at && place ? { ...view, at: textOf(place) } : view);

/** The crosshair keeps its voxel in the picture, also where slices are oblique. */
const onSlice = ({ place, wanted, scene }, slice) => {
  if (!placed(wanted, place).at) return { wanted: { ...wanted, slice }, place: placeOf(place, scene, slice) };
  const way = slicesOn(slice - wanted.slice, wanted, scene);
  const moved = place.map((mm, axis) => mm + way[axis]);
  return { wanted: { ...wanted, slice, at: textOf(moved) }, place: moved };
};

/** What starts anew with another study, image or plane: a rule for the foreground only if nobody chose it. */
const begunAnew = (view, { view: before, defaults }, { fields }) => {
  const isChosen = view.foreground !== defaults.foreground;
  const keeps = (name) => isChosen && (name === "foreground" || (name === "mask" && view.foreground === "mask"));
  const isOver = ({ name, per }) => !keeps(name) && per.some((other) => view[other] !== before[other]);
  return Object.fromEntries(fields.filter(isOver).map((field) => [field.name, ANEW[field.name] ?? field.default]));
};
// The study decides on it, not the View's own default.
const ANEW = { foreground: "" };

// Another volume of an image in the fit takes the place of the one before.
const mixWithVolumesOf = (view, scene) => {
  if (!view.mix || view.mix !== scene.view.mix) return view.mix;
  let names = scene.mixed;
  for (const which of ["x", "y"]) {
    const image = scene[which]?.volumes?.image;
    const isOfImage = (name) => name === image || name.startsWith(`${image}:`);
    const shown = scene.view[which];
    if (view[which] === shown || !isOfImage(view[which])) continue;
    const volumes = names.filter(isOfImage);
    const replaced = volumes.includes(shown) || volumes.length > 1 ? shown : volumes[0];
    names = names.map((name) => (name === replaced ? view[which] : name));
  }
  return names === scene.mixed ? view.mix : [...new Set(names)].join(",");
};

const opened = (state, search, reason, more = {}) => {
  const number = state.number + 1;
  const opening = { search, reason, number, place: state.place, study: state.wanted?.study };
  return { ...state, held: null, kept: [], emptied: false, ...more, number, opening };
};

/** Opens what a View names, at the place that is seen. */
const reopened = (state, view, config, more) => {
  const { scene } = state;
  const next = { ...placed(view, state.place), mix: mixWithVolumesOf(view, scene), ...begunAnew(view, scene, config) };
  return opened(state, `?${query(next, config)}`, "push", more);
};

const steps = {
  /** A query from the address bar, a link, or somebody else on the page. */
  open: (state, { search, reason }) => opened(state, search, reason),

  /** A button of the check changes some fields. */
  change: (state, { changes }, config) =>
    state.wanted ? reopened(state, { ...state.wanted, ...changes }, config) : state,

  /** The slider moved. */
  slice: (state, { slice }) => {
    if (!state.wanted || state.opening) return state;
    return { ...state, ...onSlice(state, slice) };
  },

  /** The crosshair is set, also in another slice, or taken away: from three planes to their middle. */
  at: (state, { place }) => {
    const { wanted, scene } = state;
    if (!wanted || state.opening) return state;
    if (place) {
      const slice = within(pixelOf(place, wanted, scene).slice, scene);
      return { ...state, place, wanted: { ...wanted, slice, at: textOf(place) } };
    }
    const left = wanted.layout === "planes" ? placeOf(scene.place, scene, wanted.slice) : state.place;
    return { ...state, place: left, wanted: { ...wanted, at: null } };
  },

  /** The three planes show the other image. */
  image: (state) => {
    const { wanted, place } = state;
    if (!wanted || state.opening || wanted.layout !== "planes" || wanted.x === wanted.y) return state;
    return { ...state, wanted: placed({ ...wanted, image: wanted.image === "x" ? "y" : "x" }, place) };
  },

  /** A field that no control and no answer of the server depends on: a colour map, the lesson's step. */
  own: (state, { field, value }) =>
    state.wanted && !state.opening ? { ...state, wanted: { ...state.wanted, [field]: value } } : state,

  /** The server has opened what was asked for; `kept` names fields that were changed meanwhile. */
  opened: (state, { number, kept }) =>
    state.opening?.number === number ? { ...state, kept } : state,

  /** It could not be opened: what is shown stays. */
  failed: (state, { number }) => (state.opening?.number === number ? { ...state, opening: null } : state),

  /** What Dash's controls hold now. */
  controls: (state, { scene, values }, config) => {
    if (!scene || (state.opening && scene.number !== state.opening.number)) return state;
    if (scene.number === state.scene?.number) return asked(state, viewOf(values, state, config), values, config);
    const own = inPlane(scene, scene.view.plane);
    const seen = scene.view.layout === "planes" ? scene.place : state.place ?? scene.place;
    const place = placeIn(scene.view.at) ?? placeOf(seen, own, scene.view.slice);
    const adopted = { ...state, scene: own, wanted: scene.view, place, opening: null, held: null, said: values, kept: [] };
    if (!state.kept.length) return adopted;
    const view = viewOf(values, adopted, config);
    const kept = Object.fromEntries(state.kept.map((name) => [name, view[name]]));
    return asked(adopted, { ...scene.view, ...kept }, values, config);
  },
};

const asked = (state, view, values, config) => {
  const emptied = !values.mix?.length;
  if (config.fields.some(({ name, reopens }) => reopens && view[name] !== state.scene.view[name])) {
    return reopened(state, view, config, { held: values, emptied });
  }
  return { ...state, wanted: placed(view, state.place), said: values, emptied: state.emptied || emptied };
};

/**
 * What the controls have to go back to after a failed opening: those that caused it.
 * @param {State} state @param {(field: string) => *} holds  what a control holds now
 * @returns {Object<string, *>} values by field
 */
export const returned = ({ held, said }, holds) => {
  const isEqual = (a, b) => JSON.stringify(a) === JSON.stringify(b);
  const isCause = (name) => name !== "slice" && !isEqual(said[name], held[name]) && isEqual(holds(name), held[name]);
  return Object.fromEntries(Object.keys(held && said ? held : {}).filter(isCause).map((name) => [name, said[name]]));
};

/**
 * The next state.
 * @param {State} state @param {{type: keyof typeof steps}} event @returns {State}
 */
export const next = (state, event, config) => steps[event.type](state, event, config);
