// Plots and pictures as files: plots by the browser's own Plotly at a chosen size, pictures at whole
// multiples of their voxels.
import * as address from "../client/address.mjs";
import { fileName } from "../client/title.mjs";
import { multiples } from "../client/picture.mjs";
import { stagesOf } from "../client/stages.mjs";
import { coloured } from "./colourmaps.mjs";
import { element } from "./elements.mjs";
import { notify } from "./notices.mjs";
import { drawn, keep } from "./saving.mjs";
import { button, choice, count, sheet } from "./sheets.mjs";
import { parts } from "./stage.mjs";
import { nameOf } from "./title.mjs";

const PNG_SCALE = 4; // about 300 dots per inch of a printed column
const SAVE = '.modebar-btn[data-title^="Download"]';
const SIZES = [100, 4000];
const HISTOGRAMS = "view-histograms";
const CRITERIA = "view-criteria"; // its figure is on the page only while its tab is open
const PLOTS = [[HISTOGRAMS, "Histograms"], ["view-joint", "Joint distribution"], [CRITERIA, "Criteria"]];
const TIMES = ["1", "2", "4", "8", "16"];
const MOST_PIXELS = 2 ** 26; // of a canvas

const plotIn = (id) => document.querySelector(`#${id} .js-plotly-plot, #${id}.js-plotly-plot`);

/**
 * Saves a plot.
 * @param {{data: object[], layout: object}} figure @param {string} id  of its view
 * @param {object} view @param {{format: "svg"|"png", width: number, height: number}} how
 */
const savePlot = ({ data, layout }, id, view, { format, width, height }) =>
  // On paper, not on the page's ground: its letters would be lost on a dark one.
  window.Plotly.downloadImage({ data, layout: { ...layout, paper_bgcolor: "#ffffff" } }, {
    format, filename: fileName(view, nameOf(view.study), id.replace("view-", "")), scale: format === "png" ? PNG_SCALE : 1, width, height,
  });

/** Lets the camera of a graph save it under a name that says what it shows. @param {() => object} wanted */
export const saving = (wanted) => document.addEventListener("click", (event) => {
  const plot = event.target.closest?.(SAVE)?.closest(".js-plotly-plot");
  if (!plot) return;
  event.stopPropagation();
  const { clientWidth: width, clientHeight: height } = plot;
  savePlot(plot, plot.closest("[id^=view-]").id, wanted(), { format: event.shiftKey ? "svg" : "png", width, height });
}, true);

/** The figure of a plot: as it is on screen, or as the server draws it; null if it cannot. */
const figureOf = async (id, label, { wanted, scene, config }, again) => {
  const plot = plotIn(id);
  if (plot?.checkVisibility()) return plot;
  const output = `${id}.figure`;
  const lacking = config.cards.filter(({ outputs }) => outputs.includes(output));
  const values = await drawn(address.cards(lacking, wanted, scene, config), label, again);
  return values?.[output] ?? null;
};

/** Asks which plot to save, as what, and how large. */
export const askForPlots = (shown) => {
  const there = PLOTS.filter(([id]) => id === CRITERIA || plotIn(id)?.checkVisibility());
  const which = choice("Plot", there);
  const format = choice("Format", [["svg", "SVG"], ["png", `PNG, ${PNG_SCALE} dots per pixel`]]);
  const width = count("Width, pixels", 0, SIZES);
  const height = count("Height, pixels", 0, SIZES);
  const fit = () => {
    const visible = [which.list.value, HISTOGRAMS].map(plotIn).find((plot) => plot?.checkVisibility());
    width.input.value = visible?.clientWidth ?? 600;
    height.input.value = visible?.clientHeight ?? 400;
  };
  which.list.onchange = fit;
  fit();
  const form = element("form", "sheet-fields", {}, ...[which, format, width, height].map(({ field }) => field),
    element("button", "text-button", {}, "Save"));
  const save = async (id, label, how) => {
    const figure = await figureOf(id, label, shown, () => save(id, label, how));
    if (figure) savePlot(figure, id, shown.wanted, how)
      .catch(() => notify("The browser cannot draw the plot at this size. Choose a smaller one."));
  };
  form.onsubmit = (event) => {
    event.preventDefault();
    const size = { width: Number(width.input.value), height: Number(height.input.value) };
    save(which.list.value, which.list.selectedOptions[0].textContent, { format: format.list.value, ...size });
  };
  return sheet("Save a plot", form);
};

/** A picture as it is on screen, each voxel so many pixels wide and high. */
const painted = ({ below, map, outline, colourmap }, [across, up], { opacity, colourmaps }) => {
  const canvas = element("canvas", "", { width: below.naturalWidth * across, height: below.naturalHeight * up });
  const context = canvas.getContext("2d");
  context.imageSmoothingEnabled = false; // voxels stay squares of one colour
  for (const [image, alpha] of [[below, 1], [map, opacity / 100], [outline, 1]]) {
    if (!image?.src || !image.naturalWidth) continue;
    context.globalAlpha = alpha;
    context.drawImage(image === below ? coloured(below, colourmap, colourmaps) : image, 0, 0, canvas.width, canvas.height);
  }
  return canvas;
};

const picture = (stage, times, { wanted: { opacity, study }, config: { colourmaps } }) => {
  const made = parts(stage.id);
  const { pixel } = stage.scene[stage.image] ?? stage.scene;
  const [across, up] = multiples(pixel, times);
  if (!made?.below.naturalWidth) return null;
  if (made.below.naturalWidth * across * made.below.naturalHeight * up > MOST_PIXELS) {
    notify("The picture would be too large. Choose fewer pixels per voxel.");
    return null;
  }
  const what = made.place.id.replace("view-", "");
  const name = `${fileName(stage.view, nameOf(study), what)}_${across}x${up}.png`;
  return new Promise((done) => { painted(made, [across, up], { opacity, colourmaps }).toBlob((content) => done({ content, name })); });
};

/** Asks for how many pixels a voxel gets, and saves the pictures of the row. */
export const askForPictures = (shown) => {
  const times = choice("Pixels per voxel", TIMES.map((one) => [one, one]), "4");
  const form = element("form", "sheet-fields", {}, times.field,
    element("p", "", {}, "The slices on screen with their maps, not interpolated. A voxel that is not square gets more pixels along its longer edge."),
    element("button", "text-button", {}, "Save"));
  form.onsubmit = async (event) => {
    event.preventDefault();
    for (const stage of stagesOf(shown)) {
      const made = await picture(stage, Number(times.list.value), shown);
      if (made) keep(made.content, made.name);
    }
  };
  return sheet("Save the pictures", form);
};

/** Shows the script that gives the labels again. @param {{content: Blob, name: string}} script */
export const showScript = async (script) => {
  const text = await script.content.text();
  const copy = button("Copy", async () => {
    try {
      await navigator.clipboard.writeText(text);
      copy.textContent = "Copied";
    } catch {
      // Browsers give no clipboard to pages that are not served over https or from this machine.
      getSelection().selectAllChildren(code);
      notify("Press Ctrl+C to copy the script.");
    }
  });
  const code = element("pre", "script", { tabIndex: 0 }, text);
  sheet("Reproduce this", element("p", "", {}, "This Python script gives the same labels, voxel for voxel."),
    element("p", "", {}, copy, button("Download", () => keep(script.content, script.name))), code);
};
