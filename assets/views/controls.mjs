// The controls: of each field of the View that one sets, what it holds.
import { config } from "./config.mjs";
import { held, setProps } from "./dash.mjs";

const FIELDS = Object.keys(config.controls);

/** The output of Dash that a control is. @param {string} field  of the View */
export const outputOf = (field) => config.controls[field].join(".");

/** What a control holds. */
export const heldBy = (field) => held(outputOf(field));

/** Sets a control, as a visitor would. */
export const setControl = (field, value) => {
  const [control, property] = config.controls[field];
  setProps(control, { [property]: value });
};

/** Values of all controls, by field. @param {*[]} values  in the order of Dash's inputs */
export const valuesOf = (values) => Object.fromEntries(FIELDS.map((field, index) => [field, values[index]]));

/** What all controls hold, by field. */
export const heldByAll = () => valuesOf(FIELDS.map(heldBy));
