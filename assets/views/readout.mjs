// Under the cursor: the voxel's position, intensities, class and posterior, a crosshair in every
// picture, and the voxel's place in the joint view.
import * as address from "../client/address.mjs";
import { format, jointPlace, millimetres, placeAt, unpack, voxelAt } from "../client/voxels.mjs";
import { crosshair, pixelAt } from "./stage.mjs";

const HINT = "Point at a voxel, or tap it, to read its values.";
const OTHER_GRID = "Image Y is on another grid, so its voxels do not match those of image X.";

/**
 * @param {() => {wanted: object, scene: object, config: object, settled: boolean}} shown
 * @param {(number: number) => string} nameOf  the name of a class, or ""
 */
export const readout = (shown, nameOf) => {
  let fetched = { address: null, slice: null, failed: null };
  let cursor = null; // the pixel under the pointer

  // The pictures whose pixels are voxels of X: not that of Y, where it lies on another grid.
  const isVoxelOfX = (which) => which !== "y" || shown().scene.sameGrid;

  const fetchSlice = async () => {
    const { wanted, scene, config } = shown();
    const wantedAddress = address.voxels(wanted, scene, config);
    if (!wantedAddress || wantedAddress === fetched.address) return;
    const mine = (fetched = { address: wantedAddress, slice: null, failed: null });
    try {
      const answer = await fetch(wantedAddress);
      if (!answer.ok) mine.failed = await answer.text();
      else mine.slice = unpack(await answer.arrayBuffer());
    } catch {
      mine.address = null; // to be tried again
    }
    if (mine === fetched) draw();
  };

  const indexIn = (slice) => (slice.rows - 1 - cursor.row) * slice.columns + cursor.column;

  const facts = () => {
    const { wanted, scene } = shown();
    const voxel = voxelAt(cursor, wanted, scene);
    const parts = [["voxel", voxel.join(", ")], ["mm", placeAt(voxel, scene).map(millimetres).join(", ")]];
    const { slice, failed } = fetched;
    if (slice) {
      const index = indexIn(slice);
      slice.channels.forEach((name, i) => parts.push([name, format(slice.intensities[i][index])]));
      const label = slice.labels[index];
      parts.push(["class", label ? `${label} ${nameOf(label)}`.trim() : "background"]);
      if (label) parts.push(["posterior", (slice.posteriors[label - 1][index] / 255).toFixed(2)]);
    } else if (failed) parts.push(["", failed]);
    else if (!scene.sameGrid) parts.push(["", OTHER_GRID]);
    return parts;
  };

  // The plot fills its graph but for the figure's own margins. As long as Plotly has not drawn
  // anything, nobody knows where an intensity lies.
  const drawRing = () => {
    const graph = document.getElementById("view-joint");
    const plot = graph?.querySelector(".js-plotly-plot");
    const { meta, margin, xaxis, yaxis } = plot?.layout ?? {};
    if (!xaxis?.range || !margin) return;
    let ring = graph.querySelector(".ring");
    if (!ring) {
      ring = Object.assign(document.createElement("div"), { className: "ring" });
      graph.append(ring);
    }
    const { wanted } = shown();
    const { slice } = fetched;
    const index = slice && cursor && indexIn(slice);
    ring.hidden = !(slice && cursor && slice.labels[index] && wanted.x !== wanted.y);
    if (ring.hidden) return;
    const [x, y] = jointPlace([0, 1].map((i) => slice.intensities[i][index]), meta ?? {});
    const share = (value, [low, high]) => (value - low) / (high - low);
    const { clientWidth, clientHeight } = plot;
    const left = margin.l + share(x, xaxis.range) * (clientWidth - margin.l - margin.r);
    const top = margin.t + (1 - share(y, yaxis.range)) * (clientHeight - margin.t - margin.b);
    ring.style.left = `${left}px`;
    ring.style.top = `${top}px`;
  };

  const draw = () => {
    const place = document.getElementById("readout");
    const { wanted, scene } = shown();
    if (!place || !wanted || !scene.shape) return;
    crosshair(cursor, isVoxelOfX, scene);
    drawRing();
    if (!cursor) {
      if (place.textContent !== HINT) place.textContent = HINT;
      return;
    }
    place.replaceChildren(...facts().map(([name, value]) => {
      const part = document.createElement("span");
      const key = document.createElement("b");
      key.textContent = name;
      part.append(key, ` ${value}`);
      return part;
    }));
  };

  const move = (event) => {
    const { wanted, scene, settled } = shown();
    if (!wanted || !scene.shape) return;
    const before = cursor;
    cursor = pixelAt(event, isVoxelOfX, scene);
    if (!cursor && !before) return;
    if (cursor && settled) fetchSlice();
    draw();
  };
  document.addEventListener("pointermove", move);
  document.addEventListener("pointerdown", move);

  /** The slice has moved under a resting cursor. */
  const settle = () => { if (cursor) fetchSlice().then(draw); };

  return { draw, settle };
};
