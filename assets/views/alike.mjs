// From the joint view to the pictures: a click lights the voxels of the slice that lie there.
import { within } from "../client/voxels.mjs";
import { plotOf, valuesAt } from "./plots.mjs";
import { stagesOf } from "../client/stages.mjs";
import { parts } from "./stage.mjs";

const RADIUS = 6; // pixels of the joint view
const COLOUR = [255, 43, 214, 255]; // of no palette

const paint = (canvas, slice, indices) => {
  canvas.hidden = !indices;
  if (!indices) return;
  Object.assign(canvas, { width: slice.columns, height: slice.rows });
  const context = canvas.getContext("2d");
  const pixels = context.createImageData(slice.columns, slice.rows);
  for (const index of indices) pixels.data.set(COLOUR, 4 * index);
  context.putImageData(pixels, 0, 0);
};

/** @param {() => {wanted: object}} shown */
export const alike = (shown) => {
  let lit = null; // the slice and its voxels that are lit

  const light = (next) => {
    lit = next;
    for (const { id, view } of stagesOf(shown())) {
      const made = parts(id);
      if (made) paint(made.marked, next?.slice, view.plane === shown().wanted.plane ? next?.indices : null);
    }
  };

  /** How many voxels of a slice are lit, or null; of another slice none is. */
  const count = (slice) => {
    if (lit && lit.slice !== slice) light(null);
    return lit?.indices.length ?? null;
  };
  const clear = () => light(null);

  /** Lights what lies under the pointer in the joint view. */
  const at = (event, slice) => {
    const plot = slice && shown().wanted.x !== shown().wanted.y && plotOf("view-joint");
    const centre = plot && valuesAt(event, plot);
    if (!centre) return;
    const { layout, inner } = plot;
    const radius = [[layout.xaxis, inner.width], [layout.yaxis, inner.height]]
      .map(([{ range: [low, high] }, length]) => (RADIUS / length) * (high - low));
    const indices = within(slice, layout.meta ?? {}, centre, radius);
    light(indices.length ? { slice, indices } : null);
  };

  return { at, clear, count };
};
