// What keys and buttons do to the View, besides the controls.
import { after } from "../client/colourmap.mjs";
import { mapAfter } from "../client/map.mjs";
import { isAlone } from "../client/picture.mjs";
import { stagesOf } from "../client/stages.mjs";
import { announce } from "./announce.mjs";
import { heldBy, setControl } from "./controls.mjs";
import { pictureOf } from "./stage.mjs";
import { studies } from "./title.mjs";

/**
 * @param {object} page
 * @param {() => {wanted: object, scene: object, config: object}} page.shown
 * @param {(changes: object) => void} page.change  fields of the View
 * @param {(which: "x"|"y", name: string) => void} page.setColours
 */
export const actions = ({ shown, change, setColours }) => {
  let opacity = 100; // of the labels, once they are on again

  return {
    components: (count) => setControl("components", String(count)),

    /** X becomes Y, and Y becomes X. */
    swap() {
      const { wanted } = shown();
      // Their colours go with them.
      if (wanted) change({ x: wanted.y, y: wanted.x, colourmap_x: wanted.colourmap_y, colourmap_y: wanted.colourmap_x });
    },

    /** The next of the maps that the study has. */
    map() {
      const { wanted, scene } = shown();
      const maps = [...document.getElementById("control-map").options].map(({ value }) => value);
      if (wanted) setControl("map", mapAfter(maps, wanted, scene));
    },

    /** The next colour map of the image in the picture that is pointed at or has the focus, or of the first. */
    colours(count) {
      const { wanted, scene, config } = shown();
      if (!wanted) return;
      const stages = stagesOf(shown());
      const id = pictureOf(document.querySelector(".picture:hover") ?? document.activeElement);
      const pointed = stages.find((stage) => stage.id === id) ?? stages[0];
      const image = isAlone(wanted, scene) ? "x" : pointed.image;
      const name = after(Object.keys(config.colourmaps), wanted[`colourmap_${image}`], count);
      setColours(image, name);
      announce(`Image ${image.toUpperCase()}: ${name}`);
    },

    /** One plane of several images, or three planes of one. */
    layout() {
      const { wanted } = shown();
      if (wanted) setControl("layout", wanted.layout === "planes" ? "images" : "planes");
    },

    toggleLabels() {
      const now = heldBy("opacity");
      setControl("opacity", now ? 0 : opacity);
      opacity = now || opacity;
    },

    /** Opens the study that is so many places further in the list, also while one is opened. */
    study(count) {
      const { wanted, opening } = shown();
      const now = new URLSearchParams(opening?.search).get("study") ?? wanted?.study;
      const values = studies().map(({ value }) => value);
      const next = values[values.indexOf(now) + count];
      if (next !== undefined) change({ study: next });
    },
  };
};
