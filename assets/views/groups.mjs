// The groups of cards: each is asked for by a callback of Dash, and of several calls the last one
// answers.
import { groups as groupsOf } from "../client/cards.mjs";
import { LATE } from "./cards.mjs";
import { answer, held, nothing, setProps } from "./dash.mjs";
import { onClick } from "./events.mjs";
import { failed, worked } from "./failures.mjs";

// The group, and card, of the criteria by number of components.
const SWEEP = "criteria";

const markStopped = (isStopped) => document.getElementById("criteria-table")?.toggleAttribute("data-stopped", isStopped);

/**
 * @param {object} page
 * @param {() => {wanted: object, config: object}} page.shown
 * @param {object} page.cards
 * @param {() => void} page.came  is called once the last call of a group has its answer
 * @param {() => void} page.watch  @param {() => void} page.unsettle  see settling.mjs
 */
export const groups = ({ shown, cards, came, watch, unsettle }) => {
  const calls = {}; // by group: number of the last call
  let asked = 0;

  const call = (group) => (calls[group] = (calls[group] ?? 0) + 1);
  const isLastCall = (group, mine) => calls[group] === mine;
  const ask = (group) => setProps(group, { data: (asked += 1) });

  /** Has Dash ask for a group again. */
  const again = (group) => (group === "views" ? setProps("scene", { data: { ...held("scene.data") } }) : askOthers());

  /** Gives Dash what a group lacks. @param {string[]} names  the outputs @param {number} mine  the call */
  const draw = async (group, names, mine) => {
    const request = cards.ask(group);
    if (!request) throw nothing();
    request.call = mine;
    const { values, failure } = await request.answer;
    const isLast = request.call === mine && cards.pending(group) === request;
    if (isLast) cards.done(group);
    if (!failure) worked(group);
    if (isLast) came();
    watch();
    if (!isLast || !isLastCall(group, mine)) throw nothing();
    if (!failure) {
      const given = answer(names, cards.give(request, values));
      if (cards.isUnfinished(group)) setTimeout(askOthers); // once Dash has what there is
      return given;
    }
    if (group !== LATE) failed(group, failure, () => { unsettle(); again(group); });
    throw nothing();
  };

  /** Asks for the slower groups, which a step through the slices mostly does not concern. */
  const askOthers = () => {
    for (const group of groupsOf(shown().config.cards)) {
      if (group === "views" || group === LATE) continue;
      // Also where nothing is lacking: an answer to a View that was left must not come any more.
      const before = cards.pending(group);
      const request = cards.ask(group);
      if (!request || request === before) continue;
      if (group === SWEEP) markStopped(false);
      ask(group);
    }
  };

  /** Asks for what the server does when nobody waits: ten fits would slow the steps of somebody who
   * goes on. If it fails, the page can do without. */
  const askLate = () => { if (cards.ask(LATE)) ask(LATE); };

  // A sweep through the numbers of components can be stopped, and gone on with.
  onClick("[data-sweep]", (button) => {
    const goesOn = button.dataset.sweep === "on";
    markStopped(!goesOn);
    cards.goOn(SWEEP, goesOn);
    askOthers();
  });

  return { call, isLastCall, draw, again, askOthers, askLate };
};
