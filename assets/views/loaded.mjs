// Pictures that have been asked for. Their addresses are immutable, so the browser's cache answers.

const KEPT = 1200; // both images and the map of a 1 mm head in two planes

const loaded = new Map();

/** @returns {{state: "coming"|"ready"|"failed", promise: Promise<void>}} */
export const load = (src) => {
  let entry = loaded.get(src);
  if (!entry) {
    const image = new Image();
    image.src = src;
    entry = { image, state: "coming" };
    entry.promise = image.decode().then(() => { entry.state = "ready"; }, () => { entry.state = "failed"; });
  }
  loaded.delete(src); // what was asked for last is kept longest
  loaded.set(src, entry);
  if (loaded.size > KEPT) loaded.delete(loaded.keys().next().value);
  return entry;
};

/** A picture that did not come is asked for again. */
export const loadAgain = (src) => {
  if (loaded.get(src)?.state === "failed") loaded.delete(src);
  return load(src);
};

export const isAsked = (src) => loaded.has(src);
export const isReady = (src) => loaded.get(src)?.state === "ready";

// A map comes ahead only where its model is known.
const unknown = new Set();

export const isUnknown = (src) => unknown.has(src);

export const loadMapAhead = async (src) => {
  const answer = await fetch(src, { headers: { "X-Ahead": "1" }, priority: "low" }).catch(() => null);
  if (answer?.status !== 200) {
    if (unknown.size > KEPT) unknown.clear();
    unknown.add(src);
    return null;
  }
  await answer.blob(); // now it is in the browser's cache
  return load(src).promise;
};
