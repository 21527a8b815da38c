// From the joint view to the pictures: a click lights the voxels of the slice that lie there.
import { within } from "../client/voxels.mjs";
import { plotOf } from "./markers.mjs";
import { stagesOf } from "../client/stages.mjs";
import { parts } from "./stage.mjs";

const RADIUS = 6; // pixels of the joint view
const STILL = 4; // pixels that a pointer may tremble within a click
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
    if (!plot) return;
    const { graph, layout, margin, inner } = plot;
    const box = graph.querySelector(".js-plotly-plot").getBoundingClientRect();
    const shares = [(event.clientX - box.left - margin.l) / inner.width, 1 - (event.clientY - box.top - margin.t) / inner.height];
    if (shares.some((share) => share < 0 || share > 1)) return;
    const ranges = [layout.xaxis.range, layout.yaxis.range];
    const centre = ranges.map(([low, high], axis) => low + shares[axis] * (high - low));
    const lengths = [inner.width, inner.height];
    const radius = ranges.map(([low, high], axis) => (RADIUS / lengths[axis]) * (high - low));
    const indices = within(slice, layout.meta ?? {}, centre, radius);
    light(indices.length ? { slice, indices } : null);
  };

  return { at, clear, count };
};

/** Calls for each click on the joint view that is no drag; Plotly takes the event itself. */
export const onJointClick = (act) => {
  let down = null;
  const isPlot = ({ target }) => target.closest?.("#view-joint .nsewdrag");
  addEventListener("pointerdown", (event) => { down = isPlot(event) && !event.button ? event : null; }, true);
  addEventListener("pointerup", (event) => {
    const isClick = down && Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY) <= STILL;
    down = null;
    if (isClick) act(event);
  }, true);
};
