// What the label map's card can show, and what lies over X and Y: which of it there is in a study,
// and what it is called (dashboard/words/maps.py).

const OF_CLASS = /^probability-(\d+)$/;
const TITLES = { labels: "Label map", difference: "Difference" };

/** What a map is called in a sentence. */
export const titleOf = (map) => {
  const [, number] = OF_CLASS.exec(map) ?? [];
  return number ? `Probability of class ${number}` : TITLES[map] ?? map[0].toUpperCase() + map.slice(1);
};

const isChosen = (name) => Boolean(name) && name !== "none";

/** Whether a study has what a map needs: enough classes, or a reference. */
export const isOffered = (map, view, { defaults }) => {
  const [, number] = OF_CLASS.exec(map) ?? [];
  if (number) return Number(number) <= view.components;
  if (["reference", "difference"].includes(map)) return isChosen(view.reference || defaults?.reference);
  return true;
};

/** Whether a study has what can be outlined. */
export const hasOutline = (outline, view, { defaults }) =>
  !["mask", "reference"].includes(outline) || isChosen(view[outline] || defaults?.[outline]);

/** The map after the one that is shown. @param {string[]} maps  all of them, in their order */
export const mapAfter = (maps, view, scene) => {
  const offered = maps.filter((map) => map === view.map || isOffered(map, view, scene));
  return offered[(offered.indexOf(view.map) + 1) % offered.length];
};

/** Whether a map's numbers are shares, on one scale of colours. */
export const isScaled = (map) => ["uncertainty", "disagreement"].includes(map) || OF_CLASS.test(map);

/** A number of that scale, as its legend has it. */
export const onScale = (share, map) => (OF_CLASS.test(map) ? `${Math.round(100 * share)} %` : String(Number(share.toFixed(2))));
