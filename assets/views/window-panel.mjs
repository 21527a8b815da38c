// A window in numbers: two fields, and some windows to choose from.
import { element } from "./stage.mjs";

const CHOICES = [["0.5", "0.5–99.5 %"], ["1", "1–99 %"], ["2", "2–98 %"], ["full", "Full range"], ["auto", "Automatic"]];
let node = null; // made when it is first opened
let choosing = () => {}; // what the panel does now

const field = (name) => {
  const label = element("label", "", { textContent: name });
  label.append(element("input", "", { type: "number", step: "any" }));
  return label;
};

const make = () => {
  node = element("div", "window-panel", { id: "window-panel", popover: "auto", role: "dialog" });
  const buttons = CHOICES.map(([value, textContent]) => element("button", "", { type: "button", value, textContent }));
  const row = element("div", "choices");
  row.append(...buttons);
  node.append(element("strong", ""), field("Black"), field("White"), row);
  const inputs = [...node.querySelectorAll("input")];
  const typed = () => choosing(inputs.map((input) => input.valueAsNumber));
  node.addEventListener("change", typed);
  node.addEventListener("click", ({ target }) => { if (target.value && target.matches("button")) choosing(target.value); });
  node.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches("input")) return;
    event.preventDefault(); // it would press the button that gets the focus back
    typed();
    node.hidePopover();
  });
  document.body.append(node);
};

const write = (window) => node.querySelectorAll("input").forEach((input, end) => { input.value = window[end]; });

/**
 * Opens the panel beside a scale.
 * @param {{at: Element, name: string, image: object, window: [number, number], choose: (window: [number, number]) => void}} about
 */
export const panel = ({ at, name, image, window, choose }) => {
  if (!node) make();
  node.querySelector("strong").textContent = `Window of ${name}`;
  node.ariaLabel = `Window of ${name}`;
  const ready = { full: image.full, auto: image.window, ...image.percentiles };
  choosing = (value) => {
    const chosen = ready[value] ?? value;
    if (!(chosen[0] < chosen[1])) return; // not a window, or not yet
    write(chosen);
    choose(chosen);
  };
  write(window);
  node.showPopover();
  const [box, own] = [at.getBoundingClientRect(), node.getBoundingClientRect()];
  node.style.left = `${Math.max(box.left - own.width - 56, 8)}px`;
  node.style.top = `${Math.max(Math.min(box.top, innerHeight - own.height - 8), 8)}px`;
  node.querySelector("input").focus();
};
