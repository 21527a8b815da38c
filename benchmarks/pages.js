// Times in the page, from a key or the release of the pointer to what has been painted.
window.bench = (() => {
  const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(() => done(performance.now()))));
  let start = 0;
  addEventListener("keydown", () => { start = performance.now(); }, true);
  addEventListener("pointerup", () => { start = performance.now(); }, true);

  // The address of a card's picture: an element of the page, or, as it once was, of Plotly's.
  const address = (id) => {
    const image = document.querySelector(`#${id} img, #${id} .imagelayer image`);
    return image?.src ?? image?.href?.baseVal ?? "";
  };

  // This dashboard: the pictures' addresses and the mark on <html>, looked at in every frame.
  const dashboard = () => new Promise((done) => {
    const image = () => ["view-image-x", "view-image-y"].map(address).join();
    const before = image();
    const result = {};
    start = 0;
    const look = () => {
      const images = !result.images && image() !== before;
      const settled = start && "settled" in document.documentElement.dataset && (result.images || images);
      setTimeout(() => { // after this frame has been painted
        const time = performance.now() - start;
        if (images) result.images = time;
        if (settled) done({ ...result, settled: time });
      });
      if (images) result.images = Infinity;
      if (!settled) requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });

  // The naive app: every graph is drawn once a step.
  const naive = () => new Promise((done) => {
    const result = {};
    const graphs = [...document.querySelectorAll(".js-plotly-plot")];
    const waiting = new Set(graphs);
    for (const graph of graphs) {
      const drawn = async () => {
        graph.removeListener("plotly_afterplot", drawn);
        waiting.delete(graph);
        const images = ["image-x", "image-y"].every((id) => !waiting.has(document.querySelector(`#${id} .js-plotly-plot`)));
        if (images && !result.images) { result.images = -1; result.images = (await painted()) - start; }
        if (!waiting.size) { result.settled = (await painted()) - start; done(result); }
      };
      graph.on("plotly_afterplot", drawn);
    }
  });

  // Distinct pictures that were on screen, with the time of each frame.
  const frames = (picture) => { // those without an address do not count
    const seen = [];
    let running = true;
    const look = () => {
      const now = picture();
      if (seen.at(-1)?.[1] !== now) seen.push([performance.now(), now]);
      if (running) requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
    return () => { running = false; return seen.filter(([, one]) => one).map(([time]) => time); };
  };
  const map = () => [...document.querySelectorAll("#view-labels img")].at(-1);
  const pictureOf = {
    dashboard: () => address("view-image-x"),
    map: () => map()?.getAttribute("src") ?? "", // none while no map is known
    naive: () => document.querySelector("#image-x .heatmaplayer image")?.href.baseVal.slice(-900) ?? "", // long, and ends differently
  };

  // When the last view was drawn.
  let drawn = 0;
  new MutationObserver(() => {
    if ("settled" in document.documentElement.dataset) drawn = performance.now();
  }).observe(document, { attributes: true, subtree: true, attributeFilter: ["data-settled"] });
  const listen = setInterval(() => {
    const graphs = document.querySelectorAll(".js-plotly-plot");
    if (graphs.length < 6) return;
    clearInterval(listen);
    for (const graph of graphs) graph.on("plotly_afterplot", () => { window.plotted = performance.now(); });
  }, 500);
  const lastDrawn = { dashboard: () => drawn, naive: () => window.plotted };
  return { dashboard, naive, frames, pictureOf, lastDrawn };
})();
