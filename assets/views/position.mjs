// Where the slice is: its number and its millimetres, which can be typed.
import { millimetres } from "../client/voxels.mjs";

const at = (id) => document.getElementById(id);
const number = (text) => (text.trim() === "" ? NaN : Number(text.replace("−", "-").replace(",", ".")));
const nearest = (positions, mm) =>
  positions.reduce((best, one, index) => (Math.abs(one - mm) < Math.abs(positions[best] - mm) ? index : best), 0);

/** @param {"slice-shown"|"slice-wanted"|"slice-kept"} what  see SliceSlider in components.js */
export const slider = (what, slice) => at("control-slice").dispatchEvent(new CustomEvent(what, { detail: slice }));

/**
 * @param {() => ?{slice: number, positions: number[], axis: string}} where
 * @param {(slice: number) => void} goTo
 */
export const position = (where, goTo) => {
  // Each changes only where it differs: a drag passes here with every slice.
  const put = (id, property, text) => {
    const node = at(id);
    if (node !== document.activeElement && node[property] !== text) node[property] = text;
  };

  /** Shows the slice; returns it in words. */
  const show = () => {
    const { slice, positions, axis } = where();
    const mm = millimetres(positions[slice]);
    put("slice-number", "value", String(slice));
    put("slice-mm", "value", mm);
    put("slice-last", "textContent", String(positions.length - 1));
    put("slice-axis", "textContent", axis);
    const words = `${slice} / ${positions.length - 1}   ${axis} = ${mm} mm`;
    put("position", "textContent", words);
    return words;
  };

  /** Shows the slice, on the slider as well. @param {boolean} isMoved  whether Dash does not know yet where that is */
  const draw = (isMoved) => {
    const { slice, positions } = where();
    const thumb = document.querySelector("#control-slice [role=slider]");
    if (!thumb || positions?.[slice] === undefined) return;
    thumb.setAttribute("aria-valuetext", show());
    // Where Dash's own value has not changed, the slider is still where it was dragged to.
    if (Number(thumb.getAttribute("aria-valuenow")) !== slice && !isMoved) slider("slice-shown", slice);
  };

  const take = ({ target: { id, value } }) => {
    const now = where();
    const typed = number(value);
    if (!now || Number.isNaN(typed)) return;
    goTo(id === "slice-mm" ? nearest(now.positions, typed) : Math.round(typed));
  };

  const isOurs = ({ target }) => target.id === "slice-number" || target.id === "slice-mm";
  document.addEventListener("change", (event) => { if (isOurs(event)) take(event); });
  document.addEventListener("focusin", (event) => { if (isOurs(event)) event.target.select(); });
  document.addEventListener("focusout", (event) => { if (isOurs(event)) setTimeout(() => where() && show()); });
  document.addEventListener("keydown", (event) => {
    if (!isOurs(event) || !["Enter", "Escape"].includes(event.key)) return;
    if (event.key === "Escape") event.target.value = event.target.defaultValue;
    event.target.blur(); // which takes what was typed
  });

  return { draw };
};
