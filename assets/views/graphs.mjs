// What Plotly's graphs do besides drawing what Dash gives them.
import { followRanges } from "./axes.mjs";
import { setProps } from "./dash.mjs";
import { onClick } from "./events.mjs";
import { unescaped } from "./names.mjs";
import { onPlotClick, plotOf, valuesAt } from "./plots.mjs";

const CRITERIA = "view-criteria";

const described = new WeakMap(); // by picture: its text

/** The graph as one picture with a text made of its numbers; its buttons stay buttons. */
const describe = (plot) => {
  const text = plot.layout.meta?.text ?? plot.layout.annotations?.[0]?.text.replaceAll("<br>", " ") ?? "";
  const [first, ...others] = plot.querySelectorAll(".main-svg");
  if (!first || described.get(first) === text) return;
  described.set(first, text);
  first.setAttribute("role", "img");
  first.setAttribute("aria-label", unescaped(text));
  for (const other of others) other.setAttribute("aria-hidden", "true");
};

const fitComponents = (number) => setProps("control-components", { value: String(number) });

let pointer = null; // its last move on the page
document.addEventListener("mousemove", (event) => { pointer = event; }, true);
document.documentElement.addEventListener("mouseleave", () => { pointer = null; });

/** Lets a graph label what lies under a resting pointer: drawn anew it has lost its label, and where
 * the browser says that the pointer left what was drawn before. */
const label = (plot) => {
  const under = pointer && document.elementFromPoint(pointer.clientX, pointer.clientY);
  if (under?.matches(".nsewdrag") && plot.contains(under)) under.dispatchEvent(new MouseEvent("mousemove", pointer));
};

// A pointer that leaves moves first. Plotly itself says nothing of a label that it has not drawn yet.
document.addEventListener("mouseout", ({ target }) => {
  if (target.matches?.(".nsewdrag")) setTimeout(label, 0, target.closest(".js-plotly-plot"));
}, true);

/** Follows a graph that has come into the page. */
export const follow = (plot) => {
  followRanges(plot);
  const note = () => {
    describe(plot);
    label(plot);
    document.dispatchEvent(new Event("graph-drawn"));
  };
  note();
  plot.on("plotly_afterplot", note);
  plot.on("plotly_relayout", () => document.dispatchEvent(new Event("axes-moved")));
};

// Above each number of components lie its criteria.
onPlotClick(CRITERIA, (event) => {
  const found = plotOf(CRITERIA);
  const number = found && Math.round(valuesAt(event, found)?.[0]);
  if (found?.plot.data[0]?.x.includes(number)) fitComponents(number);
});

onClick("button[data-components]", (button) => fitComponents(button.dataset.components));
