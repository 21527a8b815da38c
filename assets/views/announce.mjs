// What a screen reader says without being asked.

const REST_MS = 500; // whoever goes on is not interrupted
let timer = 0;
let said = "";
let lastFit = "";

/** What to say of a fit; without one, its card has said why. @param {?{gaussians: object[], voxels: number}} facts */
export const fitted = (facts) => {
  const count = facts?.gaussians.length;
  const classes = count === 1 ? "1 class" : `${count} classes`;
  const sentence = count ? `Fitted: ${classes}, ${facts.voxels.toLocaleString("en")} voxels.` : "";
  const isNew = sentence !== lastFit; // else something else was looked at, in the same fit
  lastFit = sentence;
  return isNew ? sentence : "";
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
