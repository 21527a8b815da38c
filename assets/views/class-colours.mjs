// The colours of the classes, for all that has `.class-1`, `.class-2`, …. As rules, they cost the style
// of what they are for; as properties of the page's root, each change would cost that of everything.
import { shownColours } from "../client/classes.mjs";
import { news } from "../client/news.mjs";

const sheet = new CSSStyleSheet();
document.adoptedStyleSheets.push(sheet);

/** @param {string[]} colours  of the classes 1, 2, … */
const paint = (colours) => colours.forEach((colour, index) => {
  if (!sheet.cssRules[index]) sheet.insertRule(`.class-${index + 1} {}`, index);
  sheet.cssRules[index].style.setProperty("--class", colour);
});

/**
 * @param {() => {wanted: ?object, config: object}} shown
 * @param {() => (number|null)[]} identitiesOf  of the classes of the fit on screen
 */
export const classColours = (shown, identitiesOf) => {
  const isNew = news();

  const draw = () => {
    const { wanted, config: { palettes, neutrals } } = shown();
    if (!wanted) return;
    const { palette, colours: own } = wanted;
    const identities = identitiesOf();
    if (isNew(palette, own, identities)) paint(shownColours({ palette: palettes[palette], neutrals, own, identities }));
  };

  document.addEventListener("classes-known", draw);
  return { draw };
};
