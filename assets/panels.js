// The panels: which of them a View changes, and how the server's answer is drawn.
(() => {
  "use strict";
  const neuromix = (window.neuromix ??= {});

  // The server has answered by then, or something is wrong; fits take a second at the most.
  const PATIENCE_MS = 20000;
  const shown = new Map(); // key of each panel as it is on screen

  const key = (panel, view, source) =>
    [source?.key, ...panel.fields.map((name) => neuromix.address.text(view[name]))].join(" ");

  const needed = (view, config) => {
    const { source } = neuromix.flow.state;
    return config.panels.filter(
      (panel) => (!panel.tab || panel.tab === view.panel) && shown.get(panel.id) !== key(panel, view, source),
    );
  };

  const plot = (id, figure, config) => {
    const graph = neuromix.pictures.graph(id);
    window.Plotly.react(graph, figure.data, figure.layout, config.graphs[id]);
  };

  const draw = {
    figure: (panel, figure, state) => plot(panel.id, figure, state.config),
    html: (panel, html) => {
      document.getElementById(panel.id).innerHTML = html;
      if (panel.id === "view-preflight") neuromix.preflight.drawn();
    },
    text: (panel, text) => { document.getElementById(panel.id).textContent = text; },
    facts: (_, done) => {
      for (const place of document.querySelectorAll(".facts-of-images")) {
        const { short, long } = done[place.dataset.of] ?? {};
        place.textContent = short ?? "";
        place.title = long ?? "";
      }
    },
    overlay: (panel, overlay, state, view) => neuromix.pictures.label(overlay, view),
  };

  // Returns a sentence when it failed.
  const fetchAndDraw = async (panels, view, state) => {
    const { source, config } = state;
    const address = neuromix.address.panels(panels, view, source, config);
    let answer;
    try {
      const response = await fetch(address, { signal: AbortSignal.timeout(PATIENCE_MS) });
      if (!response.ok) return response.status === 404 ? await response.text() : "The server could not draw this.";
      answer = await response.json();
    } catch {
      return "The server does not answer. Check that it is running.";
    }
    await graphsOf(panels);
    if (source !== state.source) return null; // another study was opened meanwhile
    for (const panel of panels) {
      draw[panel.kind](panel, answer[panel.id], state, view);
      shown.set(panel.id, key(panel, view, source));
    }
    return null;
  };

  // At the start the first answer can be faster than Plotly, which Dash loads on demand.
  const graphsOf = async (panels) => {
    const figures = panels.filter((panel) => panel.kind === "figure");
    while (!figures.every((panel) => neuromix.pictures.graph(panel.id)?._fullLayout)) {
      await new Promise((done) => setTimeout(done, 16));
    }
  };

  // While the page rests, ask for what the next step will need: the answer waits in the browser's
  // cache. The server passes it over when anybody waits for an answer.
  const fetchAhead = async ({ wanted, source, config }) => {
    for (const index of [wanted.slice + 1, wanted.slice - 1]) {
      if (index < 0 || index >= source.positions.length) continue;
      const view = { ...wanted, slice: index };
      const address = neuromix.address.panels(needed(view, config), view, source, config);
      await fetch(address, { headers: { "X-Ahead": "1" }, priority: "low" }).catch(() => null);
      if (wanted !== neuromix.flow.state.wanted || !neuromix.settled.mayFetchAhead()) return;
    }
  };

  neuromix.panels = { needed, fetchAndDraw, fetchAhead };
})();
