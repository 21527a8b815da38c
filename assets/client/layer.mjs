// The slice on screen within the graphs of the whole head: a second, lighter layer over them.

/**
 * @typedef {object} Drawn  what the graphs say of themselves (dashboard/figures)
 * @property {{axis: string, bins: [number, number, number], most: number}[]} layers  by image, the histogram of
 *   the head: its axes, the outermost edges and number of its bins, and its highest count
 * @property {?[[number, number], [number, number]]} extent  of the joint view, on its axes
 * @property {?number[]} offset  from intensities to its axes, by image
 * @property {?number[]} factor
 */

const scaled = (value, offset, factor) => (factor === undefined ? value : value * factor + offset);

/** Where the graphs' bins and axes are, in intensities, as an address says it. @param {Drawn} drawn */
export const placing = ({ layers = [], extent, offset, factor }) => [
  ["bins_of", layers.map(({ bins }) => bins.join(":")).join(",")],
  ["extent", (extent ?? []).map((range, i) => range.map((value) => scaled(value, offset?.[i], factor?.[i])).join(":")).join(":")],
].filter(([, text]) => text);

/** The share of an axis that lies before a value. @param {{range: [number, number], type: ?string}} axis */
export const shareOf = (value, { range: [low, high], type }) => {
  const placed = type === "log" ? Math.log10(value) : value;
  return (placed - low) / (high - low);
};

/**
 * The outline of a slice's histogram, as high as that of the head, as the path of an SVG.
 * @param {number[]} counts @param {Drawn["layers"][0]} head
 * @param {{x: object, y: object, width: number, height: number}} plot  its axes and its size in pixels
 */
export const outline = (counts, { bins: [low, high, count], most }, { x, y, width, height }) => {
  const own = Math.max(...counts);
  if (!own) return "";
  const across = (edge) => (shareOf(low + ((high - low) * edge) / count, x) * width).toFixed(2);
  const up = (value) => ((1 - Math.max(0, shareOf((value * most) / own, y))) * height).toFixed(2);
  const steps = counts.map((value, index) => `V${up(value)}H${across(index + 1)}`).join("");
  return `M${across(0)} ${height}${steps}V${height}Z`;
};
