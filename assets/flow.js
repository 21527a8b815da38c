// From the controls to the View, and from the View to the screen, one way:
//   controls -> want -> (one request at a time, the newest wins) -> store "view" -> server -> shown
(() => {
  "use strict";
  const neuromix = (window.neuromix ??= {});
  const setProps = (id, props) => window.dash_clientside.set_props(id, props);

  // The server has answered by then, or something is wrong; fits take a second at the most.
  const PATIENCE_MS = 20000;

  const state = {
    config: null, // version, fields and defaults of the View, palettes
    source: null, // what the server says of the open images
    wanted: null, // the View that the controls ask for
    inFlight: null, // the query of the View that the server is working on
    shown: null, // the server's last answer: query, and the key of each panel
    overlay: null, // label picture and joint scale of the View that is shown
    opening: 0, // number of the last query that was sent to be opened
    reason: "replace", // how an opened query enters the browser's history
  };
  const slicesOfPlanes = new Map();
  let watchdog = 0;

  const asText = (value, pattern) => value.map((number) => Number(number.toPrecision(6))).join(pattern);

  // What the controls hold, as fields of the View.
  const viewOf = (values) => {
    const { config, source } = state;
    const names = config.fields.filter((name) => name !== "slice");
    const view = Object.fromEntries(names.map((name, index) => [name, values[index]]));
    view.slice = state.wanted.slice;
    view.components = Number(view.components);
    view.seed = view.seed === "" || view.seed === null ? state.wanted.seed : Number(view.seed);
    const hidden = (view.hidden ?? []).map(Number).filter((k) => k <= view.components);
    view.hidden = hidden.sort((a, b) => a - b).join(",");
    for (const which of ["x", "y"]) {
      const window = asText(view[`window_${which}`], ":");
      const auto = source[which] && asText(source[which].window, ":");
      view[`window_${which}`] = auto === null || window === auto ? null : window;
    }
    return view;
  };

  const open = (search, reason) => {
    state.opening += 1;
    state.reason = reason;
    neuromix.settled.unsettle();
    return { search, number: state.opening };
  };

  // Another study, image or plane: the server has to say what can be chosen there.
  const reopen = (view) => {
    const before = state.source.view;
    const next = { ...view };
    slicesOfPlanes.set(`${before.study} ${before.plane}`, state.wanted.slice);
    if (view.study !== before.study) {
      Object.assign(next, { x: "", y: "", window_x: null, window_y: null });
    }
    if (view.x !== before.x) next.window_x = null;
    if (view.y !== before.y) next.window_y = null;
    if (view.study !== before.study || view.plane !== before.plane) {
      next.slice = slicesOfPlanes.get(`${view.study} ${view.plane}`) ?? null;
    }
    setProps("opening", { data: open(neuromix.address.query(next, state.config), "push") });
  };

  // While the View keeps changing (a drag, a held key), redrawn graphs would make the pictures
  // stutter, so the server is asked when the movement rests; a single step is sent at once.
  const REST_MS = 90;
  let changed = -Infinity;
  let held = false;
  let resting = 0;
  addEventListener("pointerdown", (event) => { held = Boolean(event.target.closest?.("#control-slice")); }, true);
  for (const type of ["pointerup", "pointercancel"]) {
    addEventListener(type, () => {
      held = false;
      changed = -Infinity;
      if (state.wanted) send();
    }, true);
  }

  const sendAtRest = () => {
    const moving = held || performance.now() - changed < REST_MS;
    changed = performance.now();
    if (!moving) send();
    else {
      clearTimeout(resting);
      resting = setTimeout(() => { changed = -Infinity; send(); }, REST_MS);
    }
  };

  const send = () => {
    const query = neuromix.address.query(state.wanted, state.config);
    if (state.inFlight !== null || query === state.shown?.query) return;
    state.inFlight = query;
    neuromix.past.record(query, state.reason);
    state.reason = null;
    watchdog = setTimeout(() => neuromix.page.notAnswering(), PATIENCE_MS);
    setProps("view", { data: { ...state.wanted, query } });
  };

  const want = (view) => {
    if (state.wanted && neuromix.address.query(view, state.config) === neuromix.address.query(state.wanted, state.config)) {
      return;
    }
    state.wanted = view;
    neuromix.settled.unsettle();
    neuromix.page.follow(state);
    neuromix.pictures.show(state);
    sendAtRest();
  };

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    flow: {
      start(config) {
        state.config = config;
        window.addEventListener("popstate", () => {
          setProps("opening", { data: open(location.search, "replace") });
        });
        return open(location.search, "replace");
      },
      want(source, ...values) {
        if (!source || source.number !== state.opening) return; // being opened
        if (source !== state.source) {
          state.source = source;
          want(source.view);
          if (state.reason) {
            // Opened again as it was: nothing to send, but the URL may say less than the View.
            neuromix.past.record(neuromix.address.query(state.wanted, state.config), state.reason);
            state.reason = null;
          }
          neuromix.settled.watch();
          return;
        }
        const view = viewOf(values);
        const fixed = ["study", "x", "y", "plane"].filter((name) => view[name] !== source.view[name]);
        if (fixed.length) reopen(view);
        else want(view);
      },
      shown(shown, overlay) {
        clearTimeout(watchdog);
        state.inFlight = null;
        state.shown = shown;
        state.overlay = overlay;
        neuromix.pictures.label(state);
        if (performance.now() - changed > REST_MS) send(); // else the rest of the movement will
        neuromix.settled.watch();
      },
    },
  });

  // The slider is read where it is, in the page: by way of Dash each move would cost 25 ms.
  const slide = (slice) => {
    if (!state.wanted || state.source.number !== state.opening) return;
    want({ ...state.wanted, slice });
  };

  // Whether everything that was asked for has come.
  const idle = () =>
    state.source !== null &&
    state.source.number === state.opening &&
    state.inFlight === null &&
    state.shown?.query === neuromix.address.query(state.wanted, state.config);

  neuromix.flow = { state, idle, slide, setProps, retry: () => { state.inFlight = null; state.shown = null; send(); } };
})();
