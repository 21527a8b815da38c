// The frame of a picture: its proportions, the letters at its edges, the ticks of its scale.

const MAX_ASPECT = 20; // of a pixel: slices of 0.001 x 1000 mm would be a line; the readout stays true
const ENDS = { x: ["L", "R"], y: ["P", "A"], z: ["I", "S"] };
const ACROSS = { axial: "xy", coronal: "xz", sagittal: "yz" };

/** Width of a picture by its height. @param {{shape: [number, number], pixel: [number, number]}} shown */
export const aspect = ({ shape: [columns, rows], pixel: [width, height] }) =>
  (columns / rows) * Math.min(Math.max(width / height, 1 / MAX_ASPECT), MAX_ASPECT);

/** Anatomical letters at the left, right, bottom and top. */
export const lettersOf = ({ plane, side }) => {
  const [across, up] = [...ACROSS[plane]].map((axis) => ENDS[axis]);
  const isMirrored = side === "radiological" && plane !== "sagittal";
  return [...(isMirrored ? [...across].reverse() : across), ...up];
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
