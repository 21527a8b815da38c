// Pictures that have been asked for. Their addresses are immutable, so the browser's cache answers.
import { keep } from "../client/kept.mjs";
import { fetchAhead } from "./ahead.mjs";

const KEPT = 1200; // both images and the map of a 1 mm head in two planes

const loaded = new Map();

/** @returns {{state: "coming"|"ready"|"failed", promise: Promise<void>}} */
const load = (src) => {
  let entry = loaded.get(src);
  if (!entry) {
    const image = new Image();
    image.src = src;
    entry = { image, state: "coming" };
    entry.promise = image.decode().then(() => { entry.state = "ready"; }, () => { entry.state = "failed"; });
  }
  keep(loaded, src, entry, KEPT);
  return entry;
};

/** A picture that did not come is asked for again. */
export const loadAgain = (src) => {
  if (loaded.get(src)?.state === "failed") loaded.delete(src);
  return load(src);
};

export const isAsked = (src) => loaded.has(src);
export const isReady = (src) => loaded.get(src)?.state === "ready";

// Maps whose model is not known: they do not come ahead.
const unknown = new Set();

export const isUnknown = (src) => unknown.has(src);

/** Loads a picture before it is looked at. @returns {Promise<boolean>} whether the server answers */
export const loadAhead = async (src) => {
  const entry = load(src);
  await entry.promise;
  return entry.state === "ready";
};

/** The same of a map, if the server knows it. */
export const loadMapAhead = async (src) => {
  const status = await fetchAhead(src);
  if (status === 200) return loadAhead(src);
  if (unknown.size > KEPT) unknown.clear();
  if (status) unknown.add(src);
  return Boolean(status);
};
