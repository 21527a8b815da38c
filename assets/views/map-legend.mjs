// The legend of the maps that are not the labels, in the place of the classes: a scale of colours,
// the labels of the reference, or how labels and reference differ. And which maps can be chosen.
import { hasOutline, isOffered, isScaled, onScale } from "../client/map.mjs";
import { news } from "../client/news.mjs";
import { element } from "./elements.mjs";

const PLACE = "control-hidden"; // of the legend of the classes
const [MENU, OUTLINES] = ["control-map", "control-outline"];
const PALETTE = "control-palette";
const TICKS = [0, 0.25, 0.5, 0.75, 1];
const HEAD = "the whole head";
const MOST = 8; // labels at first; a parcellation has hundreds

const scale = (map) => {
  const ticks = TICKS.map((share) => {
    const tick = element("span", "", {}, onScale(share, map));
    tick.style.bottom = `${100 * share}%`;
    return tick;
  });
  return element("div", "scale of-map", { role: "img", ariaLabel: `From ${onScale(0, map)} to ${onScale(1, map)}` },
    element("div", "scale-numbers", { ariaHidden: "true" }, ...ticks), element("div", "strip"));
};

/** A colour, what it stands for, and its voxels in the fit. */
const entry = ({ colour, class: number, name, voxels }, where, nameOf) => {
  const count = voxels.toLocaleString("en");
  const called = number ? `${name}, in the colour of class ${number} ${nameOf(number)}`.trim() : name;
  const chip = element("div", `class-chip${number ? ` class-${number}` : ""}`, { title: `${called}: ${count} voxels of ${where}` },
    element("label"), element("span", "entry-name", {}, name), element("span", "entry-count", {}, count));
  if (!number) chip.style.setProperty("--class", colour);
  return chip;
};

/** The largest labels, or all of them, and a button for the others. */
const list = (counts, where, nameOf, { isWhole, toggle }) => {
  const largest = new Set([...counts].sort((a, b) => b.voxels - a.voxels).slice(0, isWhole ? counts.length : MOST));
  const entries = counts.filter((one) => largest.has(one)).map((one) => entry(one, where, nameOf));
  if (counts.length > MOST) {
    const textContent = isWhole ? "show fewer" : `and ${counts.length - MOST} more`;
    entries.push(element("button", "class-chip more", { type: "button", textContent, ariaExpanded: String(isWhole), onclick: toggle }));
  }
  // Below it lies a slice.
  if (where === HEAD && entries.length) entries.push(element("div", "class-chip more", { textContent: `voxels of ${HEAD}` }));
  return entries;
};

/**
 * @param {() => {wanted: ?object, scene: object, config: object}} shown
 * @param {(number: number) => string} nameOf  the name of a class, or ""
 */
export const mapLegend = (shown, nameOf) => {
  let facts = null; // of the fit on screen
  const isNew = news();
  let offered = "";
  let isWhole = false; // whether all labels are listed
  const toggle = () => {
    isWhole = !isWhole;
    draw();
    document.querySelector(".map-legend button")?.focus();
  };

  /** Takes what the study lacks out of the lists of maps and outlines. */
  const offer = ({ wanted, scene }) => {
    // Of a step through the slices nothing is read or written.
    const state = JSON.stringify([wanted.components, wanted.reference, wanted.mask, scene.defaults]);
    if (state === offered) return;
    const options = [...document.querySelectorAll(`#${MENU} option, #${OUTLINES} option`)];
    const isThere = ({ value, parentNode }) => (parentNode.id === MENU ? isOffered : hasOutline)(value, wanted, scene);
    if (options.length) offered = state;
    for (const option of options) option.hidden = option.disabled = !isThere(option);
  };

  const draw = () => {
    const { wanted, scene, config } = shown();
    const place = wanted && document.getElementById(PLACE);
    if (!place) return;
    offer({ wanted, scene });
    const { map } = wanted;
    const counts = facts?.map === map ? facts.counts : null;
    if (!isNew(map, counts, isWhole)) return;
    place.dataset.map = map;
    // Only classes have colours to choose, and the title needs the room.
    document.getElementById(PALETTE)?.toggleAttribute("hidden", !["labels", "reference"].includes(map));
    place.querySelector(".map-legend")?.remove();
    if (map === "labels") return;
    const own = element("div", `map-legend${isWhole ? " whole" : ""}`);
    if (isScaled(map)) {
      own.append(scale(map));
      own.style.setProperty("--ramp", config.ramp.join(", "));
    } else own.append(...list(counts ?? [], facts?.slice === null ? HEAD : "this slice", nameOf, { isWhole, toggle }));
    place.append(own);
  };

  document.addEventListener("classes-known", ({ detail }) => {
    facts = detail;
    draw();
  });

  return { draw };
};
