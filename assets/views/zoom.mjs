// Which part of the slice the pictures show: the head or the whole field, enlarged and moved
// together. It lasts over the slices of a plane, and a step through them does nothing here.
import { axesOf, isMirrored } from "../client/picture.mjs";
import { shareIn, stagesOf } from "../client/stages.mjs";
import {
  UNLINKED, barLength, boxAt, fieldOf, fit, frameOf, headOf, isEnlarged, linked, panned, sightOf, zoomIn, zoomed,
} from "../client/zoom.mjs";
import { recall, remember } from "./memory.mjs";
import { planeInFull } from "./screen.mjs";
import { layOutRow, parts, pictureOf, writeLetters } from "./stage.mjs";

const WHEEL = 0.002; // of a wheel's distance: a notch enlarges by a quarter
const STEP = 1.5; // of a button or a key
const STILL = 4; // pixels that a pointer may tremble within a click
const MOST_OF_BAR = 90; // pixels
const REMEMBERED = "whole-field";

/**
 * @param {object} page
 * @param {() => {wanted: object, scene: object, place: ?number[]}} page.shown
 * @param {(event: PointerEvent, id: string) => void} page.drag  a pointer that moves nothing here is
 *   dragged from a picture
 */
export const zoom = ({ shown, drag }) => {
  let isWhole = recall(REMEMBERED) === "1";
  let state = UNLINKED;
  let laidOut = {}; // what the pictures are laid out for

  /** Of a stage: its slice, what it shows at first, and where its field lies; null if it is not there. */
  const placeOf = (stage) => {
    const { id, view, scene } = stage;
    const image = scene[stage.image] ?? scene.x ?? scene.y;
    const made = image && parts(id);
    if (!made || !Math.min(...made.size)) return null;
    const side = isMirrored(view);
    const field = fieldOf(scene, side);
    return { id, made, image, view, field, box: isWhole ? field : headOf(scene, side), own: fieldOf(image, side), stage: made.size };
  };

  /** Of all stages on screen. A millimetre is as long in one plane as in another. */
  const places = () => {
    const found = stagesOf(shown()).map(placeOf).filter(Boolean);
    if (shown().wanted.layout !== "planes") return found;
    const alone = found.filter(({ made }) => made.place === planeInFull()); // the others are behind it
    const scale = Math.min(...(alone.length ? alone : found).map(({ box, stage }) => fit(box, stage).scale));
    return found.map((place) => ({ ...place, box: boxAt(place.box, scale, place.stage) }));
  };

  const layOutOne = (place) => {
    const { made, image, own, box, stage, view } = place;
    const sight = sightOf(box, zoomIn(state, view, place), stage);
    for (const [name, length] of Object.entries(frameOf(own, sight, stage))) made.frame.style[name] = `${length}px`;
    made.place.classList.toggle("enlarged", isEnlarged(image, sight.scale, devicePixelRatio));
    made.place.classList.toggle("zoomed", state.factor > 1);
    const length = barLength(sight.scale, Math.min(MOST_OF_BAR, stage[0] / 4));
    made.bar.textContent = `${length} mm`;
    made.bar.style.width = `${length * sight.scale}px`;
  };
  const layOutAll = () => places().forEach(layOutOne);

  const resized = new ResizeObserver((entries) => {
    for (const { target, contentRect } of entries) target.parts.size = [contentRect.width, contentRect.height];
    if (isOpen()) layOutAll();
  });

  /** Lays the pictures out for another scene; of a slice step it takes no note. */
  const layOut = () => {
    const { wanted, scene } = shown();
    const stages = stagesOf(shown());
    const { side, layout, map } = wanted;
    const as = `${side} ${layout} ${map} ${stages[0].image}`;
    if (!scene.shape || laidOut.scene === scene && laidOut.as === as) return;
    const seen = `${wanted.study} ${side} ${layout} ${layout === "planes" || wanted.plane}`;
    if (laidOut.seen !== seen) state = UNLINKED;
    laidOut = { scene, as, seen };
    layOutRow(wanted, stages[0].image);
    for (const stage of stages) {
      const made = parts(stage.id);
      if (!made) {
        laidOut = { seen }; // Dash has yet to lay it out
        continue;
      }
      writeLetters(stage, made);
      resized.observe(made.place);
    }
    layOutAll();
  };

  const isOpen = () => Boolean(shown().scene?.shape);
  const pointOf = (event, { made }) => {
    const box = made.place.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const middle = ({ stage }) => [stage[0] / 2, stage[1] / 2];

  // What the other planes are enlarged about: the crosshair.
  const around = () => {
    const mm = [null, null, null];
    const { place } = shown();
    for (const { view, scene } of place ? stagesOf(shown()) : []) {
      const { low, high } = fieldOf(scene, false);
      const shares = shareIn({ view: { ...view, side: "neurological" }, scene, image: null }, place);
      axesOf(view.plane).forEach((axis, end) => { mm[axis] = low[end] + shares[end] * (high[end] - low[end]); });
    }
    return mm;
  };

  const change = (id, next) => {
    const place = isOpen() && places().find((one) => one.id === id);
    if (!place) return;
    const before = zoomIn(state, place.view, place);
    const after = next(before, place);
    if (after === before) return;
    state = linked(state, after, place.view, around());
    layOutAll();
  };
  const zoomBy = (by, id, event) =>
    change(id, (before, place) => zoomed(before, by, event ? pointOf(event, place) : middle(place), place));
  const reset = () => {
    state = UNLINKED;
    if (isOpen()) layOutAll();
  };

  /** Shows the whole field of view, or the head again. */
  const toggleField = () => {
    isWhole = !isWhole;
    remember(REMEMBERED, isWhole ? "1" : "0");
    reset();
  };

  const does = { in: (id) => zoomBy(STEP, id), out: (id) => zoomBy(1 / STEP, id), reset };
  const KEYS = { "+": "in", "=": "in", "-": "out", "−": "out" };

  gestures({
    zoomBy: (by, event) => zoomBy(by, pictureOf(event.target), event),
    panBy: (way, id) => change(id, (before, place) => panned(before, way, place)),
    isZoomed: () => state.factor > 1,
    drag,
    reset,
    press: (what, id) => does[what](id),
    key: (key, id) => KEYS[key] && (does[KEYS[key]](id), true),
  });
  return { layOut, toggleField };
};

// ---- gestures
const gestures = ({ zoomBy, panBy, isZoomed, drag, reset, press, key }) => {
  document.addEventListener("wheel", (event) => {
    if (!(event.ctrlKey || event.metaKey) || !pictureOf(event.target)) return;
    event.preventDefault();
    zoomBy(Math.exp(-event.deltaY * WHEEL), event);
  }, { passive: false });

  const fingers = new Map(); // pointers that are down on a picture
  let dragged = 0; // how far one has come

  /** How far two of them are apart, and the point between them. */
  const pair = () => {
    const [a, b] = fingers.values();
    const apart = Math.max(1, Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY));
    return { apart, clientX: (a.clientX + b.clientX) / 2, clientY: (a.clientY + b.clientY) / 2 };
  };
  document.addEventListener("pointerdown", (event) => {
    if (!pictureOf(event.target) || event.target.closest("button") || event.button) return;
    if (!fingers.size) dragged = 0;
    fingers.set(event.pointerId, event);
  });
  document.addEventListener("pointermove", (event) => {
    const before = fingers.get(event.pointerId);
    if (!before) return;
    const { clientX, clientY } = event;
    const first = fingers.size === 2 && pair();
    fingers.set(event.pointerId, { target: before.target, clientX, clientY });
    const way = [clientX - before.clientX, clientY - before.clientY];
    dragged += Math.hypot(...way);
    if (first) { // what was between the fingers stays there
      const now = pair();
      zoomBy(now.apart / first.apart, { target: before.target, ...first });
      panBy([now.clientX - first.clientX, now.clientY - first.clientY], pictureOf(before.target));
    } else if (dragged > STILL) {
      if (isZoomed() && !event.shiftKey) panBy(way, pictureOf(before.target));
      else if (event.pointerType !== "touch") drag(event, pictureOf(before.target)); // a finger scrolls
    }
  });
  for (const type of ["pointerup", "pointercancel"]) {
    document.addEventListener(type, ({ pointerId }) => fingers.delete(pointerId));
  }
  // Two fingers are for the picture, also where one scrolls the page.
  document.addEventListener("touchmove", (event) => {
    if (event.cancelable && event.touches.length > 1 && pictureOf(event.target)) event.preventDefault();
  }, { passive: false });

  // A drag is no click.
  document.addEventListener("click", (event) => {
    const which = pictureOf(event.target);
    if (!which) return;
    const tool = event.target.closest("button");
    if (tool) press(tool.value, which);
    if (tool || dragged > STILL) event.stopImmediatePropagation();
    dragged = 0;
  }, true);
  document.addEventListener("dblclick", (event) => {
    if (pictureOf(event.target) && !event.target.closest("button")) reset();
  });
  document.addEventListener("keydown", (event) => {
    const which = event.target.matches?.(".picture") && pictureOf(event.target);
    if (which && key(event.key, which)) event.preventDefault();
  });
};
