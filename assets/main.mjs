// Wires the browser's half: Dash's callbacks and gestures are events, the state says what the page
// is to show (client/), and the views draw it (views/).
//
//   slider, controls -> state -> pictures at once
//                             -> at rest: /cards -> Dash's outputs
import * as address from "./client/address.mjs";
import { gestures } from "./client/history.mjs";
import { slicesOn } from "./client/place.mjs";
import { schedule } from "./client/schedule.mjs";
import { crosshairOf, stagesOf, within } from "./client/stages.mjs";
import { START, next } from "./client/state.mjs";
import { alike as makeAlike } from "./views/alike.mjs";
import { announce, fitted } from "./views/announce.mjs";
import { actions } from "./views/actions.mjs";
import { behind } from "./views/behind.mjs";
import { buttons } from "./views/buttons.mjs";
import { LATE, cards as makeCards } from "./views/cards.mjs";
import { check, found } from "./views/check.mjs";
import { classColours as makeClassColours } from "./views/class-colours.mjs";
import { compare } from "./views/compare.mjs";
import { componentsPlayer } from "./views/components-player.mjs";
import { config } from "./views/config.mjs";
import { heldByAll, valuesOf } from "./views/controls.mjs";
import { held, loadGraphs, nothing, outputs, setProps } from "./views/dash.mjs";
import { onClick } from "./views/events.mjs";
import { exporting } from "./views/export.mjs";
import { saving } from "./views/figures.mjs";
import { OPENING, allWorked, trying } from "./views/failures.mjs";
import { fields } from "./views/fields.mjs";
import { folds } from "./views/folds.mjs";
import { groups } from "./views/groups.mjs";
import { init as help, open as openHelp } from "./views/help.mjs";
import { keys } from "./views/keys.mjs";
import { layer as makeLayer } from "./views/layer.mjs";
import { legend as makeLegend } from "./views/legend.mjs";
import { lesson as makeLesson } from "./views/lesson.mjs";
import { introduction } from "./views/introduction.mjs";
import { mapLegend } from "./views/map-legend.mjs";
import { names } from "./views/names.mjs";
import { openings } from "./views/opening.mjs";
import { panel, togglePanel, unfold } from "./views/panel.mjs";
import { pictures as makePictures } from "./views/pictures.mjs";
import { player } from "./views/player.mjs";
import { position, slider } from "./views/position.mjs";
import { preferences } from "./views/preferences.mjs";
import { readout as makeReadout } from "./views/readout.mjs";
import { planeInFull, screen, toggleScreen } from "./views/screen.mjs";
import { settling } from "./views/settling.mjs";
import { pictureOf } from "./views/stage.mjs";
import { entitle } from "./views/title.mjs";
import { thumbnails as makeThumbnails } from "./views/thumbnails.mjs";
import { init as tooltip } from "./views/tooltip.mjs";
import "./views/number-fields.mjs";
import "./views/tsv.mjs";
import { undo } from "./views/undo.mjs";
import { init as ownUpload } from "./views/upload-own.mjs";
import { init as upload } from "./views/upload.mjs";
import { windows } from "./views/window.mjs";
import { zoom } from "./views/zoom.mjs";

const root = document.documentElement;
const LATE_MS = 1000; // a longer rest than a look at one of a row of slices
const query = (view) => address.query(view, config);

let state = START;
let isMoved = false; // whether the slider is where Dash does not know it yet
let reason = "replace"; // how the next View enters the history
const past = gestures();
const record = undo();
const shown = () => ({ ...state, config, settled: "settled" in root.dataset });
const cards = makeCards(shown);
const { layOut, toggleField } = zoom({ shown, drag: (event, id) => readout.drag(event, id) });
const { draw: drawScale, point } = windows({ shown, setColours: (which, name) => setColours(which, name) });
const pictures = makePictures({ shown, layOut, drawScale });
const legend = makeLegend(shown);
const classColours = makeClassColours(shown, legend.identities);
const thumbnails = makeThumbnails(shown);
const legendOfMap = mapLegend(shown, legend.nameOf);
const layer = makeLayer(shown);
const alike = makeAlike(shown);
const readout = makeReadout({
  shown,
  point,
  alike,
  nameOf: legend.nameOf,
  pointClass: legend.point,
  setPlace: (place) => setPlace(place),
});

const lagging = behind({
  wanted: () => (state.opening ? Object.fromEntries(new URLSearchParams(state.opening.search)) : state.wanted),
  parts: () => (state.wanted ? [...cards.state(), ...pictures.state()] : [])
    .filter(({ section }) => section)
    .map((part) => ({ ...part, isCurrent: part.isCurrent && !state.opening })),
});

const { watch, unsettle, stopAhead } = settling({
  shown,
  query: () => query(state.wanted),
  isDrawn: () => cards.areDrawn() && layer.isCurrent(),
  isPictured: () => pictures.apply(),
  unsettled: lagging.begin,
  settled() {
    lagging.end();
    allWorked();
    announce(`${found(state.wanted.study)} ${fitted(held("control-hidden.facts"), state.wanted.map)}`.trim());
    readout.settle();
    thumbnails.draw();
    lesson.draw();
    prefer();
    entitle(state.wanted);
    fields();
    followUpload(state.wanted.study);
    components.settled();
  },
  async fetchAhead(isResting) {
    await cards.fetchAhead(isResting);
    await layer.fetchAhead(isResting);
    setTimeout(() => { if (isResting()) asking.askLate(); }, LATE_MS);
    if (isResting()) await pictures.fetchAhead(isResting);
  },
});

const asking = groups({
  shown,
  cards,
  watch,
  unsettle,
  came: () => { if (isBehind) setTimeout(send); },
});

// ---- one event after the other
const dispatch = (event) => {
  const before = state;
  state = next(state, event, config);
  if (state.emptied !== before.emptied) noteEmptied(state.emptied);
  if (state.opening && state.opening !== before.opening) {
    reason = state.opening.reason;
    trying(OPENING);
    unsettle();
    setProps("opening", { data: state.opening.number });
    return false;
  }
  if (!state.wanted || state.opening) return false;
  if (before.wanted && before.scene === state.scene && query(before.wanted) === query(state.wanted)) return false;
  unsettle();
  follow();
  return true;
};

const NONE_MIXED = "The fit needs at least one image. It uses the default again.";
const noteEmptied = (emptied) => {
  const full = emptied && !state.opening ? { value: state.scene.defaults.mix } : {};
  setProps("control-mix", { description: emptied ? NONE_MIXED : null, ...full });
};

/** Opens a query. @param {"push"|"replace"} reason  how it enters the history */
const openQuery = (search, reason) => dispatch({ type: "open", search, reason });
/** Opens what the address says. */
const openAddress = () => openQuery(location.search, "replace");
/** Opens what another part of the page asks for, such as {study}. */
const openView = (entries) => openQuery(`?${new URLSearchParams(entries)}`, "push");

const { draw: drawCompared, flick, end: endCompare } = compare({
  shown,
  open: (view) => openQuery(`?${query(view)}`, "push"),
});

// ---- what follows the View at once
const follow = () => {
  const { wanted, scene } = state;
  classColours.draw();
  root.toggleAttribute("data-mix-full", scene.mixed.length >= config.mostMixed);
  unfold(wanted, config);
  legend.draw();
  legendOfMap.draw();
  lesson.draw();
  drawCompared();
  slices.draw();
  components.draw();
  place.draw(isMoved);
  // One image has no joint distribution: its histogram takes both cards.
  document.querySelector(".analysis").toggleAttribute("data-alone", wanted.x === wanted.y);
  pictures.show({ all: false });
  layer.show({ all: false });
  readout.draw();
  // What came late is about the View before.
  for (const output of cards.leave(LATE)) setProps(output.split(".")[0], { [output.split(".")[1]]: "" });
};

// ---- at rest: the server is asked, by one request at a time
let isBehind = false; // whether the View has moved on while one was under way
const send = () => {
  const { wanted } = state;
  if (!wanted || state.opening) return;
  // What a step asked for is drawn before the next step: of a row of steps some are seen.
  if (isMoved && !waiting && cards.pending("views")) {
    isBehind = true;
    return;
  }
  isBehind = false;
  const entry = past.entry(location.search.slice(1), query(wanted), reason);
  if (entry) record(entry, `${location.pathname}?${query(wanted)}`);
  reason = null;
  const request = cards.ask("views"); // while Dash goes round
  // An unknown slice's map needs the fit that its cards wait for: asked for at once, another worker
  // would fit it as well.
  pictures.show({ all: !request });
  layer.show({ all: true });
  request?.answer.then(() => { if (query(state.wanted) === query(wanted)) pictures.show({ all: true }); });
  const isAwaited = Boolean(waiting);
  resume();
  if (isMoved && held("control-slice.value") !== wanted.slice) slider("slice-kept", wanted.slice);
  // Dash would take no note of an equal value, nor of a crosshair that has moved while a slice was asked for.
  else if (request && !isAwaited && (isMoved || request.call === undefined)) asking.again("views");
  isMoved = false;
  asking.askOthers();
  watch();
};
const rest = schedule({ now: () => performance.now(), later: setTimeout, cancel: clearTimeout }, send);

// ---- Dash's callbacks
let waiting = null; // a call that waits for a movement's rest
const resume = () => {
  waiting?.();
  waiting = null;
};

const views = async (scene, ...values) => {
  const names = outputs();
  const mine = asking.call("views");
  root.toggleAttribute("data-mounted", true); // the page has loaded
  resume();
  if (!scene) {
    if (!state.opening) openAddress();
    throw nothing();
  }
  const isNew = scene.number !== state.scene?.number;
  const hasChanged = dispatch({ type: "controls", scene, values: valuesOf(values) });
  if (state.opening) throw nothing();
  if (isNew) rest.reset();
  if (isNew && scene.drawn) cards.adopt(scene.drawn);
  if (hasChanged) {
    await new Promise((done) => { waiting = done; rest.change(); });
    if (!asking.isLastCall("views", mine)) throw nothing();
  }
  return asking.draw("views", names, mine);
};

const { opening, volumes } = openings({
  shown,
  dispatch,
  openQuery,
  goBack() {
    reason = "replace";
    send();
  },
});

const group = (name) => () => asking.draw(name, outputs(), asking.call(name));
window.dash_clientside = Object.assign({}, window.dash_clientside, {
  client: { views, opening, volumes, files: group("files"), criteria: group("criteria"), idle: group(LATE) },
});

loadGraphs();

// ---- gestures
addEventListener("pointerdown", (event) => {
  past.begin();
  if (event.target.closest?.("#control-slice, .picture")) rest.hold();
}, true);
addEventListener("keydown", (event) => { if (!event.repeat) past.begin(); }, true);
for (const type of ["pointerup", "pointercancel"]) addEventListener(type, () => rest.release(), true);
addEventListener("popstate", openAddress);

document.addEventListener("axes-moved", () => readout.draw()); // a voxel lies elsewhere in a zoomed graph
document.addEventListener("graph-drawn", () => layer.show({ all: true }));
document.addEventListener("slice-moved", ({ detail }) => {
  const before = isMoved;
  isMoved = true;
  if (dispatch({ type: "slice", slice: detail })) rest.change();
  else isMoved = before;
});

/** Sets the crosshair, and with it the slice of each plane, or takes it away. @param {?number[]} to */
const setPlace = (to) => {
  const before = state.wanted.slice;
  if (!dispatch({ type: "at", place: to })) return;
  const { slice } = state.wanted;
  if (slice !== before) {
    slider("slice-shown", slice);
    isMoved = true;
  }
  rest.change();
};

/** Steps through another plane than the slider's. */
const stepIn = (picture, count) => {
  const stage = state.wanted && stagesOf(state).find(({ id }) => id === pictureOf(picture));
  if (!stage || stage.view.plane === state.wanted.plane || !crosshairOf(state)) return false;
  const { view, scene } = stage;
  const way = slicesOn(within(view.slice + count, scene) - view.slice, view, scene);
  setPlace(state.place.map((mm, axis) => mm + way[axis]));
  return true;
};

const slices = player({
  position: () => state.wanted && { slice: state.wanted.slice, last: state.scene.positions.length - 1 },
  go: (slice) => slider("slice-wanted", slice),
  isShown: () => !state.opening && pictures.apply(),
  begin: past.begin,
  stepIn,
});
const place = position(() => state.wanted && { slice: state.wanted.slice, ...state.scene }, slices.goTo);

/** Changes fields of the View, after all that the controls hold: Dash may not have said so yet. */
const change = (changes) => {
  const scene = held("scene.data");
  if (scene) dispatch({ type: "controls", scene, values: heldByAll() });
  dispatch({ type: "change", changes });
};
const showOther = () => dispatch({ type: "image" }) && rest.change();
const setOwn = (field, value) => dispatch({ type: "own", field, value }) && rest.change();
const setColours = (which, name) => setOwn(`colourmap_${which}`, name);
const acts = actions({ shown, change, setColours });
const components = componentsPlayer({
  shown,
  set: acts.components,
  begin: slices.stop,
});
const stop = () => [components.stop(), slices.stop()].some(Boolean);
const prefer = preferences(shown);
const lesson = makeLesson({ shown, show: (number) => setOwn("lesson", number) });
keys({
  ...acts,
  lesson: lesson.toggle,
  turn: lesson.turn,
  step: (count) => stepIn(planeInFull() ?? document.activeElement, count) || slices.step(count),
  image: showOther,
  flick,
  endCompare,
  play: () => { if (!components.stop()) slices.toggle(); },
  playComponents: components.toggle,
  speed: slices.changeSpeed,
  field: toggleField,
  screen: toggleScreen,
  panel: togglePanel,
  help: openHelp,
});
onClick(".other-image", showOther);
addEventListener("keydown", (event) => {
  if (event.key === "Escape" && stop()) event.stopImmediatePropagation(); // nothing else is left by it
}, true);
panel();
saving(() => state.wanted);
help();
tooltip();
upload({ open: openView });
const followUpload = ownUpload({ open: openView, reopen: openAddress, stopAhead });
check(() => state.wanted?.study ?? "", change);
folds();
introduction();
names(() => state.scene?.names ?? {});
exporting(shown);
screen();
buttons({
  openStudy: acts.study,
  link: () => {
    const { wanted, scene } = state;
    return wanted ? `${location.origin}${location.pathname}?${address.permanent(wanted, scene, config)}` : location.href;
  },
});
