// Moving through the slices: play, step buttons, and the wheel over a picture.

const FRAME_MS = 120; // playing speed, about eight slices a second
const WHEEL_STEP = 40; // wheel distance of a slice: one notch is more, a trackpad's flick many
const WHEEL_PAUSE_MS = 400; // later turns of the wheel are another gesture
const MOST_BY_WHEEL = 3; // slices at once

// A page that scrolls has the wheel, unless the picture was clicked before, or Shift is held.
const isForSlices = (event, picture) => {
  const { scrollHeight, clientHeight } = document.scrollingElement;
  return scrollHeight <= clientHeight + 1 || event.shiftKey || picture.contains(document.activeElement);
};

/**
 * @param {object} page
 * @param {() => ?{slice: number, last: number}} page.position
 * @param {(slice: number) => void} page.go
 * @param {() => void} page.begin  a gesture of its own begins
 * @param {(picture: Element, count: number) => boolean} page.stepIn  steps through the slices of a
 *   picture in another plane; false if it is in the plane of the slider
 */
export const player = ({ position, go, begin, stepIn }) => {
  let timer = 0;

  const goTo = (slice) => {
    const now = position();
    if (!now) return;
    const next = Math.min(Math.max(slice, 0), now.last);
    if (next !== now.slice) go(next);
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
    const by = -Math.sign(count) * Math.min(Math.abs(count), MOST_BY_WHEEL);
    if (count && !stepIn(picture, by)) step(by);
  };
  document.addEventListener("wheel", turn, { passive: false });

  return { goTo, step, toggle };
};
