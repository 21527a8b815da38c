// Which part of the slice the pictures show: the head or the whole field, enlarged and moved
// together. It lasts over the slices of a plane, and a step through them does nothing here.
import { isMirrored } from "../client/picture.mjs";
import { NO_ZOOM, barLength, fieldOf, fit, frameOf, headOf, isEnlarged, panned, sightOf, zoomed } from "../client/zoom.mjs";
import { IDS, parts, pictureOf, writeLetters } from "./stage.mjs";

const WHEEL = 0.002; // of a wheel's distance: a notch enlarges by a quarter
const STEP = 1.5; // of a button or a key
const STILL = 4; // pixels that a pointer may tremble within a click
const MOST_OF_BAR = 90; // pixels
const REMEMBERED = "whole-field";

/** @param {() => {wanted: object, scene: object}} shown */
export const zoom = (shown) => {
  let isWhole = localStorage.getItem(REMEMBERED) === "1";
  let state = NO_ZOOM;
  let laidOut = {}; // the scene and the side that the pictures are laid out for

  /** Of a picture: its slice, what it shows at first, and where its field lies. */
  const placeOf = (which) => {
    const { wanted, scene } = shown();
    const side = isMirrored(wanted);
    const image = scene[which === "map" ? "x" : which] ?? scene.x;
    const made = image && parts(which);
    if (!made) return null;
    const first = fieldOf(scene, side);
    return { made, image, field: first, box: isWhole ? first : headOf(scene, side), own: fieldOf(image, side), stage: made.size };
  };

  const layOutOne = (which) => {
    const place = placeOf(which);
    if (!place || !Math.min(...place.stage)) return;
    const { made, image, box, own, stage } = place;
    const sight = sightOf(box, state, stage);
    for (const [name, length] of Object.entries(frameOf(own, sight, stage))) made.frame.style[name] = `${length}px`;
    made.place.classList.toggle("enlarged", isEnlarged(image, sight.scale, devicePixelRatio));
    made.place.classList.toggle("zoomed", state.factor > 1);
    const length = barLength(sight.scale, Math.min(MOST_OF_BAR, stage[0] / 4));
    made.bar.textContent = `${length} mm`;
    made.bar.style.width = `${length * sight.scale}px`;
  };
  const layOutAll = () => Object.keys(IDS).forEach(layOutOne);

  const resized = new ResizeObserver((entries) => {
    for (const { target, contentRect } of entries) {
      target.parts.size = [contentRect.width, contentRect.height];
      layOutOne(pictureOf(target));
    }
  });

  const change = (next) => {
    if (next === state) return;
    state = next;
    layOutAll();
  };

  /** Lays the pictures out for another scene; of a slice step it takes no note. */
  const layOut = () => {
    const { wanted, scene } = shown();
    if (!scene.shape || laidOut.scene === scene && laidOut.side === wanted.side && laidOut.map === wanted.map) return;
    const seen = `${wanted.study} ${wanted.plane} ${wanted.side}`;
    if (laidOut.seen !== seen) state = NO_ZOOM;
    laidOut = { scene, side: wanted.side, map: wanted.map, seen };
    for (const which of Object.keys(IDS)) {
      const made = parts(which);
      if (!made) {
        laidOut = { seen }; // Dash has yet to lay it out
        continue;
      }
      writeLetters(which, made, wanted);
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

  const zoomBy = (by, which, point) => {
    const place = isOpen() && placeOf(which);
    if (place) change(zoomed(state, by, point ?? middle(place), place));
  };
  const reset = () => change(NO_ZOOM);

  /** Shows the whole field of view, or the head again. */
  const toggleField = () => {
    isWhole = !isWhole;
    localStorage.setItem(REMEMBERED, isWhole ? "1" : "0");
    state = NO_ZOOM;
    if (isOpen()) layOutAll();
  };

  const does = { in: (which) => zoomBy(STEP, which), out: (which) => zoomBy(1 / STEP, which), reset };
  const KEYS = { "+": "in", "=": "in", "-": "out", "−": "out" };

  gestures({
    zoomBy: (by, event) => {
      const place = isOpen() && placeOf(pictureOf(event.target));
      if (place) change(zoomed(state, by, pointOf(event, place), place));
    },
    panBy: (way, which) => {
      const place = isOpen() && placeOf(which);
      if (place) change(panned(state, way, place));
    },
    isZoomed: () => state.factor > 1,
    reset,
    press: (what, which) => does[what](which),
    key: (key, which) => KEYS[key] && (does[KEYS[key]](which), true),
  });
  return { layOut, toggleField };
};

// ---- gestures
const gestures = ({ zoomBy, panBy, isZoomed, reset, press, key }) => {
  document.addEventListener("wheel", (event) => {
    if (!(event.ctrlKey || event.metaKey) || !pictureOf(event.target)) return;
    event.preventDefault();
    zoomBy(Math.exp(-event.deltaY * WHEEL), event);
  }, { passive: false });

  const fingers = new Map(); // pointers that are down on a picture
  let apart = 0; // distance of two of them
  let dragged = 0; // how far one has come

  const distance = () => {
    const [a, b] = fingers.values();
    return Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY);
  };
  document.addEventListener("pointerdown", (event) => {
    if (!pictureOf(event.target) || event.target.closest("button") || event.button) return;
    if (!fingers.size) dragged = 0;
    fingers.set(event.pointerId, event);
    if (fingers.size === 2) apart = distance();
  });
  document.addEventListener("pointermove", (event) => {
    const before = fingers.get(event.pointerId);
    if (!before) return;
    fingers.set(event.pointerId, event);
    const way = [event.clientX - before.clientX, event.clientY - before.clientY];
    dragged += Math.hypot(...way);
    if (fingers.size === 2) {
      const now = distance();
      const [a, b] = fingers.values();
      const between = { target: before.target, clientX: (a.clientX + b.clientX) / 2, clientY: (a.clientY + b.clientY) / 2 };
      zoomBy(now / apart, between);
      apart = now;
    } else if (isZoomed() && dragged > STILL) panBy(way, pictureOf(before.target));
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
