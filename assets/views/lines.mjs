// The lines of the readout: of the crosshair, of the pointer, and of what a click in the joint view
// has lit.
import { percentsInWords } from "../client/voxels.mjs";
import { element } from "./elements.mjs";

const HINT = "Point at a voxel to read its values. Click it to keep the crosshair there.";

// A class's probability in percent, as a bar in its colour; beside it as a number, unless it is small.
const MENTIONED = 5;
const bars = (percents) => {
  const node = element("span", "bars", { title: percentsInWords(percents) });
  for (const [index, percent] of percents.entries()) {
    const bar = element("i", `bar class-${index + 1}`, { ariaHidden: "true" });
    bar.style.setProperty("--percent", percent);
    node.append(bar);
    if (percent >= MENTIONED) node.append(`${percent} % `);
  }
  return node;
};

// A line is written only where it changes, so that the other one can be selected meanwhile.
const write = (line, facts, title = "") => {
  const text = JSON.stringify([title, facts]);
  if (line.dataset.text === text) return;
  line.dataset.text = text;
  line.replaceChildren(...facts.map(([name, value], index) => {
    const whose = title && !index ? [element("b", "whose", {}, title), " "] : [];
    const shown = Array.isArray(value) ? bars(value) : String(value);
    return element("span", name ? "" : "sentence", {}, ...whose, element("b", "", {}, name), " ", shown);
  }));
};

const linesOf = (place) => {
  if (!place.querySelector(".of-crosshair")) {
    place.replaceChildren(...["of-crosshair", "of-pointer", "of-alike"].map((name) => element("div", name)));
  }
  return place.children;
};

/**
 * Writes the readout.
 * @param {{kept: ?[string, *][], pointed: ?[string, *][], lit: ?number}} facts  pairs of a name and a
 *   value, or the percents of the classes: of the crosshair's voxel and of the pointer's; and how many voxels are lit
 */
export const writeReadout = ({ kept, pointed, lit }) => {
  const place = document.getElementById("readout");
  if (!place) return;
  const [ofCrosshair, ofPointer, ofAlike] = linesOf(place);
  ofCrosshair.hidden = !kept;
  ofAlike.hidden = lit === null;
  if (kept) write(ofCrosshair, kept, "Crosshair");
  if (pointed) write(ofPointer, pointed, kept ? "Pointer" : "");
  else write(ofPointer, kept || lit ? [] : [["", HINT]]);
  if (lit !== null) write(ofAlike, [["", `${lit} ${lit === 1 ? "voxel lies" : "voxels lie"} where the joint distribution was clicked (Escape clears)`]]);
};
