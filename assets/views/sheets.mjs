// Dialogs that are made when somebody asks for them, and gone when they are closed.

/** An element with its children. */
export const part = (name, properties = {}, ...children) => {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
};

export const button = (textContent, onclick) => part("button", { type: "button", className: "text-button", textContent, onclick });

/**
 * Opens a dialog, which Escape, its button and a click beside it close.
 * @param {string} title @param {Node[]} content
 */
export const sheet = (title, ...content) => {
  const made = part("dialog", { className: "help sheet", ariaLabel: title });
  made.append(part("form", { method: "dialog" }, part("h2", { textContent: title }), part("button", { className: "text-button", textContent: "Close" })), ...content);
  made.addEventListener("click", (event) => { if (event.target === made) made.close(); });
  made.addEventListener("close", () => made.remove());
  document.body.append(made);
  made.showModal();
  return made;
};

/** A labelled list of choices. @param {[string, string][]} options  values and labels */
export const choice = (label, options, value) => {
  const list = part("select", {}, ...options.map(([key, text]) => part("option", { value: key, textContent: text })));
  if (value !== undefined) list.value = value;
  return { list, field: part("label", {}, part("span", { textContent: label }), list) };
};

/** A labelled whole number. */
export const count = (label, value, [min, max]) => {
  const input = part("input", { type: "number", min, max, step: 1, value, required: true });
  return { input, field: part("label", {}, part("span", { textContent: label }), input) };
};
