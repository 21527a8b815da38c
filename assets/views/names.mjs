// Names show in full under the pointer: those that are cut off, and those that the server has
// shortened (scene.names).

const CUT = ".controls input[aria-haspopup], [role=option] span, .card h2, .caption, .numbers span, " +
  ".agreement .label span, .check-table th span, .mantine-MultiSelect-pill span";

const isCut = (node) => [node, ...node.querySelectorAll("*")].some((part) => part.scrollWidth > part.clientWidth && part.clientWidth);

const showInFull = (node, names) => {
  const text = node.value ?? node.textContent;
  const full = names[text] ?? text;
  const isNeeded = full !== text || isCut(node);
  if (isNeeded && (!node.title || "full" in node.dataset)) {
    node.title = full;
    node.dataset.full = "";
  } else if ("full" in node.dataset) node.title = "";
};

/** A text of a figure, which is escaped there like all of them. */
export const unescaped = (text) => new DOMParser().parseFromString(text, "text/html").documentElement.textContent;

// Titles of axes: the figure brings them in full (layout.meta).
const showAxis = (text) => {
  const full = text.closest(".js-plotly-plot")?.layout?.meta?.titles?.[text.classList[0]];
  if (!full || text.querySelector("title")) return;
  const title = document.createElementNS("http://www.w3.org/2000/svg", "title");
  title.textContent = unescaped(full);
  text.append(title);
};

/** @param {() => Object<string, string>} namesOf  full names by their short ones */
export const names = (namesOf) => {
  document.addEventListener("pointerover", (event) => {
    const node = event.target.closest?.(CUT);
    if (node) showInFull(node, namesOf());
    const text = event.target.closest?.('.infolayer text[class$="title"]');
    if (text) showAxis(text);
  });
};
