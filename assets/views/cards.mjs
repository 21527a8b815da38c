// The cards: asked for by one immutable address a group, and handed to Dash, which owns them.
import * as address from "../client/address.mjs";
import { elementOf, isVisible, key, needed } from "../client/cards.mjs";
import { neighbours } from "../client/stages.mjs";
import { fetchAhead } from "./ahead.mjs";
import { held, isDrawn, isWritten } from "./dash.mjs";
import { follow } from "./graphs.mjs";
import { keepRanges } from "./axes.mjs";
import { large } from "./large.mjs";
import { SILENT, refusal } from "./notices.mjs";

// The group of cards that is asked for once the page has rested.
export const LATE = "idle";

// The properties of a graph, and of HTML.
const FIGURE = ".figure";
const HTML = ".html";

// The server has answered by then, or something is wrong; fits take a second at the most.
const PATIENCE_MS = 20000;

/** Where a card stands on the page, if it does. @param {import("../client/cards.mjs").Card} card */
export const sectionOf = (card) => document.getElementById(elementOf(card))?.closest(".card");

/** @param {() => {wanted: object, scene: object, config: object}} shown */
export const cards = (shown) => {
  const returned = new Map(); // by card: the View that Dash was given last, its key, and the values
  const asked = new Map(); // by group: the request under way
  let besideAsked = ""; // the fit of a head for which one component more and less was asked ahead
  const unfinished = new Map(); // by card of which more is to come: the key, how much has come, its figures

  // A gesture gives a graph other axes, and with them a figure of the same data.
  const isSame = (now, given) => now === given || (Boolean(given?.data) && now?.data === given.data);
  const isHeld = ({ values }) => !values || Object.entries(values).every(([output, value]) => isSame(held(output), value));

  /** The key of what a card shows: a callback that was overtaken has not reached the page. */
  const keyOf = (id) => {
    const given = returned.get(id);
    return given && isHeld(given) ? given.key : null;
  };

  /** The visible cards; late ones may lack what they show. */
  const visible = (isLate = false) => {
    const { wanted, config } = shown();
    return config.cards.filter((card) => (card.group === LATE) === isLate && isVisible(card, wanted));
  };

  /** Whether an output is on screen as Dash holds it; of other properties Dash's word is enough. */
  const isShown = (output) => {
    if (output.endsWith(FIGURE)) return isDrawn(output.replace(FIGURE, ""), held(output), follow);
    return !output.endsWith(HTML) || isWritten(output.replace(HTML, ""), held(output));
  };

  /** Whether a card shows the wanted View on screen, its graph included. */
  const isCurrent = (card) => {
    const { wanted, scene } = shown();
    if (keyOf(card.id) !== key(card, wanted, scene)) return false;
    return card.outputs.every(isShown);
  };

  const wantedOf = (group, shownKey = keyOf) => {
    const { wanted, scene, config } = shown();
    return needed(config.cards, group, wanted, scene, shownKey);
  };

  /** Asks for what a group lacks, if anything; what was asked for before is given up. */
  const ask = (group) => {
    const { wanted, scene, config } = shown();
    const lacking = wantedOf(group, (id) => (unfinished.has(id) ? null : keyOf(id)));
    const from = lacking.length ? address.cards(lacking, wanted, scene, config) : null;
    const before = asked.get(group);
    if (before && before.from === from) return before;
    before?.control.abort();
    asked.delete(group);
    if (!from) return null;
    const control = new AbortController();
    const request = { from, control, lacking, view: wanted, scene, answer: fetched(from, control) };
    asked.set(group, request);
    return request;
  };

  const fetched = async (from, control) => {
    const signal = AbortSignal.any([control.signal, AbortSignal.timeout(PATIENCE_MS)]);
    try {
      const response = await fetch(from, { signal });
      if (response.ok) return { values: await response.json() };
      if (response.status === 404) return { failure: await response.text() };
      return { failure: refusal(response.status) ?? "The server could not draw this." };
    } catch {
      return control.signal.aborted ? { values: {} } : { failure: SILENT };
    }
  };

  /** Takes down what Dash is given; equal texts are not given again, each would cost a dispatch. */
  const give = ({ lacking, view, scene }, values) => {
    const fresh = {};
    for (const card of lacking) {
      const [now, come] = [key(card, view, scene), values.unfinished];
      const before = unfinished.get(card.id);
      // Nothing yet, or a worker of the server that has less than the one that answered before.
      if (come === 0 || (before?.key === now && come < before.come)) {
        unfinished.set(card.id, before ?? { key: now, come: 0, figures: {} });
        continue;
      }
      const own = Object.fromEntries(card.outputs.map((output) => [output, values[output]]));
      returned.set(card.id, { view, key: now, values: own });
      const figures = {};
      for (const output of card.outputs.filter((one) => one.endsWith(FIGURE))) {
        figures[output] = JSON.stringify(own[output]);
        if (before?.key === now && before.figures[output] === figures[output]) { // drawn anew it would lose its label
          own[output] = held(output);
          continue;
        }
        own[output] = large(own[output]);
        keepRanges(output.replace(FIGURE, ""), own[output]);
      }
      if (come) unfinished.set(card.id, { key: now, come, figures });
      else unfinished.delete(card.id);
      for (const [output, value] of Object.entries(own)) if (held(output) !== value) fresh[output] = value;
    }
    return fresh;
  };

  /** Asks for a View before it is wanted. */
  const askAhead = (view) => {
    const { scene, config } = shown();
    return fetchAhead(address.cards(needed(config.cards, "views", view, scene, keyOf), view, scene, config));
  };

  return {
    ask,
    give,
    /** The request of a group that is under way. */
    pending: (group) => asked.get(group),
    done: (group) => asked.delete(group),

    /** Whether more of a group is to come. */
    isUnfinished: (group) => shown().config.cards.some((card) => card.group === group && unfinished.has(card.id)),

    /** Goes on with what is to come of a card, or asks no more for it. */
    goOn(id, goesOn) {
      if (goesOn) unfinished.set(id, null);
      else unfinished.delete(id);
    },

    /** Gives up what a group was asked for another View; returns its outputs that still show one. */
    leave(group) {
      const stale = wantedOf(group);
      if (!stale.length) return [];
      asked.get(group)?.control.abort();
      asked.delete(group);
      return stale.flatMap(({ outputs }) => outputs).filter((output) => held(output));
    },

    /** Cards that the page was laid out with. */
    adopt(ids) {
      const { wanted, scene, config } = shown();
      for (const card of config.cards.filter(({ id }) => ids.includes(id))) {
        returned.set(card.id, { view: wanted, key: key(card, wanted, scene), values: null });
      }
    },

    /** Whether every visible card shows the wanted View. */
    areDrawn() {
      visible(true).flatMap(({ outputs }) => outputs).forEach(isShown); // a tab that is back has them again
      return visible().every(isCurrent);
    },

    /** What each visible card shows: its element on the page, and the View that it was drawn for. */
    state: () => visible().map((card) => ({
      id: card.id,
      section: sectionOf(card),
      view: returned.get(card.id)?.view ?? null,
      isCurrent: isCurrent(card),
    })),

    /** Asks for what the next step will need. */
    async fetchAhead(isResting) {
      const { wanted, scene, config } = shown();
      for (const slice of neighbours(wanted.slice, scene)) {
        await askAhead({ ...wanted, slice });
        if (!isResting()) return;
      }
      // Fits of slices are quick, and those with a spatial prior take too long to be made unasked.
      if (wanted.scope !== "volume" || wanted.prior) return;
      const fit = key({ fieldsOfWhole: config.mapFields }, wanted, scene);
      if (fit === besideAsked) return;
      for (const components of [wanted.components + 1, wanted.components - 1]) {
        if (!isResting()) return;
        if (components >= 1 && components <= config.mostComponents) await askAhead({ ...wanted, components });
      }
      besideAsked = fit;
    },
  };
};
