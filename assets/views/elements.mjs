// Elements that the page makes itself.

const SVG = "http://www.w3.org/2000/svg";

/** An element with what it holds. @param {Object<string, *>} properties @param {...(Node|string)} children */
export const element = (name, className = "", properties = {}, ...children) => {
  const node = Object.assign(document.createElement(name), { className }, properties);
  node.append(...children);
  return node;
};

/** An element of SVG with what it holds. */
export const svg = (name, attributes = {}, ...children) => {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
};

/** Writes a text where it changes: live regions read out every write. */
export const write = (node, text) => { if (node.textContent !== text) node.textContent = text; };
