// How a visitor likes to look at any study: kept by the browser, for a visit whose address says
// nothing of it. A link says all, and is shown as it is.
import { setControl } from "./controls.mjs";
import { recall, remember } from "./memory.mjs";

const KEY = "neuromix-preferences";
const KEPT = ["side", "palette", "opacity"];

const preferred = () => { try { return JSON.parse(recall(KEY)) ?? {}; } catch { return {}; } };

/**
 * @param {() => {wanted: object, scene: object}} shown
 * @returns {() => void}  is called with each settled View
 */
export const preferences = (shown) => {
  const asked = new URLSearchParams(location.search);
  const isLink = asked.has("components"); // which stands in every copied one
  let opened = null; // what the server has opened, and the fields since then
  let last = {};

  const begin = (wanted) => {
    if (isLink) return;
    for (const [field, value] of Object.entries(preferred())) {
      if (KEPT.includes(field) && !asked.has(field) && value !== wanted[field]) setControl(field, value);
    }
  };

  return () => {
    const { wanted, scene } = shown();
    const now = Object.fromEntries(KEPT.map((field) => [field, wanted[field]]));
    const isFirst = opened === null;
    // Labels that are off are not a preference: they would be missed at the next visit.
    const changed = Object.entries(now).filter(([field, value]) => value !== last[field] && value !== 0);
    if (scene === opened && changed.length) remember(KEY, JSON.stringify({ ...preferred(), ...Object.fromEntries(changed) }));
    [opened, last] = [scene, now];
    if (isFirst) begin(wanted);
  };
};
