// The classes of the label map: their colours as seen, numbers and names. A click hides a class; a
// click on its name opens what can be changed. Dash holds what is chosen (components.js).
import { clean, coloursOf, MAX_NAME, namesOf, strangers, tissuesOf, withColour, withName, withTissue } from "../client/classes.mjs";
import { differences } from "../client/matching.mjs";
import { news } from "../client/news.mjs";
import { setProps } from "./dash.mjs";
import { element } from "./elements.mjs";
import { onClick } from "./events.mjs";

const ID = "control-hidden";
const MOST = 10; // classes

// ---- the elements, made once in the place that Dash lays out
const makeChip = (number) => {
  const box = element("input", "", { type: "checkbox" });
  box.dataset.hides = number;
  const label = element("label", "", {}, box, String(number));
  // Reached from the box by Enter: a stop of its own for each class would be twenty.
  const name = element("button", "class-name", { type: "button", tabIndex: -1 });
  name.dataset.edits = number;
  const others = element("span", "with");
  const chip = element("div", `class-chip class-${number}`, {}, label, name, others);
  return { chip, box, label, name, others };
};

const EDITOR = `
  <label for="class-name-input">Name</label><input id="class-name-input" autocomplete="off" spellcheck="false">
  <label for="class-colour-input">Colour</label>
  <span class="own-colour"><input id="class-colour-input" type="color"><button class="link-button" type="button">Reset</button></span>
  <label for="class-tissue-input">Tissue</label><select id="class-tissue-input"></select>`;

/** The parts of the legend; null as long as Dash has not laid it out. */
const parts = () => {
  const place = document.getElementById(ID);
  if (!place) return null;
  if (place.parts) return place.parts;
  const chips = Array.from({ length: MOST }, (_, index) => makeChip(index + 1));
  const note = element("p", "legend-note", { role: "status" });
  const editor = element("form", "class-editor", { innerHTML: EDITOR, hidden: true });
  place.append(...chips.map(({ chip }) => chip), note, editor);
  place.parts = { place, chips, note, editor };
  return place.parts;
};

/** What the note says. @param {{number: number, was: ?number}[]} found */
const sentence = (found, before, now) => {
  if (!found.length) return "";
  const slice = now.plane === null || before.plane === now.plane ? "slice" : `${before.plane} slice`;
  const there = before.plane === null ? "the whole head" : `${slice} ${before.slice}`;
  const from = before.plane === now.plane && before.slice === now.slice ? "the fit before" : there;
  const changes = found.map(({ number, was }) => (was ? `class ${number} was ${was}` : `class ${number} is new`));
  return `Classes differ from ${from}: ${changes.join(", ")}.`;
};

const isSame = (a, b) => JSON.stringify(a) === JSON.stringify(b);

/** @param {() => {wanted: ?object, scene: ?object, config: object}} shown */
export const legend = (shown) => {
  let facts = null; // of the fit on screen
  let seen = null; // of the last fit on screen that had classes
  let note = "";
  const isNew = news();
  let edited = 0; // the class whose editor is open
  let pointed = 0; // the class under the pointer

  const guessOf = (number) => facts?.guesses?.[number] ?? "";
  const typedOf = (number) => namesOf(shown().wanted?.names ?? "")[number - 1] ?? "";
  const nameOf = (number) => typedOf(number) || guessOf(number);

  /** Draws what has changed; a step through the slices mostly changes nothing. */
  const draw = () => {
    const { wanted } = shown();
    const made = wanted && parts();
    if (!made) return;
    const { components, hidden, names, tissues, opacity } = wanted;
    if (!isNew(components, hidden, names, tissues, opacity, facts?.guesses, note)) return;
    made.place.style.setProperty("--seen", `${opacity}%`);
    made.place.toggleAttribute("data-off", opacity === 0);
    made.chips.forEach((chip, index) => drawChip(chip, index + 1, wanted));
    made.note.textContent = note;
  };

  const drawChip = ({ chip, box, label, name, others }, number, { components, hidden, tissues }) => {
    chip.hidden = number > components;
    const known = nameOf(number);
    const called = known ? `class ${number}, ${known}` : `class ${number}`;
    box.checked = hidden.split(",").includes(String(number));
    box.setAttribute("aria-label", `Hide ${called}`);
    label.title = `Hide ${called} in every view. Press Enter for name, colour and tissue.`;
    name.textContent = known;
    name.classList.toggle("guess", !typedOf(number));
    name.setAttribute("aria-label", `Name, colour and tissue of ${called}`);
    name.title = known && !typedOf(number) ? `${known}, as the reference calls it. Click to change.` : `${known} – click to change name, colour and tissue`.replace(/^ – c/, "C");
    const group = tissuesOf(tissues).find((one) => one.includes(number)) ?? [];
    others.textContent = group.filter((k) => k !== number && k <= components).map((k) => `+${k}`).join("");
    others.title = others.textContent && "These classes are one tissue";
  };

  // ---- what the server says of a fit
  document.addEventListener("classes-known", ({ detail }) => {
    facts = detail;
    if (facts?.gaussians.length) {
      const isComparable = seen && isSame(seen.images, facts.images);
      const isAnother = !isComparable || !isSame(seen.gaussians, facts.gaussians);
      if (isAnother) {
        const changes = isComparable ? sentence(differences(seen.gaussians, facts.gaussians), seen, facts) : "";
        note = [changes, strangers(facts.identities)].filter(Boolean).join(" ");
      }
      seen = facts;
    } else note = "";
    draw();
  });

  // ---- what a visitor changes
  const change = (field, value) => setProps(ID, { [field]: value });

  const edit = (number) => {
    const { place, chips, editor } = parts();
    const { wanted: { components, colours, tissues } } = shown();
    edited = number;
    const [name, colour, , tissue] = editor.elements;
    Object.assign(name, { value: typedOf(number), placeholder: guessOf(number), maxLength: 2 * MAX_NAME });
    const own = coloursOf(colours)[number];
    colour.value = own ?? getComputedStyle(chips[number - 1].chip).getPropertyValue("--class").trim().toLowerCase();
    const options = [["0", "separate"]];
    for (let k = 1; k <= components; k += 1) if (k !== number) options.push([String(k), `same as ${k} ${nameOf(k)}`.trim()]);
    tissue.replaceChildren(...options.map(([value, text]) => new Option(text, value)));
    const group = tissuesOf(tissues).find((one) => one.includes(number)) ?? [];
    tissue.value = String(group.find((k) => k !== number) ?? 0);
    editor.setAttribute("aria-label", `Class ${number}`);
    editor.style.top = `${chips[number - 1].chip.offsetTop + 24}px`;
    editor.hidden = false;
    // Near the end of the card it opens upwards.
    if (editor.offsetTop + editor.offsetHeight > place.offsetHeight) {
      editor.style.top = `${Math.max(0, chips[number - 1].chip.offsetTop - 4 - editor.offsetHeight)}px`;
    }
    name.focus();
    name.select();
  };

  const leave = ({ keeps, focuses = false }) => {
    const { chips, editor } = parts();
    if (editor.hidden) return;
    editor.hidden = true;
    const { value } = editor.elements[0];
    if (keeps && clean(value) !== typedOf(edited)) change("names", withName(shown().wanted.names, edited, value));
    if (focuses) chips[edited - 1].box.focus();
  };

  onClick("[data-edits]", ({ dataset: { edits } }) => edit(Number(edits)));
  onClick(".class-editor .link-button", () => {
    change("colours", withColour(shown().wanted.colours, edited, null));
    leave({ keeps: true, focuses: true });
  });
  document.addEventListener("pointerdown", ({ target }) => {
    if (edited && !target.closest?.(".class-editor")) leave({ keeps: true });
  });
  document.addEventListener("submit", (event) => {
    if (!event.target.matches(".class-editor")) return;
    event.preventDefault();
    leave({ keeps: true, focuses: true });
  });
  document.addEventListener("change", ({ target }) => {
    const { wanted } = shown();
    if (target.dataset?.hides) {
      const own = wanted.hidden ? wanted.hidden.split(",") : [];
      change("value", target.checked ? [...own, target.dataset.hides] : own.filter((k) => k !== target.dataset.hides));
    }
    if (target.id === "class-colour-input") change("colours", withColour(wanted.colours, edited, target.value));
    if (target.id === "class-tissue-input") change("tissues", withTissue(wanted.tissues, edited, Number(target.value)));
  });
  document.addEventListener("keydown", (event) => {
    const number = Number(event.target.dataset?.hides);
    if (number && event.key === "Enter") {
      event.preventDefault();
      edit(number);
    } else if (event.key === "Escape" && event.target.closest?.(".class-editor")) {
      event.preventDefault(); // and nothing else is left by it
      leave({ keeps: false, focuses: true });
    }
  });
  document.addEventListener("focusout", ({ target, relatedTarget }) => {
    if (relatedTarget && target.closest?.(".class-editor") && !relatedTarget.closest(".class-editor")) leave({ keeps: true });
  });

  /** Marks the class under the pointer; 0 for none. */
  const point = (number) => {
    if (number === pointed) return;
    pointed = number;
    parts()?.chips.forEach(({ chip }, index) => chip.toggleAttribute("data-pointed", index + 1 === number));
  };

  const identities = () => facts?.identities ?? [];

  return { draw, nameOf, point, identities };
};
