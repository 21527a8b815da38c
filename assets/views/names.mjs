// Names that are cut off show in full under the pointer.

const CUT = ".controls input[aria-haspopup], [role=option] span, .card h2, .caption, .numbers span, " +
  ".agreement .label span, .check-table th span, .mantine-MultiSelect-pill span";

const showInFull = (node) => {
  const text = node.value ?? node.textContent;
  const isCut = node.scrollWidth > node.clientWidth;
  if (isCut && !node.title) {
    node.title = text;
    node.dataset.full = "";
  } else if ("full" in node.dataset) node.title = isCut ? text : "";
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

document.addEventListener("pointerover", (event) => {
  const node = event.target.closest?.(CUT);
  if (node) showInFull(node);
  const text = event.target.closest?.('.infolayer text[class$="title"]');
  if (text) showAxis(text);
});
