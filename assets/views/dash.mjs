// What the browser's half asks of Dash: only its documented functions.

const EMPTY = Object.freeze({});

/** Changes properties of a component, as a visitor would. */
export const setProps = (id, props) => window.dash_clientside.set_props(id, props);

/** What Dash holds of an output, "element-id.property". */
export const held = (output) => {
  const cut = output.lastIndexOf(".");
  return (window.dash_component_api.getLayout(output.slice(0, cut))?.props ?? EMPTY)[output.slice(cut + 1)];
};

/** The names of the outputs of the callback that is being called. */
export const outputs = () =>
  [window.dash_clientside.callback_context.outputs_list].flat().map(({ id, property }) => `${id}.${property}`);

/** A callback's answer: the values of some outputs, nothing for the others. */
export const answer = (names, values) =>
  names.map((name) => (name in values ? values[name] : window.dash_clientside.no_update));

/** Ends a callback that has nothing to say, or that another call has overtaken. */
export const nothing = () => window.dash_clientside.PreventUpdate;

/** Lets Dash load what its graphs need before they are laid out: mounted without it they would
 * stay empty for React's half a second between two states of a page that waits. */
export const loadGraphs = () => {
  const { React, ReactDOM, dash_core_components: { Graph } } = window;
  const root = ReactDOM.createRoot(document.createElement("div"));
  ReactDOM.flushSync(() => root.render(React.createElement(Graph, { id: "unseen" })));
  root.unmount();
};

const given = new WeakSet(); // elements that were given their HTML again

/** Whether an element on screen shows its HTML: React draws a moment after Dash was given it. */
export const isWritten = (id, html) => {
  const node = document.getElementById(id);
  if (!node || node.html === (html ?? "")) return Boolean(node);
  // Dash mounts what stands in a tab with the HTML of its layout, whatever it holds by then.
  if (!given.has(node)) {
    given.add(node);
    setProps(id, { html });
  }
  return false;
};

// What each graph has drawn.
const plotted = new WeakMap();

/**
 * Whether a graph on screen has drawn a figure: Dash hands it to Plotly after a moment.
 * @param {(plot: Element) => void} begin  is called with a graph that is new in the page
 */
export const isDrawn = (id, figure, begin) => {
  const plot = document.querySelector(`#${id} .js-plotly-plot`);
  if (!plot?.on) return false;
  if (!plotted.has(plot)) {
    plotted.set(plot, plot.querySelector(".main-svg") && plot.data);
    plot.on("plotly_afterplot", () => plotted.set(plot, plot.data));
    begin(plot);
    // Dash mounts a graph of a tab with the figure of its layout, whatever it holds by then.
    if (plot.data !== figure.data) setProps(id, { figure: { ...figure } });
  }
  return plotted.get(plot) === figure.data;
};
