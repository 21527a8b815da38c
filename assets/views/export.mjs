// The Export menu of the top bar. It is built when it is first opened, of a table of entries.
import { exported } from "../client/address.mjs";
import { element } from "./elements.mjs";
import { askForPictures, askForPlots, showScript } from "./figures.mjs";
import { fetched, save } from "./saving.mjs";

/**
 * @typedef {{wanted: object, scene: object, config: object}} Shown  the View on screen, and what is known of it
 * @typedef {object} Entry
 * @property {string} label
 * @property {string} hint  a word or two behind it, such as the format
 * @property {string} [makes]  what it makes, if its label does not say it
 * @property {string} [path]  where the server makes the file
 * @property {(shown: Shown) => void} [action]  what else it does
 */

const reproduce = async (shown) => {
  const from = exported("exports/reproduce.py", shown.wanted, shown.config);
  const script = await fetched(from, "the script", () => reproduce(shown));
  if (script) showScript(script);
};

/** The menu's sections, each with its entries. @type {[string, Entry[]][]} */
const SECTIONS = [
  ["Segmentation", [
    { label: "Labels", hint: "NIfTI", path: "exports/dseg.nii.gz" },
    { label: "Names and colours", hint: "TSV", path: "exports/dseg.tsv" },
    { label: "Probabilities", hint: "NIfTI, zip", path: "exports/probseg.zip" },
    { label: "Foreground mask", hint: "NIfTI", path: "exports/mask.nii.gz" },
    { label: "All of these, as BIDS derivatives", hint: "zip", makes: "the BIDS data set", path: "exports/bids.zip" },
  ]],
  ["Numbers", [
    { label: "Components", hint: "TSV", path: "exports/components.tsv" },
    { label: "Agreement", hint: "TSV", path: "exports/agreement.tsv" },
    { label: "Criteria", hint: "TSV", path: "exports/criteria.tsv" },
  ]],
  ["Figures", [
    { label: "Plots…", hint: "SVG, PNG", action: askForPlots },
    { label: "Pictures…", hint: "PNG", action: askForPictures },
  ]],
  ["Report", [
    { label: "Two pages to read offline", hint: "HTML", makes: "the report", path: "report.html" },
    { label: "Two pages to print", hint: "PDF", makes: "the report", path: "report.pdf" },
  ]],
  ["Method", [
    { label: "Reproduce this…", hint: "Python", action: reproduce },
  ]],
];

const menu = document.getElementById("export-menu");

const close = () => { menu.open = false; };

/** @param {() => Shown} shown */
const built = (shown) => {
  const choose = (entry) => {
    close();
    menu.firstElementChild.focus();
    const now = shown();
    if (!now.wanted) return;
    if (entry.action) entry.action(now);
    else save(exported(entry.path, now.wanted, now.config), entry.makes ?? entry.label);
  };
  const button = (entry) =>
    element("button", "", { type: "button", onclick: () => choose(entry) }, entry.label, element("span", "", {}, entry.hint));
  const sections = SECTIONS.map(([title, entries]) =>
    element("section", "", {}, element("h2", "", {}, title), ...entries.map(button)));
  return element("div", "export-list", {}, ...sections);
};

/** Moves the focus among the entries; from the menu's own button to the first or last. */
const move = (event) => {
  const entries = [...menu.querySelectorAll("button")];
  const at = entries.indexOf(document.activeElement);
  const last = entries.length - 1;
  const next = { ArrowDown: at + 1, ArrowUp: at < 0 ? last : at - 1, Home: 0, End: last }[event.key];
  if (next === undefined) return;
  event.preventDefault();
  entries[(next + entries.length) % entries.length].focus();
};

/** @param {() => Shown} shown */
export const exporting = (shown) => {
  const build = () => { if (menu.childElementCount === 1) menu.append(built(shown)); };
  menu.addEventListener("toggle", () => { if (menu.open) build(); });
  menu.addEventListener("keydown", (event) => {
    if (!menu.open) return;
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation(); // nothing else is left by it
      close();
      menu.firstElementChild.focus();
    } else {
      build(); // a key may come before the browser says that the menu is open
      move(event);
    }
  });
  document.addEventListener("pointerdown", ({ target }) => { if (!menu.contains(target)) close(); }, true);
  document.addEventListener("focusin", ({ target }) => { if (!menu.contains(target)) close(); });
};
