// From the controls to the View, and from the View to the screen, one way:
//   controls -> want -> (one request at a time, the newest wins) -> /panels -> screen
// Dash lays out the page and tells what its controls hold; the rest is here, because every Dash
// callback costs the browser more time than all that it draws (dashboard/web/panels.py).
(() => {
  "use strict";
  const neuromix = (window.neuromix ??= {});
  const setProps = (id, props) => window.dash_clientside.set_props(id, props);

  const state = {
    config: null, // version, fields and defaults of the View, panels, palettes
    source: null, // what the server says of the open images
    wanted: null, // the View that the controls ask for
    inFlight: false, // whether the server is drawing
    overlay: null, // label picture and joint scale of the View that is shown
    opening: 0, // number of the last query that was sent to be opened
    reason: "replace", // how an opened query enters the browser's history
    byControls: false, // whether the controls already hold what is being opened
    mix: [], // images that the controls had mixed when that began
    filling: false, // whether the list of mixed images is being filled with those of the source
    emptied: false, // whether the list of mixed images was left empty, and filled again
  };
  const placesSeen = new Map(); // by study and plane: query of the View that was shown there last
  const query = (view) => neuromix.address.query(view, state.config);

  // ---- from the controls to the View
  const controlled = () => state.config.fields.filter((name) => name !== "slice");
  const asText = (value, separator) =>
    value.map((number) => Number(number.toPrecision(6))).join(separator);

  const same = (a, b) => [...a].sort().join() === [...b].sort().join();
  const mixed = (values) => values[controlled().indexOf("mix")] ?? [];
  const mixOf = (names) =>
    !names?.length || same(names, state.source.defaults.mix) ? "" : names.join(",");

  const viewOf = (values) => {
    const { config, source } = state;
    const names = controlled();
    const view = Object.fromEntries(names.map((name, index) => [name, values[index]]));
    view.slice = state.wanted.slice;
    view.components = Number(view.components);
    view.seed = view.seed === "" || view.seed === null ? state.wanted.seed : Number(view.seed);
    // What is chosen anyway stays out of the URL, unless a link says it.
    view.mix = same(view.mix ?? [], source.mixed) ? source.view.mix : mixOf(view.mix);
    for (const name of ["mask", "reference"]) {
      const unset = source.defaults[name];
      if (view[name] === (source.view[name] || unset)) view[name] = source.view[name];
      else view[name] = view[name] === unset ? "" : view[name] ?? "";
    }
    view.grid ??= "";
    const hidden = (view.hidden ?? []).map(Number).filter((k) => k <= view.components);
    view.hidden = hidden.sort((a, b) => a - b).join(",");
    for (const which of ["x", "y"]) {
      const window = asText(view[`window_${which}`], ":");
      const auto = source[which] && asText(source[which].window, ":");
      view[`window_${which}`] = auto === null || window === auto ? null : window;
    }
    return view;
  };

  const open = (search, reason, place) => {
    state.opening += 1;
    state.reason = reason;
    neuromix.settled.unsettle();
    return { search, number: state.opening, place };
  };

  // Opens a query once the images of its study are read; without a slice, at the place where
  // another query's slice lies.
  const openWhenRead = async (search, reason, { byControls = false, emptied = false, place = "" } = {}) => {
    state.byControls = byControls;
    if (state.emptied !== emptied) tellOfMix(emptied);
    const opening = open(search, reason, place);
    if (await neuromix.reading.read(search)) setProps("opening", { data: opening });
  };

  // Another study, image or plane: the server has to say what can be chosen there.
  const REOPENED = ["study", "x", "y", "plane", "mix", "mask", "reference", "grid"];
  // Slices of another of these may be counted otherwise: the server knows which lies where.
  const COUNTED_BY = ["study", "plane", "x", "y", "grid"];
  const studyAndPlane = (view) => `${view.study} ${view.plane}`;
  const reopen = (view, how) => {
    const before = state.source.view;
    const next = { ...view, mix: mixWithVolumesOf(view) };
    placesSeen.set(studyAndPlane(before), query(state.wanted));
    if (view.study !== before.study) Object.assign(next, inAnotherStudy(view));
    if (view.x !== before.x) next.window_x = null;
    if (view.y !== before.y) next.window_y = null;
    if (COUNTED_BY.some((name) => view[name] !== before[name])) next.slice = null;
    openWhenRead(query(next), "push", { ...how, place: placesSeen.get(studyAndPlane(view)) });
  };

  const reopenAs = (view, mix) => {
    state.mix = mix;
    reopen(view, { byControls: true, emptied: !mix.length });
  };

  // Images are the study's own, and so is a rule for the foreground that nobody has chosen.
  const inAnotherStudy = ({ foreground, mask }) => {
    const isChosen = foreground !== state.source.defaults.foreground;
    return {
      x: "", y: "", mix: "", reference: "", grid: "", window_x: null, window_y: null,
      foreground: isChosen ? foreground : "",
      mask: isChosen && foreground === "mask" ? mask : "",
    };
  };

  // Another volume of an image that is mixed takes the place of the one before.
  const mixWithVolumesOf = (view) => {
    const { source } = state;
    if (!view.mix || view.mix !== source.view.mix) return view.mix;
    let names = source.mixed;
    for (const which of ["x", "y"]) {
      const image = source[which]?.volumes?.image;
      const isOfImage = (name) => name === image || name.startsWith(`${image}:`);
      const shown = source.view[which];
      if (view[which] === shown || !isOfImage(view[which])) continue;
      const volumes = names.filter(isOfImage);
      const replaced = volumes.includes(shown) || volumes.length > 1 ? shown : volumes[0];
      names = names.map((name) => (name === replaced ? view[which] : name));
    }
    return names === source.mixed ? view.mix : [...new Set(names)].join(",");
  };

  const NONE_MIXED = "A mixture needs at least one image: all are mixed again.";
  const tellOfMix = (emptied) => {
    state.emptied = emptied;
    setProps("control-mix", { description: emptied ? NONE_MIXED : null });
  };

  // What a button of the check changes, or another volume of an image.
  const change = (changes) => reopen({ ...state.wanted, ...changes });

  const want = (view) => {
    if (state.wanted && query(view) === query(state.wanted)) return;
    state.wanted = view;
    neuromix.settled.unsettle();
    neuromix.page.follow(state);
    neuromix.pictures.show(state);
    sendAtRest();
  };

  // The slider is read where it is, in the page: by way of Dash each move would cost 25 ms.
  const slide = (slice) => {
    if (!state.wanted || state.source.number !== state.opening) return;
    want({ ...state.wanted, slice });
  };

  // Opens what somebody else on the page names, such as {study}; the rest is as it comes.
  const openView = (view) => {
    openWhenRead(`?${new URLSearchParams(view)}`, "push");
  };

  // ---- from the View to the screen
  // While the View keeps changing (a drag, a held key), redrawn graphs would make the pictures
  // stutter, so the server is asked when the movement rests; a single step is sent at once.
  const REST_MS = 90;
  let changed = -Infinity;
  let held = false;
  let resting = 0;
  addEventListener("pointerdown", (event) => {
    held = Boolean(event.target.closest?.("#control-slice"));
  }, true);
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
    clearTimeout(resting);
    if (!moving) send();
    else resting = setTimeout(() => { changed = -Infinity; send(); }, REST_MS);
  };

  const send = async () => {
    if (state.inFlight) return;
    const view = state.wanted;
    neuromix.past.record(query(view), state.reason);
    state.reason = null;
    const needed = neuromix.panels.needed(view, state.config);
    if (!needed.length) return neuromix.settled.watch();
    state.inFlight = true;
    const failure = await neuromix.panels.fetchAndDraw(needed, view, state);
    state.inFlight = false;
    if (failure) neuromix.page.failed(failure, send);
    else if (query(view) === query(state.wanted)) neuromix.settled.watch();
    else if (performance.now() - changed > REST_MS) send(); // else the movement's rest will
  };

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    flow: {
      take(...volumes) {
        if (!state.wanted) return;
        ["x", "y"].forEach((which, index) => {
          const { volumes: facts } = state.source[which] ?? {};
          if (!facts || !volumes[index] || volumes[index] === facts.taken) return;
          change({ [which]: `${facts.image}:${volumes[index]}` });
        });
      },
      start(config) {
        state.config = config;
        window.addEventListener("popstate", () => {
          openWhenRead(location.search, "replace");
        });
        openWhenRead(location.search, "replace");
        return window.dash_clientside.no_update;
      },
      want(source, ...values) {
        if (!source) return;
        const mix = mixed(values);
        if (source.number !== state.opening) {
          // Another is being opened. What is chosen meanwhile would be lost with its answer.
          if (state.byControls && source === state.source) reopenAs(viewOf(values), mix);
          return;
        }
        if (source !== state.source) {
          const before = state.source?.view;
          state.source = source;
          state.wanted = null;
          changed = -Infinity;
          // One list is changed several times in a row, faster than the server answers: what it
          // holds now goes first. What another study's list held means nothing in this one.
          if (state.byControls && source.view.study === before?.study && !same(mix, state.mix)) {
            state.wanted = source.view;
            reopenAs({ ...source.view, mix: mixOf(mix) }, mix);
            return;
          }
          // Together, as a list drops by itself what it is not offered.
          state.filling = !same(mix, source.mixed);
          setProps("control-mix", { data: source.mixable, value: source.mixed });
          want(source.view);
          return;
        }
        // Another control may report before the list is filled: what that holds is of no account.
        if (state.filling && !same(mix, source.mixed)) return;
        state.filling = false;
        const view = viewOf(values);
        const moved = REOPENED.some((name) => view[name] !== source.view[name]);
        // Without any image the mixture has all: the list says so.
        if (!moved && !mix.length) {
          tellOfMix(true);
          setProps("control-mix", { value: source.defaults.mix });
        }
        if (moved) reopenAs(view, mix);
        else want(view);
      },
    },
  });

  // Whether the panels show everything that was asked for.
  const idle = () =>
    state.wanted !== null &&
    state.source.number === state.opening &&
    !state.inFlight &&
    !neuromix.panels.needed(state.wanted, state.config).length &&
    location.search.slice(1) === query(state.wanted);

  neuromix.flow = { state, idle, slide, change, setProps, open: openView };
})();
