// The voxels that are looked at: the one under the pointer, and the one of the crosshair, which
// stays. Their positions, intensities, class and posterior, and where they lie in every view.
import * as address from "../client/address.mjs";
import { pixelOf, placeOf } from "../client/place.mjs";
import { format, millimetres, placeAt, unpack, voxelAt } from "../client/voxels.mjs";
import { onJointClick } from "./alike.mjs";
import { announce } from "./announce.mjs";
import { cursor } from "./cursor.mjs";
import { markers } from "./markers.mjs";
import { crosshair, element, pictureOf, pixelAt } from "./stage.mjs";

const HINT = "Point at a voxel to read its values. Click it to keep the crosshair there.";
const OTHER_GRID = "Image Y is on another grid, so its voxels do not match those of image X.";
const ELSEWHERE = "input, textarea, dialog, [role=dialog], [role=listbox]"; // where Escape means something else
const ABOVE = ".full-screen, dialog[open], :popover-open"; // what Escape closes first

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
  let fetched = { address: null, slice: null, failed: null };
  let pointer = null; // the pixel under it
  const isOpen = () => Boolean(shown().wanted && shown().scene.shape);

  // ---- the numbers of the slice
  const wantedAddress = () => address.voxels(shown().wanted, shown().scene, shown().config);
  const current = () => (fetched.address && fetched.address === wantedAddress() ? fetched : null);

  const fetchSlice = async () => {
    const wanted = wantedAddress();
    if (!wanted || wanted === fetched.address) return;
    const mine = (fetched = { address: wanted, slice: null, failed: null });
    try {
      const answer = await fetch(wanted);
      if (!answer.ok) mine.failed = await answer.text();
      else mine.slice = unpack(await answer.arrayBuffer());
    } catch {
      mine.address = null; // to be tried again
    }
    if (mine === fetched) draw();
  };

  /** The pixel of the crosshair. */
  const kept = () => {
    const { wanted, scene, place } = shown();
    return wanted.at && place ? pixelOf(place, wanted, scene) : null;
  };

  const indexIn = (slice, { row, column }) => (slice.rows - 1 - row) * slice.columns + column;

  const factsOf = (pixel) => {
    const { wanted, scene } = shown();
    const voxel = voxelAt(pixel, wanted, scene);
    const facts = [["voxel", voxel.join(", ")], ["mm", placeAt(voxel, scene).map(millimetres).join(", ")]];
    const { slice, failed } = current() ?? {};
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

  // ---- on the page
  // A line is written only where it changes, so that the other one can be selected meanwhile.
  const write = (line, facts, title) => {
    const text = JSON.stringify([title, facts]);
    if (line.dataset.text === text) return;
    line.dataset.text = text;
    line.replaceChildren(...facts.map(([name, value], index) => {
      const part = element("span", "");
      if (title && !index) part.append(element("b", "whose", { textContent: title }), " ");
      part.append(element("b", "", { textContent: name }), ` ${value}`);
      return part;
    }));
  };

  const lines = (place) => {
    if (!place.querySelector(".of-crosshair")) {
      place.replaceChildren(element("div", "of-crosshair"), element("div", "of-pointer"), element("div", "of-alike"));
    }
    return place.children;
  };

  const draw = () => {
    const place = document.getElementById("readout");
    if (!place || !isOpen()) return;
    const { wanted, scene } = shown();
    const pixel = kept();
    crosshair("place", pixel, wanted, scene);
    crosshair("crosshair", pointer, wanted, scene);
    const slice = current()?.slice;
    marks.draw(slice, { place: pixel, pointer });
    pointOut(slice, pointer ?? pixel);
    pointClass(slice && pointer ? slice.labels[indexIn(slice, pointer)] : 0);
    const [ofCrosshair, ofPointer, ofAlike] = lines(place);
    ofCrosshair.hidden = !pixel;
    if (pixel) write(ofCrosshair, factsOf(pixel), "Crosshair");
    const lit = alike.count(slice);
    if (pointer) write(ofPointer, factsOf(pointer), pixel ? "Pointer" : "");
    else write(ofPointer, pixel || lit ? [] : [["", HINT]], "");
    ofAlike.hidden = lit === null;
    if (lit !== null) write(ofAlike, [["", `${lit} ${lit === 1 ? "voxel lies" : "voxels lie"} where the joint view was clicked (Escape clears)`]], "");
    if (isByKeys && pixel && slice) speak(pixel);
  };
  const marks = markers(shown, () => draw());

  const pointOut = (slice, pixel) => {
    const index = slice && pixel && (slice.rows - 1 - pixel.row) * slice.columns + pixel.column;
    const { wanted } = shown();
    const channel = { x: 0, y: wanted.x === wanted.y ? 0 : 1 };
    for (const which of ["x", "y"]) point(which, slice && pixel ? slice.intensities[channel[which]][index] : null);
  };

  let isByKeys = false; // the crosshair was moved by keys: its voxel is read out
  const speak = (pixel) => {
    isByKeys = false;
    announce(factsOf(pixel).map(([name, value]) => `${name} ${value}`).join(", "));
  };

  // ---- gestures
  const move = (event) => {
    if (!isOpen() || event.pointerType === "touch") return; // a tap sets the crosshair
    const before = pointer;
    pointer = pixelAt(event, shown().wanted, shown().scene);
    if (!pointer && !before) return;
    if (pointer && shown().settled) fetchSlice();
    draw();
  };
  document.addEventListener("pointermove", move);
  document.addEventListener("pointerdown", move);

  const set = (pixel) => {
    setPlace(placeOf(pixel, shown().wanted, shown().scene));
    fetchSlice();
  };
  document.addEventListener("click", (event) => {
    const pixel = isOpen() && pictureOf(event.target) && pixelAt(event, shown().wanted, shown().scene);
    if (pixel) set(pixel);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || event.target.closest?.(ELSEWHERE)) return;
    if (!isOpen() || document.querySelector(ABOVE)) return;
    if (alike.count(current()?.slice) !== null) {
      alike.clear();
      draw();
    } else if (shown().wanted.at) setPlace(null);
  });
  cursor({ shown, kept, isOpen, set: (pixel) => { isByKeys = true; set(pixel); } });
  onJointClick(async (event) => {
    if (!isOpen()) return;
    await fetchSlice();
    alike.at(event, current()?.slice);
    draw();
  });

  /** The slice has moved under a resting pointer, or below the crosshair. */
  const settle = () => { if (isOpen() && (pointer || kept())) fetchSlice().then(draw); };

  return { draw, settle };
};
