// What a visitor says of classes, as the texts of a URL: names, own colours, and classes that are
// one tissue. The server reads the same ones (dashboard/view.py).

export const MAX_NAME = 24; // characters, as in dashboard/view.py

const BREAKING = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/gu; // would break a line of a table

/** A name as it was typed, without what a link cannot hold. */
export const clean = (name) => [...name.replace(BREAKING, "").trim()].slice(0, MAX_NAME).join("").trim();

/** @param {string} text @returns {string[]} of classes 1..K, empty where none was typed */
export const namesOf = (text) =>
  text ? text.split(",").map((part) => part.replaceAll("%2C", ",").replaceAll("%25", "%").trim()) : [];

/** The names with another one for a class. */
export const withName = (text, number, name) => {
  const names = namesOf(text);
  while (names.length < number) names.push("");
  names[number - 1] = clean(name);
  while (names.length && !names.at(-1)) names.pop();
  return names.map((one) => one.replaceAll("%", "%25").replaceAll(",", "%2C")).join(",");
};

/** @returns {Object<number, string>} own colours, such as #ff8800, by class */
export const coloursOf = (text) =>
  Object.fromEntries(text ? text.split(",").map((part) => part.split(":")).map(([k, colour]) => [k, `#${colour}`]) : []);

/** The own colours with another one for a class; null takes it back. */
export const withColour = (text, number, colour) => {
  const own = { ...coloursOf(text), [number]: colour };
  const pairs = Object.entries(own).filter(([, one]) => one);
  return pairs.map(([k, one]) => `${k}:${one.slice(1).toLowerCase()}`).join(",");
};

/**
 * The colour of each class: its own, or that of its identity in the palette; a grey, in turn, for a
 * class that is like none of the head (identity null). As class_colours in dashboard/figures/palette.py.
 * @param {{palette: string[], neutrals: string[], own: string, identities: (number|null)[]}} of
 */
export const shownColours = ({ palette, neutrals, own, identities }) => {
  const typed = coloursOf(own);
  let greys = 0;
  return palette.map((usual, index) => {
    const identity = identities[index];
    const colour = identity === null ? neutrals[greys++ % neutrals.length] : palette[(identity ?? index + 1) - 1];
    return typed[index + 1] ?? colour;
  });
};

/** What the legend says of classes that are like none of the head. */
export const strangers = (identities) => {
  const found = identities.flatMap((identity, index) => (identity === null ? [index + 1] : []));
  if (!found.length) return "";
  const match = found.length > 1 ? `Classes ${found.slice(0, -1).join(", ")} and ${found.at(-1)} match` : `Class ${found[0]} matches`;
  return `${match} none of the whole head, so ${found.length > 1 ? "they are" : "it is"} grey.`;
};

/** @returns {number[][]} the classes that are one tissue together */
export const tissuesOf = (text) => (text ? text.split(",").map((part) => part.split("+").map(Number)) : []);

/** The tissues once a class is the same tissue as another, or one of its own (0). */
export const withTissue = (text, number, other) => {
  const groups = tissuesOf(text).map((group) => group.filter((k) => k !== number));
  const joined = groups.find((group) => group.includes(other));
  if (joined) joined.push(number);
  else if (other) groups.push([other, number]);
  const sorted = groups.filter((group) => group.length > 1).map((group) => group.sort((a, b) => a - b));
  return sorted.sort((a, b) => a[0] - b[0]).map((group) => group.join("+")).join(",");
};
