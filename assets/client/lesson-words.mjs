// What the lesson says of its steps: what one sees, and what to try.
import { applies } from "./lesson.mjs";

/**
 * @typedef {object} Words
 * @property {string} title
 * @property {string} sees
 * @property {string} tries
 *
 * @typedef {import("./lesson.mjs").Facts & {
 *   x: string, y: string, mixed: string[], mask: string,
 *   zeros: ?number[], kept: ?number, voxels: ?number,
 * }} Facts  with the names of the images on screen; and of the slice's voxels the share of zeros in X
 *   and Y, how many the foreground has, and how many there are
 */

const MANY_ZEROS = 0.2; // of a slice: their bar is then higher than the tissue's humps

const listed = (names) => (names.length < 2 ? names.join() : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`);
const whole = (number) => number.toLocaleString("en");
const percent = (share) => (share > 0 && share < 0.01 ? "less than 1 %" : `${Math.round(100 * share)} %`);
const gaussians = (count) => (count === 1 ? "One Gaussian is" : `${count} Gaussians are`);

const SCALED = {
  standard: "Scaling gives each image a mean of 0 and an SD of 1, so that both count alike in the fit.",
  robust: "Scaling gives each image a median of 0 and an interquartile range of 1, so that both count alike in the fit.",
  minmax: "Scaling brings each image to the range from 0 to 1, so that both count alike in the fit.",
  none: "No scaling is chosen: the fit sees the raw intensities, and the image with the larger numbers decides more.",
};
const LEFT_OUT = {
  positive: ({ mixed }) => `Voxels that are not above 0 in ${listed(mixed)} are left out`,
  nonzero: ({ mixed }) => `Voxels that are 0 in ${listed(mixed)} are left out`,
  background: () => "The most frequent intensity counts as background and is left out",
  mask: ({ mask }) => `Voxels outside of the mask ${mask} are left out`,
};

const NOT_HERE = "This step does not apply here: ";
const WHY_NOT = {
  pair: ({ x }) => `${NOT_HERE}the page shows one image, ${x}, and this needs two.`,
  fit: () => `${NOT_HERE}no mixture can be fitted to these images.`,
  head: ({ isFitted }) =>
    (isFitted ? `${NOT_HERE}the image has a single slice.` : `${NOT_HERE}no mixture can be fitted to these images.`),
};

/** @type {Object<string, (facts: Facts, view: import("./address.mjs").View) => Words>} */
const WORDS = {
  slices: ({ isAlone, x, y }) => ({
    title: isAlone ? "One image of a head" : "Two images of one head",
    sees: isAlone
      ? `Each voxel of ${x} has one intensity.`
      : `${x} and ${y} show the same slice: each voxel has an intensity in both.`,
    tries: isAlone
      ? "Point at a voxel to read it. Which tissues differ in brightness?"
      : "Point at a voxel to read both. Which tissue is bright in one image and dark in the other?",
  }),

  all: ({ isAlone, x, y, zeros }) => {
    const most = zeros ? Math.max(...zeros) : null;
    const images = isAlone ? x : `${x} or ${y}`;
    if (most === null) {
      return { title: "All voxels", sees: "The histograms count all voxels, the background too.", tries: "Which bar is the background?" };
    }
    if (most < MANY_ZEROS) {
      return {
        title: "All voxels",
        sees: `The background is not 0 here: ${most ? percent(most) : "none"} of the voxels of ${images} ${most ? "are" : "is"} 0, so there is no high bar of zeros.`,
        tries: "Point at the background. Which intensities does it have?",
      };
    }
    return {
      title: "All voxels",
      sees: `${percent(most)} of the voxels are 0: the background. Their bar is so high that the tissue is hardly seen.`,
      tries: "Turn on “log” at the top right of the histograms to see the tissue as well.",
    };
  },

  foreground: (facts, view) => {
    const { kept, voxels } = facts;
    const rule = LEFT_OUT[view.foreground](facts);
    const left = kept === null ? `${rule}.` : `${rule}: ${whole(kept)} of ${whole(voxels)} remain.`;
    return {
      title: "Only the foreground",
      sees: kept !== null && kept === voxels ? `${NOT_HERE}no voxel is background by the rule of the foreground, so all remain.` : left,
      tries: view.components === 1
        ? "The curve is one Gaussian of the same mean and SD. Does it fit? Count the humps."
        : "Count the humps. Which tissue is each?",
    };
  },

  scaling: (facts, { scaling }) => ({
    title: "One scale",
    sees: `The axes have the units of ${facts.x} and ${facts.y}. ${SCALED[scaling]}`,
    tries: "Choose “scaled” instead of “raw” at the top right of the graph. What changes, and what stays?",
  }),

  scatter: ({ x, y }) => ({
    title: "Both intensities at once",
    sees: `Each point is a voxel: its intensity in ${x} to the right, in ${y} upwards.`,
    tries: "Click into the cloud: the voxels with these intensities light up in the picture.",
  }),

  counts: () => ({
    title: "Counting points",
    sees: "Points hide each other. Here the colour of a cell says how many voxels it holds.",
    tries: "Where are most voxels? Move the slice and see how that changes.",
  }),

  density: () => ({
    title: "Density",
    sees: "Each point is spread a little, and contour lines show where voxels are dense.",
    tries: "How many hills do you see? That is a first guess for the number of classes.",
  }),

  mixture: ({ isAlone, mixed }, { components }) => ({
    title: "A mixture of Gaussians",
    sees: `${gaussians(components)} fitted${mixed.length > 2 ? ` to ${mixed.length} images, two of which are shown` : ""}. ${
      isAlone ? "The dotted curve is their sum." : "Ellipses show one and two SDs. Each voxel has the colour of its most probable class."
    }`,
    tries: "Change the number of classes. Which of them splits in two?",
  }),

  labels: ({ x }) => ({
    title: "The label map",
    sees: `Each voxel of ${x} has the colour of its most probable class. The fit knows intensities only, not where a voxel lies.`,
    tries: "Which class is which tissue? Click a number in the legend to hide one.",
  }),

  head: ({ mixed }) => ({
    title: "The whole head",
    sees: `One mixture is fitted to all slices of ${listed(mixed)}, so a class is the same tissue on every slice.`,
    tries: "Play through the slices. Where does the fit go wrong?",
  }),
};

/**
 * @param {import("./lesson.mjs").Step} step @param {Facts} facts
 * @param {import("./address.mjs").View} view
 * @returns {Words}
 */
export const wordsOf = (step, facts, view) => {
  const words = WORDS[step.name](facts, view);
  return applies(step, facts) ? words : { ...words, sees: WHY_NOT[step.needs](facts), tries: "Go on with the next step, or open another study." };
};
