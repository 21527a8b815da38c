// What is open: in the top bar, in the tab's title, and in the names of saved pictures.
import { fileName, headline, title } from "../client/title.mjs";
import { held } from "./dash.mjs";

const PNG_SCALE = 4; // about 300 dots per inch of a printed column
const SAVE = '.modebar-btn[data-title^="Download"]';

/** The studies that can be opened, in the order of their list. @returns {{value: string, label: string}[]} */
export const studies = () => choices("study");

const choices = (field) =>
  (held(`control-${field}.data`) ?? [])
    .flatMap((entry) => entry.items ?? [entry])
    .map((entry) => (typeof entry === "string" ? { value: entry, label: entry } : entry));

const called = (field, name) => choices(field).find(({ value }) => value === name)?.label ?? name;
const nameOf = (study) => called("study", study);

/** Says what a settled page shows. */
export const entitle = (view) => {
  const study = nameOf(view.study);
  const short = { ...view, x: called("x", view.x), y: called("y", view.y) };
  document.title = title(short, study);
  document.getElementById("headline").textContent = headline(short, study);
};

/** Lets the camera of a graph save it under a name that says what it shows. @param {() => object} wanted */
export const saving = (wanted) => document.addEventListener("click", (event) => {
  const plot = event.target.closest?.(SAVE)?.closest(".js-plotly-plot");
  if (!plot) return;
  event.stopPropagation();
  const view = wanted();
  const what = plot.closest("[id^=view-]").id.replace("view-", "");
  const format = event.shiftKey ? "svg" : "png";
  window.Plotly.downloadImage(plot, {
    format, filename: fileName(view, nameOf(view.study), what), scale: format === "png" ? PNG_SCALE : 1,
    width: plot.clientWidth, height: plot.clientHeight,
  });
}, true);
