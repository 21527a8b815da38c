// Graphs in type that is read from the last row. Dash owns them, so it is given the same data in a
// larger layout.
import { graphs } from "../client/cards.mjs";
import { config } from "./config.mjs";
import { held, setProps } from "./dash.mjs";

const LARGE = 1.5;
const LARGER = 2; // on the screens where lesson.css makes all type larger
const AXIS = /^[xy]axis\d*$/;
const isPhone = matchMedia("(max-width: 699px)");
const isLarge = matchMedia("(min-width: 1900px)");
const wanted = () => {
  if (!("lesson" in document.documentElement.dataset) || isPhone.matches) return 1;
  return isLarge.matches ? LARGER : LARGE;
};

const font = (own, by) => own && { ...own, size: own.size * by };
const lettered = ({ title, tickfont, ...axis }, by) => ({ ...axis, tickfont: font(tickfont, by), title: title && { ...title, font: font(title.font, by) } });

/** A layout whose type and margins have the size that the page wants. */
const sized = (layout) => {
  const now = layout.meta?.typeSize ?? 1;
  const by = wanted() / now;
  if (by === 1 || !layout.margin) return layout; // without margins there is nothing in it yet
  const axes = Object.entries(layout).filter(([name]) => AXIS.test(name)).map(([name, axis]) => [name, lettered(axis, by)]);
  const grown = Object.entries(layout.margin).map(([side, pixels]) => [side, pixels * by]);
  return {
    ...layout,
    ...Object.fromEntries(axes),
    font: font(layout.font, by),
    margin: Object.fromEntries(grown),
    ...(layout.annotations && { annotations: layout.annotations.map((one) => ({ ...one, font: font(one.font, by) })) }),
    meta: { ...layout.meta, typeSize: wanted() },
  };
};

/** A figure in the size that the page wants. */
export const large = (figure) => {
  const layout = sized(figure.layout);
  return layout === figure.layout ? figure : { ...figure, layout };
};

/** Draws the graphs on screen in that size. */
export const enlarge = () => {
  for (const id of graphs(config.cards)) {
    const figure = held(`${id}.figure`);
    const next = figure?.layout && large(figure);
    if (next && next !== figure) setProps(id, { figure: next });
  }
};
for (const width of [isPhone, isLarge]) width.addEventListener("change", enlarge);
