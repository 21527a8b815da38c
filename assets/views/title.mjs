// What is open: in the top bar, in the tab's title, and in the names of saved pictures.
import { headline, title } from "../client/title.mjs";
import { held } from "./dash.mjs";

/** The studies that can be opened, in the order of their list. @returns {{value: string, label: string}[]} */
export const studies = () => choices("study");

const choices = (field) =>
  (held(`control-${field}.data`) ?? [])
    .flatMap((entry) => entry.items ?? [entry])
    .map((entry) => (typeof entry === "string" ? { value: entry, label: entry } : entry));

/** What a list calls one of its choices. @param {string} field  of the View */
export const called = (field, name) => choices(field).find(({ value }) => value === name)?.label ?? name;
/** What the list of studies calls one. */
export const nameOf = (study) => called("study", study);

/** Says what a settled page shows. */
export const entitle = (view) => {
  const study = nameOf(view.study);
  const short = { ...view, x: called("x", view.x), y: called("y", view.y) };
  document.title = title(short, study);
  document.getElementById("headline").textContent = headline(short, study);
};
