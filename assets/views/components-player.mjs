// Playing through the numbers of components on one slice: what another Gaussian changes.
import { element } from "./elements.mjs";

const CONTROL = "control-components";
const LOOK_MS = 1200; // at each of them, once all of the page shows it

/**
 * @param {object} page
 * @param {() => {wanted: ?object, config: object, settled: boolean}} page.shown
 * @param {(count: number) => void} page.set
 * @param {() => void} page.begin  something else that plays stops
 */
export const componentsPlayer = ({ shown, set, begin }) => {
  let asked = 0; // the number that is played; 0 while nothing is
  let from = 0; // the number before, until the page has heard of it
  let timer = 0;
  let button = null;

  /** Puts the button beside the control's label: Dash has no such one. */
  const draw = () => {
    const field = document.getElementById(CONTROL)?.closest(".field");
    if (!field || button?.isConnected) return;
    button = element("button", "tool play components-play", { type: "button", tabIndex: -1, onclick: () => toggle() });
    field.append(button);
    mark();
  };
  const mark = () => {
    if (!button) return;
    const does = asked ? "Pause" : "Play through 1 to 10 components";
    button.ariaPressed = String(Boolean(asked));
    Object.assign(button, { ariaLabel: does, title: `${does} (k)` });
  };

  /** Whether it was playing. */
  const stop = () => {
    const wasPlaying = Boolean(asked);
    clearTimeout(timer);
    asked = 0;
    mark();
    return wasPlaying;
  };

  const next = () => {
    const { wanted, config } = shown();
    from = wanted.components;
    asked = (from % config.mostComponents) + 1;
    set(asked);
  };

  /** The page shows a View. Another number than the one that was asked for is a visitor's: it stays. */
  const settled = () => {
    clearTimeout(timer);
    if (!asked) return;
    const { components } = shown().wanted;
    if (components !== asked && components !== from) stop();
    if (components === asked) timer = setTimeout(() => { if (shown().settled) next(); }, LOOK_MS);
  };

  const toggle = () => {
    if (stop() || !shown().wanted) return;
    begin();
    next();
    mark();
  };

  return { draw, settled, stop, toggle };
};
