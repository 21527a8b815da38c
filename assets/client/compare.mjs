// Two Views of one study, looked at in turn: where one looks stays, all else is the other's.
import { text } from "./address.mjs";

const isWhere = ({ name, group }) => name === "study" || group === "place" || group === "page";

/** The other View where this one is. @param {import("./address.mjs").View} view @param {View} other */
export const elsewhere = (view, other, { fields }) =>
  ({ ...other, ...Object.fromEntries(fields.filter(isWhere).map(({ name }) => [name, view[name]])) });

/** What tells two Views apart, as the fields of the first: [name, value]. @returns {[string, string][]} */
export const differences = (view, other, { fields }) =>
  fields
    .filter((field) => !isWhere(field) && text(view[field.name]) !== text(other[field.name]))
    .map(({ name }) => [name.replace("_", " "), text(view[name]) || "default"]);
