// The colours of the classes, for all that has `.class-1`, `.class-2`, …. As rules, they cost the style
// of what they are for; as properties of the page's root, each change would cost that of everything.

const sheet = new CSSStyleSheet();
document.adoptedStyleSheets.push(sheet);

/** @param {string[]} colours  of the classes 1, 2, … */
export const paint = (colours) => colours.forEach((colour, index) => {
  if (!sheet.cssRules[index]) sheet.insertRule(`.class-${index + 1} {}`, index);
  sheet.cssRules[index].style.setProperty("--class", colour);
});
