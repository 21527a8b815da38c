// Plots and pictures as files: plots by the browser's own Plotly at a chosen size, pictures at whole
// multiples of their voxels.
import { fileName } from "../client/title.mjs";
import { multiples } from "../client/picture.mjs";
import { stagesOf } from "../client/stages.mjs";
import { notify } from "./notices.mjs";
import { keep } from "./saving.mjs";
import { button, choice, count, part, sheet } from "./sheets.mjs";
import { parts } from "./stage.mjs";
import { nameOf } from "./title.mjs";

const PNG_SCALE = 4; // about 300 dots per inch of a printed column
const SAVE = '.modebar-btn[data-title^="Download"]';
const SIZES = [100, 4000];
const PLOTS = [["view-histograms", "Histograms"], ["view-joint", "Joint distribution"], ["view-criteria", "Criteria"]];
const TIMES = ["1", "2", "4", "8", "16"];
const MOST_PIXELS = 2 ** 26; // of a canvas

const plotIn = (id) => document.querySelector(`#${id} .js-plotly-plot, #${id}.js-plotly-plot`);

/**
 * Saves a plot.
 * @param {Element} plot @param {object} view @param {{format: "svg"|"png", width: number, height: number}} how
 */
export const savePlot = (plot, view, { format, width, height }) => {
  const what = plot.closest("[id^=view-]").id.replace("view-", "");
  // On paper, not on the page's ground: its letters would be lost on a dark one.
  const { data, layout } = plot;
  return window.Plotly.downloadImage({ data, layout: { ...layout, paper_bgcolor: "#ffffff" } }, {
    format, filename: fileName(view, nameOf(view.study), what), scale: format === "png" ? PNG_SCALE : 1, width, height,
  });
};

/** Lets the camera of a graph save it under a name that says what it shows. @param {() => object} wanted */
export const saving = (wanted) => document.addEventListener("click", (event) => {
  const plot = event.target.closest?.(SAVE)?.closest(".js-plotly-plot");
  if (!plot) return;
  event.stopPropagation();
  const { clientWidth: width, clientHeight: height } = plot;
  savePlot(plot, wanted(), { format: event.shiftKey ? "svg" : "png", width, height });
}, true);

/** Asks which plot to save, as what, and how large. */
export const askForPlots = ({ wanted }) => {
  const there = PLOTS.filter(([id]) => plotIn(id)?.checkVisibility());
  const which = choice("Plot", there);
  const format = choice("Format", [["svg", "SVG"], ["png", `PNG, ${PNG_SCALE} dots per pixel`]]);
  const width = count("Width, pixels", 0, SIZES);
  const height = count("Height, pixels", 0, SIZES);
  const fit = () => {
    const plot = plotIn(which.list.value);
    width.input.value = plot.clientWidth;
    height.input.value = plot.clientHeight;
  };
  which.list.onchange = fit;
  fit();
  const form = part("form", { className: "sheet-fields" }, ...[which, format, width, height].map(({ field }) => field));
  if (there.length < PLOTS.length) form.append(part("p", { textContent: "Open the Criteria tab to save its plot as well." }));
  form.append(part("button", { className: "text-button", textContent: "Save" }));
  form.onsubmit = (event) => {
    event.preventDefault();
    const size = { width: Number(width.input.value), height: Number(height.input.value) };
    savePlot(plotIn(which.list.value), wanted, { format: format.list.value, ...size })
      .catch(() => notify("The browser cannot draw the plot at this size. Choose a smaller one."));
  };
  return sheet("Save a plot", form);
};

/** A picture as it is on screen, each voxel so many pixels wide and high. */
const drawn = ({ below, map, outline }, [across, up], opacity) => {
  const canvas = part("canvas", { width: below.naturalWidth * across, height: below.naturalHeight * up });
  const context = canvas.getContext("2d");
  context.imageSmoothingEnabled = false; // voxels stay squares of one colour
  for (const [image, alpha] of [[below, 1], [map, opacity / 100], [outline, 1]]) {
    if (!image?.src || !image.naturalWidth) continue;
    context.globalAlpha = alpha;
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
  }
  return canvas;
};

const picture = (stage, times, { opacity, study }) => {
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
  return new Promise((done) => { drawn(made, [across, up], opacity).toBlob((content) => done({ content, name })); });
};

/** Asks for how many pixels a voxel gets, and saves the pictures of the row. */
export const askForPictures = (shown) => {
  const times = choice("Pixels per voxel", TIMES.map((one) => [one, one]), "4");
  const form = part("form", { className: "sheet-fields" }, times.field,
    part("p", { textContent: "The slices on screen with their maps, not interpolated. A voxel that is not square gets more pixels along its longer edge." }),
    part("button", { className: "text-button", textContent: "Save" }));
  form.onsubmit = async (event) => {
    event.preventDefault();
    for (const stage of stagesOf(shown)) {
      const made = await picture(stage, Number(times.list.value), shown.wanted);
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
  const code = part("pre", { className: "script", tabIndex: 0, textContent: text });
  sheet("Reproduce this", part("p", { textContent: "This Python script gives the same labels, voxel for voxel." }),
    part("p", {}, copy, button("Download", () => keep(script.content, script.name))), code);
};
