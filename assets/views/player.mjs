// Moving through the slices: play, step buttons, and the wheel over a picture.
import { between } from "../client/amounts.mjs";
import { onClick } from "./events.mjs";
import { recall, remember } from "./memory.mjs";

const SPEEDS = [2, 4, 8, 15]; // slices a second
const USUAL = 8;
const KEY = "neuromix-speed"; // what a visitor chose
const LOOK_MS = 15; // between two looks at pictures that are late
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
 * @param {() => boolean} page.isShown  whether the slice's pictures are on screen
 * @param {() => void} page.begin  a gesture of its own begins
 * @param {(picture: Element, count: number) => boolean} page.stepIn  steps through the slices of a
 *   picture in another plane; false if it is in the plane of the slider
 */
export const player = ({ position, go, isShown, begin, stepIn }) => {
  let timer = 0;
  let due = 0; // when the next slice is to come
  let speed = SPEEDS.find((one) => one === Number(recall(KEY))) ?? USUAL;

  const goTo = (slice) => {
    const now = position();
    if (!now) return;
    const next = between(slice, 0, now.last);
    if (next !== now.slice) go(next);
  };
  const step = (count) => goTo((position()?.slice ?? 0) + count);

  const mark = (isPlaying) => {
    const button = document.getElementById("control-play");
    button?.setAttribute("aria-pressed", String(isPlaying));
    button?.setAttribute("aria-label", isPlaying ? "Pause" : "Play through the slices");
  };

  // Each slice is seen: the next one waits for late pictures, and none is made up for.
  const wait = () => {
    due = Math.max(due + 1000 / speed, performance.now());
    timer = setTimeout(move, due - performance.now());
  };
  const move = () => {
    if (!isShown()) {
      timer = setTimeout(move, LOOK_MS);
      return;
    }
    const { slice, last } = position() ?? {};
    goTo(slice >= last ? 0 : slice + 1);
    wait();
  };

  /** Whether it was playing. */
  const stop = () => {
    const wasPlaying = Boolean(timer);
    clearTimeout(timer);
    timer = 0;
    mark(false);
    return wasPlaying;
  };
  const toggle = () => {
    if (stop()) return;
    due = performance.now();
    wait();
    mark(true);
  };

  const list = () => document.getElementById("play-speed");
  const setSpeed = (to) => {
    speed = to;
    remember(KEY, speed);
    if (list()) list().value = speed;
  };
  /** The next speed of the list. @param {1|-1} way */
  const changeSpeed = (way) => setSpeed(SPEEDS[between(SPEEDS.indexOf(speed) + way, 0, SPEEDS.length - 1)]);

  /** Fills the list of speeds, once it is there. */
  const draw = () => {
    if (!list() || list().length) return;
    list().append(...SPEEDS.map((one) => new Option(`${one}/s`, one)));
    list().value = speed;
  };
  document.addEventListener("change", ({ target }) => { if (target === list()) setSpeed(Number(target.value)); });

  onClick("#control-play", toggle);
  onClick("#slice-back", () => step(-1));
  onClick("#slice-forward", () => step(1));

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

  return { goTo, step, toggle, stop, changeSpeed, draw };
};
