// Where the plot of a graph lies, and the clicks on it.

const STILL = 4; // pixels that a pointer may tremble within a click

/** A graph and its plot, which fills it but for the figure's own margins; null as long as Plotly has
 * not drawn anything. */
export const plotOf = (id) => {
  const plot = document.querySelector(`#${id} .js-plotly-plot`);
  const { margin, xaxis } = plot?.layout ?? {};
  const drawn = plot?.querySelector(".main-svg");
  if (!drawn || !margin || !xaxis?.range) return null;
  // As large as it is drawn, which follows its place a moment later.
  const [width, height] = ["width", "height"].map((side) => Number(drawn.getAttribute(side)));
  const inner = { width: width - margin.l - margin.r, height: height - margin.t - margin.b };
  return { plot, graph: document.getElementById(id), layout: plot.layout, margin, inner };
};

/** What the axes say under the pointer, [x, y]; null beside the plot. */
export const valuesAt = (event, { plot, layout, margin, inner }) => {
  const box = plot.getBoundingClientRect();
  const shares = [(event.clientX - box.left - margin.l) / inner.width, 1 - (event.clientY - box.top - margin.t) / inner.height];
  if (shares.some((share) => share < 0 || share > 1)) return null;
  return [layout.xaxis.range, layout.yaxis.range].map(([low, high], axis) => low + shares[axis] * (high - low));
};

/**
 * Calls for each click on the plot of a graph that is no drag. Plotly takes the event itself, and
 * its own clicks are lost when a figure is drawn anew between the pointer's coming and its press.
 */
export const onPlotClick = (id, act) => {
  let down = null;
  const isPlot = ({ target }) => target.closest?.(`#${id} .nsewdrag`);
  addEventListener("pointerdown", (event) => { down = isPlot(event) && !event.button ? event : null; }, true);
  addEventListener("pointerup", (event) => {
    const isClick = down && Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY) <= STILL;
    down = null;
    if (isClick) act(event);
  }, true);
};
