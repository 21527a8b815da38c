// The voxels that are looked at: the one under the pointer, and the one of the crosshair, which
// stays. Their positions, intensities, class and posterior, and where they lie in every view.
import { pixelOf, placeOf } from "../client/place.mjs";
import { format, millimetres, placeAt, voxelAt } from "../client/voxels.mjs";
import { onJointClick } from "./alike.mjs";
import { announce } from "./announce.mjs";
import { cursor } from "./cursor.mjs";
import { writeReadout } from "./lines.mjs";
import { markers } from "./markers.mjs";
import { indexIn, numbers } from "./numbers.mjs";
import { crosshair, pictureOf, pixelAt } from "./stage.mjs";

const OTHER_GRID = "Image Y is on another grid, so its voxels do not match those of image X.";
const ELSEWHERE = "input, textarea, dialog, [role=dialog], [role=listbox]"; // where Escape means something else
const ABOVE = ".full-screen, dialog[open], :popover-open"; // what Escape closes first

/** What is known of a voxel, as pairs of a name and a value. */
const factsOf = (pixel, { slice, failed }, { wanted, scene }, nameOf) => {
  const voxel = voxelAt(pixel, wanted, scene);
  const facts = [["voxel", voxel.join(", ")], ["mm", placeAt(voxel, scene).map(millimetres).join(", ")]];
  if (slice) {
    const index = indexIn(slice, pixel);
    slice.channels.forEach((name, i) => facts.push([name, format(slice.intensities[i][index])]));
    const label = slice.labels[index];
    facts.push(["class", label ? `${label} ${nameOf(label)}`.trim() : "background"]);
    if (label) facts.push(["posterior", (slice.posteriors[label - 1][index] / 255).toFixed(2)]);
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
  let pointer = null; // the pixel under it
  let isByKeys = false; // the crosshair was moved by keys: its voxel is read out
  const isOpen = () => Boolean(shown().wanted && shown().scene.shape);
  const { current, ask } = numbers(shown, () => draw());
  const marks = markers(shown, () => draw());

  /** The pixel of the crosshair. */
  const kept = () => {
    const { wanted, scene, place } = shown();
    return wanted.at && place ? pixelOf(place, wanted, scene) : null;
  };

  // On the scales of the intensities.
  const pointOut = (slice, pixel) => {
    const { wanted } = shown();
    const channels = { x: 0, y: wanted.x === wanted.y ? 0 : 1 };
    for (const [which, channel] of Object.entries(channels)) {
      point(which, slice && pixel ? slice.intensities[channel][indexIn(slice, pixel)] : null);
    }
  };

  const draw = () => {
    if (!isOpen()) return;
    const { wanted, scene } = shown();
    const [pixel, now] = [kept(), current()];
    const { slice } = now;
    crosshair("place", pixel, wanted, scene);
    crosshair("crosshair", pointer, wanted, scene);
    marks.draw(slice, { place: pixel, pointer });
    pointOut(slice, pointer ?? pixel);
    pointClass(slice && pointer ? slice.labels[indexIn(slice, pointer)] : 0);
    const facts = (of) => of && factsOf(of, now, shown(), nameOf);
    writeReadout({ kept: facts(pixel), pointed: facts(pointer), lit: alike.count(slice) });
    if (isByKeys && pixel && slice) {
      isByKeys = false;
      announce(facts(pixel).map(([name, value]) => `${name} ${value}`).join(", "));
    }
  };

  // ---- gestures
  const move = (event) => {
    if (!isOpen() || event.pointerType === "touch") return; // a tap sets the crosshair
    const before = pointer;
    pointer = pixelAt(event, shown().wanted, shown().scene);
    if (!pointer && !before) return;
    if (pointer && shown().settled) ask();
    draw();
  };
  document.addEventListener("pointermove", move);
  document.addEventListener("pointerdown", move);

  const set = (pixel) => {
    setPlace(placeOf(pixel, shown().wanted, shown().scene));
    ask();
  };
  document.addEventListener("click", (event) => {
    const pixel = isOpen() && pictureOf(event.target) && pixelAt(event, shown().wanted, shown().scene);
    if (pixel) set(pixel);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || event.target.closest?.(ELSEWHERE)) return;
    if (!isOpen() || document.querySelector(ABOVE)) return;
    if (alike.count(current().slice) !== null) {
      alike.clear();
      draw();
    } else if (shown().wanted.at) setPlace(null);
  });
  cursor({ shown, kept, isOpen, set: (pixel) => { isByKeys = true; set(pixel); } });
  onJointClick(async (event) => {
    if (!isOpen()) return;
    await ask();
    alike.at(event, current().slice);
    draw();
  });

  /** The slice has moved under a resting pointer, or below the crosshair. */
  const settle = () => {
    if (!isOpen() || !(pointer || kept())) return;
    ask();
    draw();
  };

  return { draw, settle };
};
