// What a screen reader says without being asked.
import { classes } from "../client/amounts.mjs";
import { titleOf } from "../client/map.mjs";
import { news } from "../client/news.mjs";

const REST_MS = 500; // whoever goes on is not interrupted
let timer = 0;
let said = "";
const isNewFit = news();

/**
 * What to say of a fit, and of the map over image X; without a fit, its card has said why.
 * @param {?{gaussians: object[], voxels: number}} facts @param {string} map
 */
export const fitted = (facts, map) => {
  const count = facts?.gaussians.length;
  const shown = map === "labels" ? "" : ` Map: ${titleOf(map).toLowerCase()}.`;
  const sentence = count ? `Fitted: ${classes(count)}, ${facts.voxels.toLocaleString("en")} voxels.${shown}` : "";
  return isNewFit(sentence) ? sentence : ""; // else something else was looked at, in the same fit
};

/** Says a sentence once nothing else has been said for a moment; not the same one again. */
export const announce = (sentence) => {
  if (!sentence) return;
  clearTimeout(timer); // what has been left behind is not said any more
  if (sentence === said) return;
  timer = setTimeout(() => {
    said = sentence;
    document.getElementById("announce").textContent = sentence;
  }, REST_MS);
};
