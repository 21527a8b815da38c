// The lesson: how tissue classes come out of intensities, in ten steps. A step is some cards and some
// fields of the View; what is said of it stands in lesson-words.mjs.
//
// All else stays as the visitor has it, and can be changed in each step.

/**
 * @typedef {object} Facts  what the open study is like
 * @property {boolean} isAlone  X and Y are one image
 * @property {boolean} isFitted  its images can be fitted
 * @property {number} slices
 * @property {number} components  how many to fit where the lesson comes to the mixture
 *
 * @typedef {object} Step
 * @property {string} name  in lesson-words.mjs
 * @property {string[]} cards  by their ids
 * @property {string[]} [alone]  the cards where X and Y are one image
 * @property {"pair"|"fit"|"head"} [needs]  a pair of images, a mixture, or several slices as well
 * @property {Object<string, *>} fields  of the View, as its controls hold them
 */

// One Gaussian has no classes yet: the mixture comes last.
const UNMIXED = { scope: "slice", components: "1" };
const JOINT = { ...UNMIXED, axes: "scaled" };
const HISTOGRAM = ["image-x", "histograms"];

/** @type {Step[]} */
export const STEPS = [
  { name: "slices", cards: ["image-x", "image-y"], alone: ["image-x"], fields: { layout: "images", scope: "slice" } },
  { name: "all", cards: HISTOGRAM, fields: { ...UNMIXED, layout: "images", before: true } },
  { name: "foreground", cards: HISTOGRAM, fields: { ...UNMIXED, layout: "images", before: false } },
  { name: "scaling", cards: ["joint"], alone: HISTOGRAM, needs: "pair", fields: { ...JOINT, joint: "scatter", axes: "raw" } },
  { name: "scatter", cards: ["image-x", "joint"], alone: HISTOGRAM, needs: "pair", fields: { ...JOINT, joint: "scatter", layout: "images" } },
  { name: "counts", cards: ["joint"], alone: HISTOGRAM, needs: "pair", fields: { ...JOINT, joint: "histogram" } },
  { name: "density", cards: ["joint"], alone: HISTOGRAM, needs: "pair", fields: { ...JOINT, joint: "density" } },
  { name: "mixture", cards: ["joint", "histograms"], alone: ["histograms"], needs: "fit", fields: { scope: "slice", joint: "scatter", axes: "scaled", before: false } },
  { name: "labels", cards: ["image-x", "labels"], needs: "fit", fields: { scope: "slice", layout: "images", map: "labels" } },
  { name: "head", cards: ["labels", "joint"], alone: ["labels", "histograms"], needs: "head", fields: { scope: "volume", layout: "images", map: "labels", joint: "scatter", axes: "scaled" } },
];

/** A step by its number, from 1. @returns {?Step} */
export const stepOf = (number) => STEPS[number - 1] ?? null;

/** Whether a step says something of the study. @param {Step} step @param {Facts} facts */
export const applies = ({ needs }, { isAlone, isFitted, slices }) =>
  ({ pair: !isAlone, fit: isFitted, head: isFitted && slices > 1 })[needs] ?? true;

/** The cards of a step. @param {Step} step @param {Facts} facts */
export const cardsOf = ({ cards, alone }, { isAlone }) => (isAlone && alone ? alone : cards);

/**
 * What a step changes of the View.
 * @param {Step} step @param {import("./address.mjs").View} view @param {Facts} facts
 * @returns {Object<string, *>}  fields, as their controls hold them
 */
export const fieldsOf = (step, view, facts) => {
  const { scope, ...others } = step.fields;
  const fields = applies(step, facts) ? step.fields : others; // no head is fitted for a single slice
  if (fields.components || view.components > 1) return fields;
  return step.needs === "fit" || step.needs === "head" ? { ...fields, components: String(facts.components) } : fields;
};
