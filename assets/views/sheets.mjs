// Dialogs that are made when somebody asks for them, and gone when they are closed.
import { element } from "./elements.mjs";

export const button = (label, onclick) => element("button", "text-button", { type: "button", onclick }, label);

/**
 * Opens a dialog, which Escape, its button and a click beside it close.
 * @param {string} title @param {Node[]} content
 */
export const sheet = (title, ...content) => {
  const head = element("form", "", { method: "dialog" }, element("h2", "", {}, title), element("button", "text-button", {}, "Close"));
  const made = element("dialog", "help sheet", { ariaLabel: title }, head, ...content);
  made.addEventListener("click", (event) => { if (event.target === made) made.close(); });
  made.addEventListener("close", () => made.remove());
  document.body.append(made);
  made.showModal();
  return made;
};

const labelled = (label, control) => element("label", "", {}, element("span", "", {}, label), control);

/** A labelled list of choices. @param {[string, string][]} options  values and labels */
export const choice = (label, options, value) => {
  const list = element("select", "", {}, ...options.map(([key, text]) => new Option(text, key)));
  if (value !== undefined) list.value = value;
  return { list, field: labelled(label, list) };
};

/** A labelled whole number. */
export const count = (label, value, [min, max]) => {
  const input = element("input", "", { type: "number", min, max, step: 1, value, required: true });
  return { input, field: labelled(label, input) };
};
