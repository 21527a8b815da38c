// Comparing two Views at one place: A is kept, B is the last other one. A key flicks between them.
import { differences, elsewhere } from "../client/compare.mjs";
import { news } from "../client/news.mjs";
import { onClick } from "./events.mjs";
import { notify } from "./notices.mjs";
import { element } from "./elements.mjs";

const BEGIN = "Keep this view as A, to compare others with it (b)";
const KEPT = "This view is kept as A. Change any setting, then press A B, or the key b, to flick between the two.";
const button = () => document.getElementById("compare");

const inWords = (pairs) => pairs.map((pair) => pair.join(" ")).join(", ");

/**
 * @param {object} page
 * @param {() => {wanted: ?object, opening: ?object, config: object}} page.shown
 * @param {(view: object) => void} page.open  a View of the same study
 */
export const compare = ({ shown, open }) => {
  let a = null;
  let b = null;
  const isNew = news();

  const isKept = ({ study }) => a?.study === study;
  const apart = (view, other) => differences(view, other, shown().config);
  const isA = (view) => isKept(view) && !apart(view, a).length;

  /** Says which of the two is on screen, and what tells them apart. */
  const draw = () => {
    const { wanted } = shown();
    const node = button();
    if (!wanted || !node) return;
    const [isOn, first] = [isKept(wanted), isA(wanted)];
    const other = first ? b : wanted;
    const both = isOn && other ? `A: ${inWords(apart(a, other))}. B: ${inWords(apart(other, a))}. ` : "";
    const title = isOn ? `${both}Flick between A and B (b)` : BEGIN;
    if (!isNew(isOn, first, title)) return;
    const letters = ["A", "B"].map((letter) => element((letter === "A") === first ? "b" : "span", "", {}, letter));
    const asked = [element("span", "long", {}, "Compare"), element("span", "short", {}, "A B")];
    node.replaceChildren(...(isOn ? letters : asked));
    node.title = title;
    node.ariaDescription = isOn ? `${first ? "A" : "B"} is shown. ${title}` : BEGIN;
    node.classList.toggle("two", isOn);
    document.getElementById("compare-end").hidden = !isOn;
  };

  /** Keeps the View, or flicks to the other one. */
  const flick = () => {
    const { wanted, opening, config } = shown();
    if (!wanted || opening) return;
    if (isA(wanted) && !b) notify(KEPT);
    else if (isA(wanted)) open(elsewhere(wanted, b, config));
    else if (isKept(wanted)) {
      b = wanted;
      open(elsewhere(wanted, a, config));
    } else {
      [a, b] = [wanted, null];
      notify(KEPT);
    }
    draw();
  };

  const end = () => {
    [a, b] = [null, null];
    draw();
  };

  onClick("#compare", flick);
  onClick("#compare-end", end);
  return { draw, flick, end };
};
