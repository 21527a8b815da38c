// <html data-settled> holds the URL query once every visible view shows it, and is absent while any
// is behind. Tests and benchmarks wait for it. A page that rests fetches ahead.
import { DOUBT_MS, isSettled } from "../client/settled.mjs";

const AHEAD_MS = 200; // a rest this long is no pause between two steps
const DOUBTFUL = ".controls, .scale, .window-panel, .tools, .slice-bar, .legend, .tabs, [role=option]";
const EVENTS = ["keydown", "pointerdown", "pointerup", "input", "change", "click"];
const root = document.documentElement;

/**
 * @param {object} page
 * @param {() => object} page.shown  the state
 * @param {() => string} page.query  of the View that is wanted
 * @param {() => boolean} page.isDrawn  whether every visible card shows it
 * @param {() => boolean} page.isPictured  whether every picture does
 * @param {() => void} page.unsettled  is called with each View that is wanted
 * @param {() => void} page.settled  is called once the page shows it
 * @param {(isResting: () => boolean) => Promise<void>} page.fetchAhead
 */
export const settling = ({ shown, query, isDrawn, isPictured, unsettled, settled, fetchAhead }) => {
  let doubtUntil = 0;
  let isWatching = false;
  let frame = 0; // in which it is looked at next
  let timer = 0;
  let fetching = null; // what is being asked for ahead
  let isStopped = false;

  const ahead = () => {
    const { settled: here } = root.dataset;
    if (here === undefined) return; // a gesture: the page rests again after it
    fetching = fetchAhead(() => !isStopped && root.dataset.settled === here);
  };

  const look = () => {
    const state = shown();
    const page = {
      state, doubtUntil, now: performance.now(), address: location.search.slice(1), query: state.wanted && query(),
      drawn: Boolean(state.wanted) && isDrawn(), pictured: Boolean(state.wanted) && isPictured(),
    };
    if (!isSettled(page)) return;
    isWatching = false;
    if (root.dataset.settled === page.address) return; // only what may come late has come
    root.dataset.settled = page.address;
    settled();
    clearTimeout(timer);
    if (!isStopped) timer = setTimeout(ahead, AHEAD_MS);
  };

  const lookOn = () => {
    frame = 0;
    if (isWatching) look();
    if (isWatching) frame = requestAnimationFrame(lookOn);
  };

  const watch = () => {
    isWatching = true;
    frame ||= requestAnimationFrame(lookOn);
  };

  // A graph is mostly the last to be drawn. What else hears of it has its turn first.
  document.addEventListener("graph-drawn", () => queueMicrotask(() => { if (isWatching) look(); }));

  const unsettle = () => {
    isStopped = false;
    doubtUntil = 0; // the change has come through: no more doubt
    delete root.dataset.settled;
    unsettled();
    watch();
  };

  /** Resolves once nothing is asked for ahead any more; the next View begins anew. */
  const stopAhead = () => {
    clearTimeout(timer);
    isStopped = true;
    return fetching;
  };

  const doubt = (event) => {
    if (!("settled" in root.dataset) || !event.target.closest?.(DOUBTFUL)) return;
    delete root.dataset.settled;
    doubtUntil = Infinity;
    // On a slow machine Dash hears of it later: what is under way is not over before the page is
    // idle, or has had its turn in Safari, which cannot tell.
    (window.requestIdleCallback ?? setTimeout)(() => { if (doubtUntil === Infinity) doubtUntil = performance.now() + DOUBT_MS; });
    watch();
  };
  for (const type of EVENTS) addEventListener(type, doubt, true);

  return { watch, unsettle, stopAhead };
};
