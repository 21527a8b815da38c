// What is kept of answers.

/** Keeps a value in a map as the last one asked for, and no more of them than `most`. @param {Map} map */
export const keep = (map, key, value, most) => {
  map.delete(key);
  map.set(key, value);
  if (map.size > most) map.delete(map.keys().next().value);
};
