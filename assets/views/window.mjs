// The scale of an image's intensities, which is also its window: two handles, a drag with the right
// button on the picture, and numbers. Until the server has drawn the pictures anew, a filter shows
// them as they will be.
import { certaintyOf, isAlone, tickLabel, ticks } from "../client/picture.mjs";
import { isLight } from "../client/colourmap.mjs";
import { dragged, greys, moved, rounded, spanOf, windowOf } from "../client/window.mjs";
import { stagesOf } from "../client/stages.mjs";
import { filterOf, preview as showIn, transferring } from "./colourmaps.mjs";
import { setControl } from "./controls.mjs";
import { element, svg } from "./elements.mjs";
import { parts, pictureOf } from "./stage.mjs";
import { panel } from "./window-panel.mjs";

const ENDS = [["black", 0], ["white", 1]];
const KEYS = { ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1, PageUp: 10, PageDown: -10 };
const barOf = (which) => document.getElementById(`control-window-${which}`);
const whichOf = (node) => /^control-window-(.)$/.exec(node.closest?.(".scale")?.id ?? "")?.[1] ?? null;

const make = (bar, which) => {
  const strip = element("div", "strip");
  const cursor = element("div", "scale-cursor", { hidden: true });
  // Keys open the same from a handle.
  const numbers = element("div", "scale-numbers", { title: "Window in numbers, and colours", ariaHidden: "true" });
  const handles = ENDS.map(([name]) => {
    const handle = element("div", `handle ${name}`, { tabIndex: 0, role: "slider", ariaOrientation: "vertical" });
    handle.ariaLabel = `Image ${which.toUpperCase()}, ${name}`;
    return handle;
  });
  bar.append(numbers, strip, cursor, ...handles);
  // A filter of its own for each image.
  const shift = ["R", "G", "B"].map((channel) => svg(`feFunc${channel}`, { type: "linear" }));
  const filter = transferring(`window-${which}`, shift);
  bar.append(svg("svg", { width: 0, height: 0, style: "position: absolute", "aria-hidden": "true" }, filter));
  return { bar, strip, cursor, numbers, handles, shift };
};

/**
 * @param {object} page
 * @param {() => {wanted: object, scene: object, config: object}} page.shown
 * @param {(which: "x"|"y", name: string) => void} page.setColours
 */
export const windows = ({ shown, setColours }) => {
  const held = { x: null, y: null }; // a window while it is dragged

  const barParts = (which) => {
    const bar = barOf(which);
    if (!bar) return null;
    if (!bar.parts?.strip.isConnected) bar.parts = make(bar, which);
    return bar.parts;
  };
  const imageOf = (which) => {
    const { wanted, scene } = shown();
    return which === "y" && wanted && isAlone(wanted, scene) ? certaintyOf(wanted) : scene?.[which];
  };
  const now = (which) => {
    const image = imageOf(which);
    return image.isFixed ? image.window : held[which] ?? windowOf(shown().wanted[`window_${which}`], image);
  };

  /** Draws the scale where it has changed. */
  const draw = (which) => {
    const image = imageOf(which);
    const made = barParts(which);
    if (!made) return;
    made.bar.hidden = !image;
    if (!image) return;
    const window = now(which);
    const { config, wanted } = shown();
    const colours = image.isFixed ? "grey" : wanted[`colourmap_${which}`];
    const key = `${image.id} ${window} ${colours}`;
    if (made.key === key) return;
    // While it is dragged, the bar stays as it was.
    if (!held[which] || !made.span) made.span = spanOf(window, image);
    made.key = key;
    made.bar.toggleAttribute("data-fixed", Boolean(image.isFixed));
    made.bar.toggleAttribute("data-light", isLight(config.colourmaps[colours]));
    made.strip.style.filter = filterOf(colours, config.colourmaps);
    const at = (value) => `${(100 * (value - made.span[0])) / (made.span[1] - made.span[0])}%`;
    made.numbers.replaceChildren(...ticks(made.span).map((value) => {
      const tick = element("span", "", { textContent: tickLabel(value) });
      tick.style.bottom = at(value);
      return tick;
    }));
    made.strip.style.setProperty("--black", at(window[0]));
    made.strip.style.setProperty("--white", at(window[1]));
    made.handles.forEach((handle, end) => {
      handle.style.bottom = at(window[end]);
      handle.ariaValueMin = image.range[0];
      handle.ariaValueMax = image.range[1];
      handle.ariaValueNow = window[end];
      handle.ariaValueText = `${tickLabel(window[end])}, ${ENDS[end][0]}`;
    });
  };

  /** Marks an intensity on the scale. @param {?number} value */
  const point = (which, value) => {
    const made = barParts(which);
    if (!made?.span || imageOf(which)?.isFixed) return;
    const share = (value - made.span[0]) / (made.span[1] - made.span[0]);
    made.cursor.hidden = value === null || !(share >= 0 && share <= 1);
    if (!made.cursor.hidden) made.cursor.style.bottom = `${100 * share}%`;
  };

  const preview = (which, window) => {
    held[which] = window;
    draw(which);
    const { shift } = barParts(which);
    const [slope, intercept] = greys(windowOf(shown().wanted[`window_${which}`], imageOf(which)), window);
    for (const one of shift) {
      one.setAttribute("slope", slope);
      one.setAttribute("intercept", intercept);
    }
    for (const { id, image } of stagesOf(shown())) if (image === which) showIn(parts(id), `url(#window-${which})`);
  };
  const commit = (which) => {
    const window = held[which];
    held[which] = null;
    if (window) choose(which, window);
  };
  const choose = (which, window) => {
    const made = barParts(which);
    made.key = null;
    setControl(`window_${which}`, window);
    draw(which);
  };

  gestures({
    handles: (which) => barParts(which).handles,
    imageOf: (id) => stagesOf(shown()).find((stage) => stage.id === id).image,
    isOpen: (which) => Boolean(shown().wanted && imageOf(which) && !imageOf(which).isFixed),
    toEnd: (which, end, share) => {
      const { span } = barParts(which);
      preview(which, moved(now(which), end, span[0] + share * (span[1] - span[0]), imageOf(which)));
    },
    byDrag: (which, from, way) => preview(which, dragged(from, way, imageOf(which))),
    now,
    commit,
    key: (which, end, name) => {
      const { range, step } = imageOf(which);
      const to = { Home: range[0], End: range[1] }[name] ?? now(which)[end] + KEYS[name] * step;
      choose(which, moved(now(which), end, rounded(to, step), imageOf(which)));
    },
    reset: (which) => choose(which, imageOf(which).window),
    open: (which) => panel({
      at: barOf(which), name: shown().wanted[which], image: imageOf(which), window: now(which),
      choose: (window) => choose(which, window),
      colourmaps: shown().config.colourmaps, colours: shown().wanted[`colourmap_${which}`],
      setColours: (name) => setColours(which, name),
    }),
  });
  return { draw, point };
};

// ---- gestures
const gestures = ({ handles, imageOf, isOpen, toEnd, byDrag, now, commit, key, reset, open }) => {
  let dragging = null;

  document.addEventListener("pointerdown", (event) => {
    const onBar = whichOf(event.target);
    const end = event.target.closest?.(".handle") && handles(onBar).indexOf(event.target.closest(".handle"));
    if (onBar && isOpen(onBar) && Number.isInteger(end) && !event.button) {
      const { top, height } = event.target.closest(".scale").querySelector(".strip").getBoundingClientRect();
      dragging = { which: onBar, move: (moving) => toEnd(onBar, end, 1 - (moving.clientY - top) / height) };
    }
    const picture = event.button === 2 && pictureOf(event.target);
    const which = picture && imageOf(picture);
    if (picture && isOpen(which)) {
      const [from, { clientX, clientY }] = [now(which), event];
      dragging = { which, move: (moving) => byDrag(which, from, [moving.clientX - clientX, moving.clientY - clientY]) };
    }
    if (dragging) event.target.setPointerCapture?.(event.pointerId);
  });
  document.addEventListener("pointermove", (event) => dragging?.move(event));
  for (const type of ["pointerup", "pointercancel"]) {
    document.addEventListener(type, () => {
      if (dragging) commit(dragging.which);
      dragging = null;
    });
  }
  document.addEventListener("contextmenu", (event) => { if (pictureOf(event.target)) event.preventDefault(); });
  document.addEventListener("dblclick", (event) => {
    const which = whichOf(event.target);
    if (which && isOpen(which) && !event.target.closest(".scale-numbers")) reset(which);
  });
  document.addEventListener("click", (event) => {
    const which = event.target.closest?.(".scale-numbers") && whichOf(event.target);
    if (which && isOpen(which)) open(which);
  });
  document.addEventListener("keydown", (event) => {
    const handle = event.target.closest?.(".handle");
    const which = handle && whichOf(handle);
    if (!which || !isOpen(which) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter") open(which);
    else if (event.key in KEYS || event.key === "Home" || event.key === "End") key(which, handles(which).indexOf(handle), event.key);
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);
};
