// Opens a URL query: the server reads the study image by image, and then fills the page.
import * as address from "../client/address.mjs";
import { returned } from "../client/state.mjs";
import { heldBy, outputOf, setControl } from "./controls.mjs";
import { answer, held, nothing, outputs, setProps } from "./dash.mjs";
import { OPENING, failed, worked } from "./failures.mjs";
import { SILENT, reading, refusal } from "./notices.mjs";

// The largest image is read in less; a server that is silent for longer has gone.
const PATIENCE_MS = 60000;

/** The lines of an answer, as they come; whoever stops taking them ends it. */
async function* lines(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      const parts = (rest + value).split("\n");
      rest = parts.pop();
      for (const part of parts) yield JSON.parse(part);
    }
  } finally {
    reader.cancel().catch(() => null);
  }
}

/**
 * @param {{search: string, place: ?number[], study: ?string}} opening
 * @param {() => boolean} isWanted  whether nothing else has been asked for meanwhile
 * @returns {Promise<{opened?: object, failed?: string}>}
 */
const open = async ({ search, place, study }, isWanted) => {
  const control = new AbortController();
  let timer = 0;
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(() => control.abort(), PATIENCE_MS);
  };
  wait();
  try {
    const response = await fetch(address.open(search, place, study), { signal: control.signal });
    if (!response.ok) return { failed: refusal(response.status) ?? SILENT };
    for await (const line of lines(response.body)) {
      wait();
      if (!isWanted()) return {};
      reading(line.reading ?? null);
      if (!line.reading) return line;
    }
  } catch {
    // A server that does not answer, or one that went down.
  } finally {
    clearTimeout(timer);
  }
  reading(null);
  return { failed: SILENT };
};

/**
 * The callbacks of Dash that open a query.
 * @param {object} page
 * @param {() => import("../client/state.mjs").State} page.shown
 * @param {(event: object) => boolean} page.dispatch
 * @param {(search: string, reason: "push"|"replace") => void} page.openQuery
 * @param {() => void} page.goBack  shows in the address what is on screen
 */
export const openings = ({ shown, dispatch, openQuery, goBack }) => {
  const opening = async (number) => {
    const names = outputs();
    const asks = shown().opening;
    const isWanted = () => shown().opening?.number === number;
    if (!isWanted()) throw nothing();
    const { opened, failed: sentence } = await open(asks, isWanted);
    if (!isWanted()) throw nothing();
    if (!opened) {
      giveUp(number);
      failed(OPENING, sentence, () => openQuery(asks.search, asks.reason));
      throw nothing();
    }
    worked(OPENING);
    // What was changed meanwhile is not lost with this answer.
    const { held: before } = shown();
    const isKept = (name) => name !== "slice" && JSON.stringify(heldBy(name)) !== JSON.stringify(before[name]);
    const kept = Object.keys(before ?? {}).filter(isKept);
    dispatch({ type: "opened", number, kept });
    for (const name of kept) delete opened[outputOf(name)];
    return answer(names, { ...opened, "scene.data": { ...opened["scene.data"], number } });
  };

  /** Which volume of a 4-D image is X or Y. @returns {?{image: string, taken: string}} */
  const volumeOf = (which) => shown().scene[which]?.volumes;

  // What is shown stays; the controls and the address say it again.
  const giveUp = (number) => {
    const back = returned(shown(), heldBy);
    dispatch({ type: "failed", number });
    if (!shown().wanted) return;
    for (const [name, value] of Object.entries(back)) setControl(name, value);
    for (const which of ["x", "y"]) {
      const facts = volumeOf(which);
      if (facts && held(`control-volume-${which}.value`) !== facts.taken) setProps(`control-volume-${which}`, { value: facts.taken });
    }
    goBack();
  };

  /** Another volume of an image. */
  const volumes = (...taken) => {
    if (!shown().wanted) return;
    ["x", "y"].forEach((which, index) => {
      const facts = volumeOf(which);
      if (!facts || !taken[index] || taken[index] === facts.taken) return;
      dispatch({ type: "change", changes: { [which]: `${facts.image}:${taken[index]}` } });
    });
  };

  return { opening, volumes };
};
