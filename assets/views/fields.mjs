// Names in the fields of the controls: one without room loses its middle, as everywhere, because
// names of one study are often alike at their beginning.
import { element } from "./elements.mjs";

const KEPT_END = 10;
const written = new WeakMap(); // what each field held when it was looked at

const isCut = (input) => input.scrollWidth > input.clientWidth;

const write = (input) => {
  const { value, parentElement } = input;
  const halves = [value.slice(0, -KEPT_END), value.slice(-KEPT_END)];
  const over = element("span", "field-name cut", { ariaHidden: "true" }, ...halves.map((half) => element("span", "", {}, half)));
  const { paddingLeft, paddingRight } = getComputedStyle(input);
  Object.assign(over.style, { left: paddingLeft, right: paddingRight });
  parentElement.append(over);
};

/** Looks at the fields that hold something else than before. */
export const fields = ({ again = false } = {}) => {
  const inputs = [...document.querySelectorAll(".controls .mantine-Select-input")];
  const changed = inputs.filter((input) => again || written.get(input) !== input.value);
  if (!changed.length) return;
  const cut = changed.filter(isCut);
  for (const input of changed) {
    written.set(input, input.value);
    input.parentElement.querySelector(".field-name")?.remove();
  }
  cut.forEach(write);
  for (const input of changed) input.toggleAttribute("data-cut", cut.includes(input));
};

addEventListener("resize", () => fields({ again: true }));
