// Dims each card that shows another View than the one that is wanted, and says which one it shows.
// A usual step is over before anything is looked at.
import { BEHIND_MS, lateness, wordsOf } from "../client/behind.mjs";

const LOOK_MS = 100;

/**
 * @param {object} page
 * @param {() => object} page.wanted  the fields of the View that is wanted, also while it is opened
 * @param {() => {section: Element, view: ?object, isCurrent: boolean}[]} page.parts
 *   what each card on screen shows
 */
export const behind = ({ wanted, parts }) => {
  const late = lateness();
  let marked = new Map(); // by card: what is written over it
  let timer = 0;

  const mark = (next) => {
    for (const section of marked.keys()) if (!next.has(section)) section.removeAttribute("data-behind");
    for (const [section, words] of next) if (marked.get(section) !== words) section.dataset.behind = words;
    marked = next;
  };

  // A card of several parts is as late as the latest.
  const sections = () => {
    const found = new Map();
    for (const { section, view, isCurrent } of parts()) {
      const before = found.get(section);
      if (!before || before.isCurrent) found.set(section, { name: section, view, isCurrent });
    }
    return [...found.values()];
  };

  const look = () => {
    const all = sections();
    const names = late.look(all, performance.now());
    const next = all.filter(({ name, view }) => names.has(name) && view);
    mark(new Map(next.map(({ name, view }) => [name, wordsOf(view, wanted())])));
    timer = setTimeout(look, LOOK_MS);
  };

  return {
    /** Something is behind. */
    begin() {
      if (timer) return;
      late.reset(performance.now());
      timer = setTimeout(look, BEHIND_MS);
    },
    /** Everything shows what is wanted. */
    end() {
      clearTimeout(timer);
      timer = 0;
      if (marked.size) mark(new Map());
    },
  };
};
