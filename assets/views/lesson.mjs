// The lesson: one step fills the page, large enough for a projector. The View's field `lesson` is
// its number, so each step has a link. The step's cards are the page's own: all stays linked.
import { classes } from "../client/amounts.mjs";
import { graphs } from "../client/cards.mjs";
import { wordsOf } from "../client/lesson-words.mjs";
import { applies, cardsOf, fieldsOf, STEPS, stepOf } from "../client/lesson.mjs";
import { sectionOf } from "./cards.mjs";
import { heldBy, setControl } from "./controls.mjs";
import { held } from "./dash.mjs";
import { element, write } from "./elements.mjs";
import { ABOVE, TYPED, onClick } from "./events.mjs";
import { enlarge } from "./large.mjs";
import { called } from "./title.mjs";

// What Escape is for before it leaves the lesson.
const OPEN = `${ABOVE}, .class-editor:not([hidden])`;
const OWN = `${TYPED}, select, [role=option]`;
const USUAL = 3; // classes

const root = document.documentElement;

const button = (className, textContent, title, more = {}) =>
  element("button", className, { type: "button", textContent, title, ariaLabel: title, ...more });

const make = () => {
  const [title, sees, tries] = [element("h1"), element("p", "sees"), element("p", "tries")];
  const said = element("p", "visually-hidden", { role: "status" });
  const text = element("div", "lesson-text", {}, title, sees, tries, said);

  const count = element("span");
  const fewer = button("icon-button", "−", "Fewer classes", { value: "-1" });
  const more = button("icon-button", "+", "More classes", { value: "1" });
  const classes = element("div", "lesson-classes", { role: "group", ariaLabel: "Components" }, fewer, count, more);

  const dots = STEPS.map((_, index) => button("", String(index + 1), `Step ${index + 1}`, { value: String(index + 1) }));
  const steps = element("ol", "lesson-steps", {}, ...dots.map((dot) => element("li", "", {}, dot)));
  const back = button("icon-button", "‹", "Previous step (Page ↑)");
  const next = button("icon-button", "›", "Next step (Page ↓)");
  const leave = button("icon-button", "×", "Leave the lesson (Escape)");
  const copy = element("button", "text-button copy-link", { type: "button", title: "Copy a link to this step, with all that is on screen" }, "Copy link");
  const tools = element("div", "lesson-tools", {}, classes, back, steps, next, copy, leave);

  const place = element("section", "lesson", { id: "lesson", ariaLabel: "Lesson" }, text, tools);
  document.querySelector(".top").after(place);
  return { place, title, sees, tries, said, classes, fewer, count, more, dots, back, next, leave };
};

/**
 * @param {object} page
 * @param {() => {wanted: ?object, scene: ?object, config: object}} page.shown
 * @param {(number: ?number) => void} page.show  a step, or none
 */
export const lesson = ({ shown, show }) => {
  // A link written by hand names the step alone; any other says all of the View.
  let isBare = !new URLSearchParams(location.search).has("components");
  let parts = null;
  let components = USUAL; // what the visitor has fitted
  let drawn = null; // number and cards on screen

  const facts = () => {
    const { wanted, scene } = shown();
    const { slice: counts = {} } = held("view-histograms.figure")?.layout?.meta ?? {};
    return {
      isAlone: wanted.x === wanted.y, isFitted: scene.fits, slices: scene.positions?.length ?? 1, components,
      x: called("x", wanted.x), y: called("y", wanted.y), mixed: scene.mixed.map((name) => called("x", name)),
      mask: called("mask", heldBy("mask") ?? ""), zeros: null, kept: null, voxels: null, ...counts,
    };
  };

  const go = (number) => {
    const { wanted, opening } = shown();
    const step = stepOf(number);
    if (!wanted || opening || (number && !step)) return;
    const fields = step ? fieldsOf(step, wanted, facts()) : {};
    show(number);
    for (const [field, value] of Object.entries(fields)) {
      if (String(shown().wanted[field]) !== String(value)) setControl(field, value);
    }
  };

  /** Shows the step's cards, and hides all else. */
  const lay = (number, ids) => {
    for (const section of document.querySelectorAll(".card[data-taught]")) delete section.dataset.taught;
    const cards = ids.map((id) => shown().config.cards.find((card) => card.id === id));
    cards.forEach((card, index) => {
      const section = sectionOf(card);
      if (section) section.dataset.taught = String(index + 1);
    });
    const isNew = root.dataset.lesson === undefined;
    if (number) root.dataset.lesson = cards.map((card) => (graphs([card]).length ? "graph" : "picture")).join(" ");
    else delete root.dataset.lesson;
    if (isNew || !number) enlarge();
  };

  const say = ({ wanted, config }, step, known) => {
    const { title, sees, tries } = wordsOf(step, known, wanted);
    write(parts.title, title);
    write(parts.sees, sees);
    write(parts.tries, tries);
    write(parts.count, classes(wanted.components));
    parts.classes.hidden = !["fit", "head"].includes(step.needs) || !applies(step, known);
    [parts.fewer.disabled, parts.more.disabled] = [wanted.components <= 1, wanted.components >= config.mostComponents];
    [parts.back.disabled, parts.next.disabled] = [wanted.lesson <= 1, wanted.lesson >= STEPS.length];
    parts.dots.forEach((dot, index) => {
      dot.toggleAttribute("aria-current", index + 1 === wanted.lesson);
      if (index + 1 === wanted.lesson) dot.setAttribute("aria-current", "step");
    });
  };

  /** Draws what the View says of the lesson, mostly nothing. */
  const draw = () => {
    const { wanted, config } = shown();
    if (wanted?.components > 1) components = wanted.components;
    if (!wanted?.lesson && !drawn) return;
    const step = stepOf(wanted.lesson);
    const known = step && facts();
    const cards = step ? cardsOf(step, known) : [];
    const now = step ? `${wanted.lesson} ${cards.join()}` : null;
    const isNew = now !== drawn;
    drawn = now;
    if (isNew) lay(wanted.lesson, cards);
    if (step) parts ??= make();
    parts.place.hidden = !step;
    if (!step) return;
    say({ wanted, config }, step, known);
    if (isNew) write(parts.said, `Step ${wanted.lesson} of ${STEPS.length}: ${parts.title.textContent}. ${parts.sees.textContent} ${parts.tries.textContent}`);
    if (isBare) setTimeout(go, 0, wanted.lesson);
    isBare = false;
  };

  const turn = (count) => {
    const { wanted } = shown();
    if (!wanted?.lesson) return false;
    if (stepOf(wanted.lesson + count)) go(wanted.lesson + count);
    return true;
  };

  onClick(".start-lesson", (button) => {
    button.closest("dialog")?.close();
    go(1);
  });
  onClick("#lesson button", (pressed) => {
    if (pressed === parts.back) turn(-1);
    else if (pressed === parts.next) turn(1);
    else if (pressed === parts.leave) go(null);
    else if (parts.dots.includes(pressed)) go(Number(pressed.value));
    else if (pressed.value) setControl("components", String(shown().wanted.components + Number(pressed.value)));
  });
  // Before the crosshair is taken away: the page is left as it is.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !drawn || event.target.closest?.(OWN) || document.querySelector(OPEN)) return;
    event.preventDefault();
    event.stopPropagation();
    go(null);
  }, true);

  return { draw, turn, toggle: () => go(shown().wanted?.lesson ? null : 1) };
};
