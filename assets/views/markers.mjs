// Where voxels of the slice lie in the graphs: rings in the joint view, lines in the histograms.
// They are elements over the graphs, of which Dash and Plotly know nothing.
import { jointPlace } from "../client/voxels.mjs";
import { element } from "./elements.mjs";
import { plotOf } from "./plots.mjs";

const WHOLE = [0, 1];
const share = (value, [low, high]) => (value - low) / (high - low);

/** The marks of a kind in a graph: as many as are asked for, made once. */
const marksIn = (graph, kind, count) => {
  const found = [...graph.querySelectorAll(`:scope > .${kind.replaceAll(" ", ".")}`)];
  while (found.length < count) {
    found.push(element("div", kind, { ariaHidden: "true" }));
    graph.append(found.at(-1));
  }
  found.forEach((node, index) => { node.hidden = index >= count; });
  return found;
};
const hide = (id, kind) => {
  const graph = document.getElementById(id);
  if (graph) marksIn(graph, kind, 0);
};

const KINDS = { place: "mark of-place", pointer: "mark of-pointer" };

/**
 * @param {() => {wanted: object}} shown
 * @param {() => void} redraw  after a graph was zoomed, or has another size
 */
export const markers = (shown, redraw) => {
  const watched = new WeakSet();
  const watch = ({ plot }) => {
    if (watched.has(plot)) return;
    watched.add(plot);
    plot.on("plotly_afterplot", redraw);
  };

  const ring = (slice, pixel, kind) => {
    const index = slice && pixel && (slice.rows - 1 - pixel.row) * slice.columns + pixel.column;
    const { wanted } = shown();
    const isShown = Boolean(slice && pixel && slice.labels[index]) && wanted.x !== wanted.y;
    const plot = isShown && plotOf("view-joint");
    if (!plot) return hide("view-joint", kind);
    watch(plot);
    const { graph, layout, margin, inner } = plot;
    const [x, y] = jointPlace([0, 1].map((i) => slice.intensities[i][index]), layout.meta ?? {});
    const [right, up] = [share(x, layout.xaxis.range), share(y, layout.yaxis.range)];
    const isInside = [right, up].every((part) => part >= 0 && part <= 1); // else it is zoomed away
    const [mark] = marksIn(graph, kind, isInside ? 1 : 0);
    if (!isInside) return null;
    mark.style.left = `${margin.l + right * inner.width}px`;
    mark.style.top = `${margin.t + (1 - up) * inner.height}px`;
    return null;
  };

  // One row of histograms for each image that is shown.
  const lines = (slice, pixel) => {
    const plot = slice && pixel && plotOf("view-histograms");
    if (!plot) return hide("view-histograms", "value-line");
    watch(plot);
    const { graph, layout, margin, inner } = plot;
    const names = Object.keys(layout).filter((name) => name.startsWith("xaxis"));
    const rows = shown().wanted.x === shown().wanted.y ? 1 : 2;
    const index = (slice.rows - 1 - pixel.row) * slice.columns + pixel.column;
    const found = names.flatMap((name) => {
      const number = Number(name.slice(5) || 1) - 1;
      const { range, domain = WHOLE } = layout[name];
      const at = range ? share(slice.intensities[Math.floor((number * rows) / names.length)][index], range) : -1;
      return at < 0 || at > 1 ? [] : [{ at, across: domain, up: layout[name.replace("x", "y")]?.domain ?? WHOLE }];
    });
    const marks = marksIn(graph, "value-line", found.length);
    found.forEach(({ at, across, up }, n) => {
      marks[n].style.left = `${margin.l + (across[0] + at * (across[1] - across[0])) * inner.width}px`;
      marks[n].style.top = `${margin.t + (1 - up[1]) * inner.height}px`;
      marks[n].style.height = `${(up[1] - up[0]) * inner.height}px`;
    });
    return null;
  };

  /** @param {Object<"place"|"pointer", {slice: ?object, pixel: ?object}>} voxels  pixels, with the numbers of their slices */
  const draw = (voxels) => {
    for (const [which, kind] of Object.entries(KINDS)) ring(voxels[which].slice, voxels[which].pixel, kind);
    lines(voxels.place.slice, voxels.place.pixel);
  };
  return { draw };
};
