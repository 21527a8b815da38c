// The crosshair by keys, in a picture that was reached by keys: otherwise arrows step the slices.
import { between } from "../client/amounts.mjs";
import { pixelUnder } from "../client/place.mjs";
import { fieldOf, headOf } from "../client/zoom.mjs";
import { isMirrored } from "../client/picture.mjs";
import { pictureOf } from "./stage.mjs";

const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const FAR = 10; // voxels with Shift

/** The pixel in the middle of the head. */
const middle = (view, scene) => {
  const [field, head] = [fieldOf, headOf].map((box) => box(scene, isMirrored(view)));
  const shares = [0, 1].map((axis) => ((head.low[axis] + head.high[axis]) / 2 - field.low[axis]) / (field.high[axis] - field.low[axis]));
  return pixelUnder(shares, view, scene, scene);
};

/**
 * @param {object} page
 * @param {(id: string) => import("../client/stages.mjs").Stage} page.stageOf
 * @param {() => boolean} page.isOpen
 * @param {(stage: object) => ?{column: number, row: number}} page.keptIn  the pixel of the crosshair
 * @param {(pixel: {column: number, row: number}, stage: object) => void} page.set
 */
export const cursor = ({ stageOf, isOpen, keptIn, set }) => {
  let isByKeys = false; // what was used last
  let reached = null; // the picture that has the focus, if keys brought it there
  addEventListener("pointerdown", () => {
    isByKeys = false;
    reached = null;
  }, true);
  addEventListener("keydown", () => { isByKeys = true; }, true);
  document.addEventListener("focusin", ({ target }) => { reached = isByKeys && target.matches?.(".picture") ? target : null; });

  document.addEventListener("keydown", (event) => {
    const way = event.target === reached && isOpen() && WAYS[event.key];
    if (!way || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const stage = stageOf(pictureOf(reached));
    const { view, scene } = stage;
    const { column, row } = keptIn(stage) ?? middle(view, scene);
    const far = event.shiftKey ? FAR : 1;
    const [columns, rows] = scene.shape;
    set({ column: between(column + far * way[0], 0, columns - 1), row: between(row + far * way[1], 0, rows - 1) }, stage);
  }, true);
};
