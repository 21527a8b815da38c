// Number fields: Dash hears of what is typed once it pauses. Enter, arrows and the buttons of a field
// act at once.
import { between } from "../client/amounts.mjs";
import { held, setProps } from "./dash.mjs";

const FIELD = ".mantine-NumberInput-input";
const KEYS = ["Enter", "ArrowUp", "ArrowDown"];

const give = ({ id, value: text }) => {
  const [low, high, suffix] = ["min", "max", "suffix"].map((name) => held(`${id}.${name}`));
  const typed = text.replace(suffix ?? "", "").trim();
  if (typed === "" || !Number.isFinite(Number(typed))) return;
  const value = between(Number(typed), low, high);
  if (value !== held(`${id}.value`)) setProps(id, { value });
};

// Once the field has taken the event itself.
const soon = (field) => field && setTimeout(() => give(field));

document.addEventListener("keydown", ({ target, key }) => {
  if (KEYS.includes(key) && target.matches?.(FIELD)) soon(target);
});
document.addEventListener("pointerup", ({ target }) => {
  const button = target.closest?.(".mantine-NumberInput-control");
  soon(button?.closest(".mantine-NumberInput-root").querySelector(FIELD));
});
