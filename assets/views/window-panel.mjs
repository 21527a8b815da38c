// A window in numbers: two fields, some windows to choose from, and the colours between its ends.
import { element } from "./elements.mjs";

const CHOICES = [["0.5", "0.5–99.5 %"], ["1", "1–99 %"], ["2", "2–98 %"], ["full", "Full range"], ["auto", "Automatic"]];
let node = null; // made when it is first opened
let choosing = () => {}; // what the panel does now
let colouring = () => {};

const field = (name) => element("label", "", {}, name, element("input", "", { type: "number", step: "any" }));

/** The colour maps, each with its colours from black to white. */
const palette = (colourmaps) => {
  const choices = Object.entries(colourmaps).map(([name, stops]) => {
    const ramp = element("span", "ramp");
    ramp.style.background = `linear-gradient(to right, ${stops.join(", ")})`;
    return element("label", "", {}, element("input", "", { type: "radio", name: "colourmap", value: name }), ramp, name);
  });
  const node = element("fieldset", "colourmaps", {}, element("legend", "", {}, "Colours"), ...choices);
  node.addEventListener("change", (event) => {
    event.stopPropagation(); // the window stays
    colouring(event.target.value);
  });
  return node;
};

const make = (colourmaps) => {
  const buttons = CHOICES.map(([value, text]) => element("button", "", { type: "button", value }, text));
  node = element("div", "window-panel", { id: "window-panel", popover: "auto", role: "dialog" },
    element("strong"), field("Black"), field("White"), element("div", "choices", {}, ...buttons), palette(colourmaps));
  const inputs = [...node.querySelectorAll("[type=number]")];
  const typed = () => choosing(inputs.map((input) => input.valueAsNumber));
  node.addEventListener("change", typed);
  node.addEventListener("click", ({ target }) => { if (target.value && target.matches("button")) choosing(target.value); });
  node.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches("[type=number]")) return;
    event.preventDefault(); // it would press the button that gets the focus back
    typed();
    node.hidePopover();
  });
  document.body.append(node);
};

const write = (window) => node.querySelectorAll("[type=number]").forEach((input, end) => { input.value = window[end]; });

/**
 * Opens the panel beside a scale.
 * @param {{at: Element, name: string, image: object, window: [number, number], choose: (window: [number, number]) => void,
 *   colourmaps: Object<string, string[]>, colours: string, setColours: (name: string) => void}} about
 */
export const panel = ({ at, name, image, window, choose, colourmaps, colours, setColours }) => {
  if (!node) make(colourmaps);
  node.querySelector("strong").textContent = `Window of ${name}`;
  node.ariaLabel = `Window of ${name}`;
  const ready = { full: image.full, auto: image.window, ...image.percentiles };
  choosing = (value) => {
    const chosen = ready[value] ?? value;
    if (!(chosen[0] < chosen[1])) return; // not a window, or not yet
    write(chosen);
    choose(chosen);
  };
  colouring = setColours;
  node.querySelector(`[value="${colours}"]`).checked = true;
  write(window);
  node.showPopover();
  const [box, own] = [at.getBoundingClientRect(), node.getBoundingClientRect()];
  node.style.left = `${Math.max(box.left - own.width - 56, 8)}px`;
  node.style.top = `${Math.max(Math.min(box.top, innerHeight - own.height - 8), 8)}px`;
  node.querySelector("input").focus();
};
