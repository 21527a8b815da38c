// Moving through the slices: play, step buttons, wheel over a picture, and keys.

const FRAME_MS = 120; // playing speed, about eight slices a second
const WHEEL_STEP = 40; // wheel distance of a slice: one notch is more, a trackpad's flick many
const WHEEL_PAUSE_MS = 400; // later turns of the wheel are another gesture
const MOST_BY_WHEEL = 3; // slices at once
// Keys act on the page as long as no control wants them for itself.
const OWN_KEYS = "input, textarea, select, [role=slider], [role=tab], dialog, [role=dialog], [role=option], [contenteditable]";
const KEYS = { ArrowLeft: -1, ArrowRight: 1, PageUp: 10, PageDown: -10 };

const isScrolled = (node) => node && node.scrollWidth > node.clientWidth; // by the same arrow keys

// A page that scrolls has the wheel, unless the picture was clicked before, or Shift is held.
const isForSlices = (event, picture) => {
  const { scrollHeight, clientHeight } = document.scrollingElement;
  return scrollHeight <= clientHeight + 1 || event.shiftKey || picture.contains(document.activeElement);
};

/**
 * @param {object} page
 * @param {() => ?{slice: number, last: number}} page.position
 * @param {() => void} page.begin  a gesture of its own begins
 */
export const player = ({ position, begin }) => {
  let timer = 0;

  const goTo = (slice) => {
    const now = position();
    if (!now) return;
    const next = Math.min(Math.max(slice, 0), now.last);
    if (next === now.slice) return;
    document.getElementById("control-slice").dispatchEvent(new CustomEvent("slice-wanted", { detail: next }));
  };
  const step = (count) => goTo((position()?.slice ?? 0) + count);

  const mark = (isPlaying) => {
    const button = document.getElementById("control-play");
    button?.setAttribute("aria-pressed", String(isPlaying));
    button?.setAttribute("aria-label", isPlaying ? "Pause" : "Play through the slices");
  };
  const toggle = () => {
    if (timer) {
      clearInterval(timer);
      timer = 0;
    } else {
      timer = setInterval(() => {
        const { slice, last } = position() ?? {};
        goTo(slice >= last ? 0 : slice + 1);
      }, FRAME_MS);
    }
    mark(Boolean(timer));
  };

  document.addEventListener("click", (event) => {
    const id = event.target.closest?.("button")?.id;
    if (id === "control-play") toggle();
    if (id === "slice-back") step(-1);
    if (id === "slice-forward") step(1);
  });

  let turned = 0;
  let lastTurn = 0;
  const turn = (event) => {
    const picture = event.target.closest?.(".picture");
    if (!picture || event.ctrlKey || event.metaKey || !isForSlices(event, picture)) return;
    event.preventDefault();
    if (event.timeStamp - lastTurn > WHEEL_PAUSE_MS) {
      begin();
      turned = 0;
    }
    lastTurn = event.timeStamp;
    turned += event.deltaY || event.deltaX; // sideways with Shift
    const count = Math.trunc(turned / WHEEL_STEP);
    turned -= count * WHEEL_STEP;
    if (count) step(-Math.sign(count) * Math.min(Math.abs(count), MOST_BY_WHEEL));
  };
  document.addEventListener("wheel", turn, { passive: false });

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const owner = event.target.closest?.(OWN_KEYS);
    const owned = owner || isScrolled(event.target.closest?.(".wide, .check-scroll"));
    if (event.key === " " && !owned && !event.target.closest?.("button, a, summary")) {
      event.preventDefault();
      toggle();
    } else if (event.key in KEYS && (!owned || (event.key.startsWith("Page") && owner?.closest("#control-slice")))) {
      event.preventDefault();
      step(KEYS[event.key]);
    }
  });
};
