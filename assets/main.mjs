// Wires the browser's half: Dash's callbacks and gestures are events, the state says what the page
// is to show (client/), and the views draw it (views/).
//
//   slider, controls -> state -> pictures at once
//                             -> at rest: /cards -> Dash's outputs
import * as address from "./client/address.mjs";
import { groups } from "./client/cards.mjs";
import { gestures } from "./client/history.mjs";
import { schedule } from "./client/schedule.mjs";
import { DOUBT_MS, isSettled } from "./client/settled.mjs";
import { START, next } from "./client/state.mjs";
import { millimetres } from "./client/voxels.mjs";
import { cards as makeCards } from "./views/cards.mjs";
import { check } from "./views/check.mjs";
import { answer, held, nothing, outputs, setProps } from "./views/dash.mjs";
import { init as help } from "./views/help.mjs";
import "./views/names.mjs";
import { failed, tell } from "./views/notices.mjs";
import { open } from "./views/opening.mjs";
import { pictures as makePictures } from "./views/pictures.mjs";
import { player } from "./views/player.mjs";
import { readout as makeReadout } from "./views/readout.mjs";
import { init as tooltip } from "./views/tooltip.mjs";
import { init as ownUpload } from "./views/upload-own.mjs";
import { init as upload } from "./views/upload.mjs";

const config = JSON.parse(document.getElementById("neuromix-config").textContent);
const root = document.documentElement;
const query = (view) => address.query(view, config);

let state = START;
let commit = null; // tells Dash where the slider rests
let reason = "replace"; // how the next View enters the history
const past = gestures();
const shown = () => ({ ...state, config, settled: "settled" in root.dataset });
const cards = makeCards(shown);
const pictures = makePictures({ shown, failed });
const readout = makeReadout(shown);

// ---- one event after the other
const dispatch = (event) => {
  const before = state;
  state = next(state, event, config);
  if (state.emptied !== before.emptied) tellOfMix(state.emptied);
  if (state.opening && state.opening !== before.opening) {
    reason = state.opening.reason;
    unsettle();
    setProps("opening", { data: state.opening.number });
    return false;
  }
  if (!state.wanted || state.opening) return false;
  if (before.wanted && before.source === state.source && query(before.wanted) === query(state.wanted)) return false;
  unsettle();
  follow();
  return true;
};

const NONE_MIXED = "The fit needs at least one image: all are in it again.";
const tellOfMix = (emptied) => {
  const full = emptied && !state.opening ? { value: state.source.defaults.mix } : {};
  setProps("control-mix", { description: emptied ? NONE_MIXED : null, ...full });
};

/** Opens what somebody else on the page names, such as {study}. */
const openView = (entries) => dispatch({ type: "open", search: `?${new URLSearchParams(entries)}`, reason: "push" });

// ---- what follows the View at once
const follow = () => {
  const { wanted, source } = state;
  config.palettes[wanted.palette].forEach((colour, index) => root.style.setProperty(`--class-${index + 1}`, colour));
  root.dataset.components = wanted.components;
  root.toggleAttribute("data-mix-full", source.mixed.length >= config.mostMixed);
  tellPosition();
  offerJoint(wanted.x !== wanted.y);
  pictures.show({ all: false });
  readout.draw();
};

const tellPosition = () => {
  const { wanted: { slice }, source: { positions, axis } } = state;
  const place = document.getElementById("position");
  if (!place || positions?.[slice] === undefined) return;
  place.textContent = `${slice} / ${positions.length - 1}   ${axis} = ${millimetres(positions[slice])} mm`;
  const thumb = document.querySelector("#control-slice [role=slider]");
  thumb?.setAttribute("aria-valuetext", place.textContent);
  // Where Dash's own value has not changed, the slider is still where it was dragged to.
  if (Number(thumb?.getAttribute("aria-valuenow")) !== slice && !commit) moveSlider(slice);
};

const moveSlider = (slice) =>
  document.getElementById("control-slice").dispatchEvent(new CustomEvent("slice-wanted", { detail: slice }));

// One image has no joint distribution to be shown in one way or another.
let joint = true;
const offerJoint = (offered) => {
  if (offered === joint) return;
  joint = offered;
  setProps("control-joint", { disabled: !offered });
  document.getElementById("control-joint").title = offered
    ? "" : "One image has a histogram instead: choose another as image Y.";
};

// ---- at rest: the server is asked, by one request at a time
let isBehind = false; // whether the View has moved on while one was under way
const send = () => {
  const { wanted } = state;
  if (!wanted || state.opening) return;
  if (commit && cards.pending("views")) {
    isBehind = true;
    return;
  }
  isBehind = false;
  const entry = past.entry(location.search.slice(1), query(wanted), reason);
  if (entry) history[`${entry}State`](null, "", `${location.pathname}?${query(wanted)}`);
  reason = null;
  pictures.show({ all: true });
  cards.ask("views"); // while Dash goes round
  resume();
  const tellDash = commit;
  commit = null;
  tellDash?.();
  askOthers();
  watch();
};
const rest = schedule({ now: () => performance.now(), later: setTimeout, cancel: clearTimeout }, send);

// The slower groups of cards, which a step through the slices mostly does not concern.
let asked = 0;
const askOthers = () => {
  for (const group of groups(config.cards)) {
    if (group === "views" || !cards.lacks(group)) continue;
    const before = cards.pending(group);
    if (cards.ask(group) !== before) setProps(group, { data: (asked += 1) });
  }
};

// ---- Dash's callbacks
const calls = {}; // by group: number of the last call
let resume = () => {}; // lets a call go on that waits for a movement's rest

/** Gives Dash what a group of cards lacks; of several calls the last one answers. */
const drawn = async (group, names, mine) => {
  const request = cards.ask(group);
  if (!request) throw nothing();
  const { values, failure } = await request.answer;
  if (mine !== calls[group] || cards.pending(group) !== request) throw nothing();
  cards.done(group);
  if (isBehind) setTimeout(send);
  watch();
  if (!failure) return answer(names, cards.give(request, values));
  failed(failure, () => { unsettle(); again(group); });
  throw nothing();
};
const again = (group) => (group === "views" ? setProps("source", { data: { ...held("source.data") } }) : askOthers());
const call = (group) => (calls[group] = (calls[group] ?? 0) + 1);

const valuesOf = (values) => Object.fromEntries(config.fields.map(({ name }, index) => [name, values[index]]));
const outputOf = (field) => config.controls[field].join(".");

const views = async (source, ...values) => {
  const names = outputs();
  const mine = call("views");
  resume();
  if (!source) {
    if (!state.opening) dispatch({ type: "open", search: location.search, reason: "replace" });
    throw nothing();
  }
  const isNew = source.number !== state.source?.number;
  const hasChanged = dispatch({ type: "controls", source, values: valuesOf(values) });
  if (state.opening) throw nothing();
  if (isNew) rest.reset();
  if (isNew && source.drawn) cards.adopt(source.drawn);
  if (hasChanged) {
    await new Promise((done) => { resume = done; rest.change(); });
    if (mine !== calls.views) throw nothing();
  }
  return drawn("views", names, mine);
};

const opening = async (number) => {
  const names = outputs();
  const asks = state.opening;
  const isWanted = () => state.opening?.number === number;
  if (!isWanted()) throw nothing();
  const { opened, failed: sentence } = await open(asks, isWanted);
  if (!isWanted()) throw nothing();
  if (!opened) {
    dispatch({ type: "failed", number });
    failed(sentence, () => dispatch({ type: "open", search: asks.search, reason: asks.reason }));
    throw nothing();
  }
  // What was changed meanwhile is not lost with this answer.
  const isKept = (name) => name !== "slice" && JSON.stringify(held(outputOf(name))) !== JSON.stringify(state.held[name]);
  const kept = state.held ? config.fields.map(({ name }) => name).filter(isKept) : [];
  dispatch({ type: "opened", number, kept });
  for (const name of kept) delete opened[outputOf(name)];
  return answer(names, { ...opened, "source.data": { ...opened["source.data"], number } });
};

// Another volume of an image.
const volumes = (...taken) => {
  if (!state.wanted) return;
  ["x", "y"].forEach((which, index) => {
    const { volumes: facts } = state.source[which] ?? {};
    if (!facts || !taken[index] || taken[index] === facts.taken) return;
    dispatch({ type: "change", changes: { [which]: `${facts.image}:${taken[index]}` } });
  });
};

const group = (name) => () => drawn(name, outputs(), call(name));
window.dash_clientside = Object.assign({}, window.dash_clientside, {
  client: { views, opening, volumes, files: group("files"), criteria: group("criteria") },
});

// ---- settled: <html data-settled> holds the URL's query once every visible view shows it
const AHEAD_MS = 200; // a rest this long is no pause between two steps
let doubtUntil = 0;
let isWatching = false;
let ahead = 0;
let fetching = null; // what is being asked for ahead
let isStopped = false;

const look = () => {
  const page = {
    state, doubtUntil, query: state.wanted && query(state.wanted), address: location.search.slice(1), now: performance.now(),
    drawn: Boolean(state.wanted) && cards.areDrawn(), pictured: Boolean(state.wanted) && pictures.apply(),
  };
  if (!isSettled(page)) {
    requestAnimationFrame(look);
    return;
  }
  isWatching = false;
  root.dataset.settled = page.address;
  readout.settle();
  followUpload(state.wanted.study);
  clearTimeout(ahead);
  if (!isStopped) ahead = setTimeout(() => { fetching = fetchAhead(); }, AHEAD_MS);
};
const watch = () => {
  if (isWatching) return;
  isWatching = true;
  requestAnimationFrame(look);
};
const unsettle = () => {
  isStopped = false;
  doubtUntil = 0; // the change has come through: no more doubt
  delete root.dataset.settled;
  watch();
};

const fetchAhead = async () => {
  const { wanted } = state;
  const isResting = () => !isStopped && "settled" in root.dataset && state.wanted === wanted;
  await cards.fetchAhead(isResting);
  if (isResting()) await pictures.fetchAhead(isResting);
};

/** Resolves once nothing is asked for ahead any more; the next View begins anew. */
const stopAhead = () => {
  clearTimeout(ahead);
  isStopped = true;
  return fetching;
};

const doubt = (event) => {
  if (!("settled" in root.dataset) || !event.target.closest?.(".controls, .slice-bar, .legend, .tabs, [role=option]")) return;
  delete root.dataset.settled;
  doubtUntil = performance.now() + DOUBT_MS;
  watch();
};
for (const type of ["keydown", "pointerdown", "pointerup", "input", "change", "click"]) addEventListener(type, doubt, true);

// ---- gestures
addEventListener("pointerdown", (event) => {
  past.begin();
  if (event.target.closest?.("#control-slice")) rest.hold();
}, true);
addEventListener("keydown", (event) => { if (!event.repeat) past.begin(); }, true);
for (const type of ["pointerup", "pointercancel"]) addEventListener(type, () => rest.release(), true);
addEventListener("popstate", () => dispatch({ type: "open", search: location.search, reason: "replace" }));

document.addEventListener("slice-moved", ({ detail }) => {
  const before = commit;
  commit = detail.commit;
  if (dispatch({ type: "slice", slice: detail.slice })) rest.change();
  else commit = before;
});

player({
  position: () => state.wanted && { slice: state.wanted.slice, last: state.source.positions.length - 1 },
  begin: past.begin,
});
help();
tooltip();
upload({ open: openView });
const followUpload = ownUpload({ open: openView, notify: tell, stopAhead });
check(() => state.wanted?.study ?? "", (changes) => dispatch({ type: "change", changes }));

const copyLink = async (button) => {
  const before = button.textContent;
  try {
    await navigator.clipboard.writeText(location.href);
    button.textContent = "Copied";
  } catch {
    // Browsers give no clipboard to pages that are not served over https or from this machine.
    prompt("Copy this link:", location.href);
  }
  setTimeout(() => { button.textContent = before; }, 1500);
};

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("button");
  if (button?.id === "copy-link") copyLink(button);
  if (button?.id === "controls-toggle") root.toggleAttribute("data-controls");
  if (/^control-window-.-reset$/.test(button?.id ?? "")) {
    const id = button.id.replace("-reset", "");
    const facts = state.source?.[id.at(-1)];
    if (facts) setProps(id, { value: facts.window });
  }
  const option = event.target.closest?.(".mantine-MultiSelect-option:not([data-checked])");
  if (option && "mixFull" in root.dataset) tell(`A fit takes ${config.mostMixed} images at the most: take one out first.`);
}, true);
