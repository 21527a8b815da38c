// The pictures follow the slice without the server's Python: addresses are immutable, so the
// browser's cache answers. The image element is changed directly: Plotly would redraw each picture
// through a canvas, and Dash would take note of every change.
(() => {
  "use strict";
  const neuromix = (window.neuromix ??= {});

  const TOGETHER = 4; // pictures fetched ahead at a time, so that the page's own requests go first
  const KEPT = 800; // pictures kept: both images of a 1 mm head in two planes
  const decoded = new Map();
  const labelled = new Map(); // label pictures by query, for slices seen before
  const target = { x: null, y: null, overlay: null };

  const load = (address) => {
    let entry = decoded.get(address);
    if (!entry) {
      const image = new Image();
      image.src = address;
      entry = { image, ready: false };
      entry.promise = image.decode().then(() => { entry.ready = true; }, () => { entry.failed = true; });
      decoded.set(address, entry);
      if (decoded.size > KEPT) decoded.delete(decoded.keys().next().value);
    }
    return entry;
  };

  const graph = (id) => document.querySelector(`#${id} .js-plotly-plot`);

  const element = (plot, index) =>
    [...plot.querySelectorAll(".imagelayer image")].find((node) => node.__data__?._index === index);

  const put = (plot, index, address, opacity) => {
    const image = plot?.layout?.images?.[index];
    const node = image && plot._fullLayout && element(plot, index);
    if (!node) return false;
    if (image.source === address && node._imgSrc === address && opacity === undefined) return true;
    if (node._imgSrc !== address) {
      node.setAttributeNS("http://www.w3.org/1999/xlink", "xlink:href", address);
      node._imgSrc = address; // so that Plotly takes it as its own
    }
    image.source = plot._fullLayout.images[index].source = address;
    if (opacity !== undefined && image.opacity !== opacity) {
      image.opacity = plot._fullLayout.images[index].opacity = opacity;
      node.setAttribute("opacity", opacity);
    }
    return true;
  };

  const CLEAR =
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII=";

  // Put on screen what has arrived; true when all pictures are the wanted ones.
  const apply = () => {
    const { state } = neuromix.flow;
    let complete = true;
    for (const [which, ids] of [["x", ["view-image-x", "view-labels"]], ["y", ["view-image-y"]]]) {
      const address = target[which];
      if (!address) continue;
      const arrived = load(address).ready;
      for (const id of ids) complete = (arrived && put(graph(id), 0, address)) && complete;
    }
    if (target.x) {
      complete = put(graph("view-labels"), 1, target.overlay ?? CLEAR, state.wanted.opacity / 100) && complete;
    }
    return complete;
  };

  // A picture that does not come is asked for again by the next View, or by the visitor: apply
  // would ask for it with every frame.
  const expect = async (address) => {
    if (load(address).failed) decoded.delete(address);
    const entry = load(address);
    await entry.promise;
    if (!entry.failed) apply();
    else if (Object.values(target).includes(address)) {
      neuromix.page.failed("A picture did not come from the server.", () => show(neuromix.flow.state));
    }
  };

  const show = ({ wanted, source, config }) => {
    for (const which of ["x", "y"]) {
      target[which] = neuromix.address.slice(which, wanted, source, config) ?? (source[which] && CLEAR);
      if (target[which]) expect(target[which]);
    }
    target.overlay = labelled.get(labelKey(wanted)) ?? null;
    apply();
  };

  // Which View a label picture belongs to.
  const labelKey = (view) => {
    const { config } = neuromix.flow.state;
    const other = ["bins", "log", "joint", "opacity", "window_x", "window_y", "panel"];
    return neuromix.address.query({ ...view, ...Object.fromEntries(other.map((n) => [n, config.defaults[n]])) }, config);
  };

  const label = (overlay, view) => {
    const { state } = neuromix.flow;
    state.overlay = overlay;
    labelled.set(labelKey(view), overlay.source);
    if (labelled.size > KEPT) labelled.delete(labelled.keys().next().value);
    if (labelKey(view) === labelKey(state.wanted)) target.overlay = overlay.source;
    apply();
  };

  // While the page rests, fetch the plane's other slices, the nearest first: a drag then finds
  // them in the browser.
  const fetchAhead = async () => {
    const { wanted: view, source, config } = neuromix.flow.state;
    const resting = () => neuromix.settled.mayFetchAhead() && view === neuromix.flow.state.wanted;
    const addresses = [];
    for (let step = 1; step < source.positions.length; step += 1) {
      for (const index of [view.slice + step, view.slice - step]) {
        if (index < 0 || index >= source.positions.length) continue;
        for (const which of ["x", "y"]) addresses.push(neuromix.address.slice(which, view, source, config, index));
      }
    }
    const missing = addresses.filter((address) => address && !decoded.has(address)).slice(0, KEPT / 2);
    while (missing.length && resting()) {
      await Promise.all(missing.splice(0, TOGETHER).map((address) => load(address).promise));
    }
  };

  neuromix.pictures = { show, label, apply, graph, fetchAhead };
})();
