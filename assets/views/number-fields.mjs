// Number fields: Dash hears of what is typed once it pauses. Enter, arrows and the buttons of a field
// act at once. Mantine's own pause would bring back what a field held, if the page sets it twice within.
import { between } from "../client/amounts.mjs";
import { held, setProps } from "./dash.mjs";

const FIELD = ".mantine-NumberInput-input";
const PAUSE_MS = 400;
const KEYS = ["Enter", "ArrowUp", "ArrowDown"];

const give = ({ id, value: text }) => {
  const [low, high, suffix] = ["min", "max", "suffix"].map((name) => held(`${id}.${name}`));
  const typed = text.replace(suffix ?? "", "").trim();
  if (!Number.isFinite(Number(typed))) return;
  const value = typed === "" ? "" : between(Number(typed), low, high);
  if (value !== held(`${id}.value`)) setProps(id, { value });
};

// Once the field has taken the event itself.
const soon = (field) => field && setTimeout(() => give(field));

let pause = 0;
document.addEventListener("input", ({ target }) => {
  if (!target.matches?.(FIELD)) return;
  clearTimeout(pause);
  pause = setTimeout(give, PAUSE_MS, target);
});
document.addEventListener("keydown", ({ target, key }) => {
  if (KEYS.includes(key) && target.matches?.(FIELD)) soon(target);
});
document.addEventListener("pointerup", ({ target }) => {
  const button = target.closest?.(".mantine-NumberInput-control");
  soon(button?.closest(".mantine-NumberInput-root").querySelector(FIELD));
});
