// Graphs: the ranges that a visitor chooses on a graph stay from slice to slice, as long as its axes
// mean the same (layout.meta.axes). Plotly's own memory (uirevision) ends with the first other range.

const AXIS = /^[xy]axis\d*$/;
const RESET = '.modebar-btn[data-attr="zoom"][data-val="reset"]';

/** By graph: what its axes mean, their whole ranges, the chosen ones, and what a drag does. */
const graphs = new Map();

const rangesOf = (layout) =>
  Object.fromEntries(
    Object.keys(layout).filter((name) => AXIS.test(name) && layout[name].range).map((name) => [name, layout[name].range]),
  );

// An axis without a range of its own, as of an empty slice, is Plotly's.
const differs = (range, whole) => Boolean(range && whole) && (range[0] !== whole[0] || range[1] !== whole[1]);

/** Draws the chosen ranges into a figure that Dash is about to be given. */
export const keepRanges = (id, { data, layout }) => {
  const axes = layout.meta?.axes;
  if (!axes) return; // a sentence: the zoom waits for the next graph
  const before = graphs.get(id);
  const chosen = before?.axes === axes ? before.chosen : {};
  graphs.set(id, { axes, data, full: rangesOf(layout), chosen, drag: before?.drag });
  for (const [name, range] of Object.entries(chosen)) layout[name].range = range;
  if (before?.drag !== undefined) layout.dragmode = before.drag;
};

const take = (id, { data, layout }) => {
  const graph = graphs.get(id);
  if (graph?.data !== data) return; // Plotly still shows the figure before
  const ranges = Object.entries(rangesOf(layout));
  graph.chosen = Object.fromEntries(ranges.filter(([name, range]) => differs(range, graph.full[name])));
  graph.drag = layout.dragmode;
};

const reset = (id, plot) => {
  const whole = Object.entries(graphs.get(id)?.full ?? {});
  window.Plotly.relayout(plot, Object.fromEntries(whole.map(([name, range]) => [`${name}.range`, [...range]])));
};

const idOf = (plot) => plot.closest(".graph").id;

/** Follows a graph that has come into the page. */
export const followRanges = (plot) => {
  const id = idOf(plot);
  if (!graphs.has(id)) keepRanges(id, plot);
  plot.on("plotly_relayout", () => take(id, plot));
  plot.on("plotly_doubleclick", () => reset(id, plot));
  // A tab that is opened again brings the ranges that it was drawn with.
  const { data, full, chosen } = graphs.get(id) ?? {};
  if (plot.data !== data) return; // it is still empty: Dash would keep that for its figure
  const isWhole = Object.entries(full ?? {}).every(([name, range]) => !differs(range, plot.layout[name].range));
  if (!isWhole && !Object.keys(chosen).length) reset(id, plot);
};

// The button would go back to the ranges that Plotly drew first.
document.addEventListener("click", (event) => {
  const plot = event.target.closest?.(RESET)?.closest(".js-plotly-plot");
  if (!plot) return;
  event.stopImmediatePropagation();
  reset(idOf(plot), plot);
}, true);
