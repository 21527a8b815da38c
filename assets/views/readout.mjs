// The voxels that are looked at: the one under the pointer, and the one of the crosshair, which
// stays. Their positions, intensities, class and posterior, and where they lie in every view.
import { pixelOf, placeOf } from "../client/place.mjs";
import { crosshairOf, stagesOf } from "../client/stages.mjs";
import { format, millimetres, percentsAt, percentsInWords, placeAt, voxelAt } from "../client/voxels.mjs";
import { announce } from "./announce.mjs";
import { cursor } from "./cursor.mjs";
import { ABOVE } from "./events.mjs";
import { writeReadout } from "./lines.mjs";
import { markers } from "./markers.mjs";
import { indexIn, numbers } from "./numbers.mjs";
import { onPlotClick } from "./plots.mjs";
import { crosshair, pictureOf, pixelAt } from "./stage.mjs";

const OTHER_GRID = "Image Y is on another grid, so its voxels do not match those of image X.";
const ELSEWHERE = "input, textarea, dialog, [role=dialog], [role=listbox]"; // where Escape means something else

/** What is known of a voxel, as pairs of a name and a value. */
const factsOf = (pixel, { slice, failed }, { view, scene }, nameOf) => {
  const voxel = voxelAt(pixel, view, scene);
  const facts = [["voxel", voxel.join(", ")], ["mm", placeAt(voxel, scene).map(millimetres).join(", ")]];
  if (slice) {
    const index = indexIn(slice, pixel);
    slice.channels.forEach((name, i) => facts.push([name, format(slice.intensities[i][index])]));
    const label = slice.labels[index];
    facts.push(["class", label ? `${label} ${nameOf(label)}`.trim() : "background"]);
    if (label) facts.push(["posterior", percentsAt(slice, index)]);
  } else if (failed) facts.push(["", failed]);
  else if (!scene.sameGrid) facts.push(["", OTHER_GRID]);
  return facts;
};

/**
 * @param {object} page
 * @param {() => {wanted: object, scene: object, config: object, place: ?number[], settled: boolean}} page.shown
 * @param {object} page.alike  lights voxels of the joint view
 * @param {(which: "x"|"y", value: ?number) => void} page.point  marks an intensity on a scale
 * @param {(number: number) => string} page.nameOf  the name of a class, or ""
 * @param {(number: number) => void} page.pointClass  marks a class in the legend; 0 for none
 * @param {(place: ?number[]) => void} page.setPlace  sets the crosshair, or takes it away
 */
export const readout = ({ shown, point, alike, nameOf, pointClass, setPlace }) => {
  let pointer = null; // the stage that it is in, and the pixel under it
  let isByKeys = false; // the crosshair was moved by keys: its voxel is read out
  const isOpen = () => Boolean(shown().wanted && shown().scene.shape);
  const { current, ask } = numbers(shown, () => draw());
  const marks = markers(shown, () => draw());

  const stageOf = (id) => stagesOf(shown()).find((stage) => stage.id === id);

  /** The crosshair's pixel in a stage. */
  const keptIn = ({ view, scene }) => {
    const place = crosshairOf(shown());
    return place && pixelOf(place, view, scene);
  };

  /** The pointer's stage and pixel; in another layout there is none. */
  const pointed = () => {
    const stage = pointer && stageOf(pointer.id);
    return stage ? { stage, pixel: pointer.pixel } : null;
  };

  /** Whether a stage's numbers are those of the fit: in another plane a slice has a fit of its own. */
  const isRead = ({ view }) => view.plane === shown().wanted.plane || view.scope === "volume";

  /** The stage of the slider's slice, whose crosshair is read out. */
  const active = () => stagesOf(shown()).find(({ view }) => view.plane === shown().wanted.plane);

  // On the scales of the intensities.
  const pointOut = ({ slice, pixel }) => {
    const { wanted } = shown();
    const channels = { x: 0, y: wanted.x === wanted.y ? 0 : 1 };
    for (const [which, channel] of Object.entries(channels)) {
      point(which, slice && pixel ? slice.intensities[channel][indexIn(slice, pixel)] : null);
    }
  };

  const draw = () => {
    if (!isOpen()) return;
    const [stages, stage, under] = [stagesOf(shown()), active(), pointed()];
    const [now, there] = [current(stage), under && isRead(under.stage) ? current(under.stage) : {}];
    const { slice } = now;
    const pixel = keptIn(stage);
    const pointing = under && there.slice ? { slice: there.slice, pixel: under.pixel } : { slice: null, pixel: null };
    crosshair("place", crosshairOf(shown()), stages);
    crosshair("crosshair", under && placeOf(under.pixel, under.stage.view, under.stage.scene), stages);
    marks.draw({ place: { slice, pixel }, pointer: pointing });
    pointOut(pointing.slice ? pointing : { slice, pixel });
    pointClass(pointing.slice ? pointing.slice.labels[indexIn(pointing.slice, pointing.pixel)] : 0);
    const kept = pixel && factsOf(pixel, now, stage, nameOf);
    writeReadout({
      kept, pointed: under && factsOf(under.pixel, there, under.stage, nameOf), lit: alike.count(slice),
    });
    if (isByKeys && pixel && slice) {
      isByKeys = false;
      announce(kept.map(([name, value]) => `${name} ${Array.isArray(value) ? percentsInWords(value) : value}`).join(", "));
    }
  };

  // ---- gestures
  const move = (event) => {
    if (!isOpen() || event.pointerType === "touch") return; // a tap sets the crosshair
    const before = pointer;
    const stage = !event.target.closest?.("button") && stageOf(pictureOf(event.target));
    const pixel = stage && pixelAt(event, stage);
    pointer = pixel ? { id: stage.id, pixel } : null;
    if (!pointer && !before) return;
    if (pointer && shown().settled && isRead(stage)) ask(stage);
    draw();
  };
  document.addEventListener("pointermove", move);
  document.addEventListener("pointerdown", move);

  const set = (pixel, { view, scene }) => {
    const { slice } = shown().wanted;
    setPlace(placeOf(pixel, view, scene));
    if (shown().wanted.slice === slice) ask(active()); // another slice's numbers come once it is settled
  };
  document.addEventListener("click", (event) => {
    const stage = isOpen() && !event.target.closest("button") && stageOf(pictureOf(event.target));
    const pixel = stage && pixelAt(event, stage);
    if (pixel) set(pixel, stage);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || event.target.closest?.(ELSEWHERE)) return;
    if (!isOpen() || document.querySelector(ABOVE)) return;
    if (alike.count(current(active()).slice) !== null) {
      alike.clear();
      draw();
    } else if (shown().wanted.at) setPlace(null);
  });
  cursor({ stageOf, keptIn, isOpen, set: (pixel, stage) => { isByKeys = true; set(pixel, stage); } });
  onPlotClick("view-joint", async (event) => {
    if (!isOpen()) return;
    await ask(active());
    alike.at(event, current(active()).slice);
    draw();
  });

  /** The slice has moved under a resting pointer, or below the crosshair. */
  const settle = () => {
    if (!isOpen() || !(pointer || crosshairOf(shown()))) return;
    const under = pointed();
    if (under && isRead(under.stage)) ask(under.stage);
    ask(active());
    draw();
  };

  /** The crosshair follows a pointer that is dragged from a picture. */
  const drag = (event, id) => {
    const stage = isOpen() && stageOf(id);
    const pixel = stage && pixelAt(event, stage);
    if (pixel) set(pixel, stage);
  };

  return { draw, settle, drag };
};
