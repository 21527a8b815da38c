// What stands around a picture: the letters at its edges, the ticks of its scale.

const ENDS = { x: ["L", "R"], y: ["P", "A"], z: ["I", "S"] };
const ACROSS = { axial: "xy", coronal: "xz", sagittal: "yz" };

/** The axes of the head, by number, to the right and upwards in a plane's pictures. */
export const axesOf = (plane) => [...ACROSS[plane]].map((axis) => "xyz".indexOf(axis));

/** Whether the patient's right is at the left. */
export const isMirrored = ({ plane, side }) => side === "radiological" && plane !== "sagittal";

/**
 * How many pixels a voxel is wide and high, so that both are whole and it keeps about its proportions.
 * @param {[number, number]} pixel  its edges in mm @param {number} times  pixels of the shorter one
 */
export const multiples = ([across, up], times) =>
  [across, up].map((edge) => Math.max(1, Math.round((times * edge) / Math.min(across, up))));

/** Anatomical letters at the left, right, bottom and top. */
export const lettersOf = (view) => {
  const [across, up] = [...ACROSS[view.plane]].map((axis) => ENDS[axis]);
  return [...(isMirrored(view) ? [...across].reverse() : across), ...up];
};

/** Whether image X stands alone: in the place of Y is then the certainty of its classes. */
export const isAlone = (view, scene) => view.x === view.y && scene.fits;

/** What a scale has to know of that map: it is black and white at the ends of its range. */
export const certaintyOf = ({ components }) => {
  const range = [components > 1 ? 1 / components : 0, 1];
  return { id: "certainty", window: range, range, isFixed: true };
};

/** Round numbers within a window of intensities. @param {[number, number]} window */
export const ticks = ([low, high], most = 6) => {
  const rough = (high - low) / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((factor) => factor * power >= rough * (1 - 1e-9));
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  return Array.from({ length: count }, (_, index) => Number(((first + index) * step).toPrecision(12)));
};

/** A number beside its tick, short enough for the room there. */
export const tickLabel = (value) => {
  const size = Math.abs(value);
  const text = size && (size >= 1e5 || size < 1e-3) ? value.toExponential().replace("e+", "e") : String(value);
  return text.replace("-", "−");
};
