// <html data-settled> holds the URL query once every visible view shows it, and is absent while
// any is behind. Tests and benchmarks wait for it.
(() => {
  "use strict";
  const neuromix = (window.neuromix ??= {});
  const root = document.documentElement;

  // An event that may change the View unsettles the page before the change has come through; if
  // nothing came of it by then, the page is as settled as it was.
  const DOUBT_MS = 150;
  let doubtUntil = 0;
  let watching = false;
  const AHEAD_MS = 200; // a rest this long is no pause between two steps
  let ahead = 0;
  let fetching = null; // what is being asked for ahead
  let stopped = false;

  const look = () => {
    const settled =
      neuromix.flow.idle() && neuromix.pictures.apply() && performance.now() >= doubtUntil;
    if (!settled) {
      requestAnimationFrame(look);
      return;
    }
    watching = false;
    root.dataset.settled = location.search.slice(1);
    clearTimeout(ahead);
    if (!stopped) ahead = setTimeout(() => { fetching = fetchAhead(); }, AHEAD_MS);
  };

  const fetchAhead = async () => {
    await neuromix.panels.fetchAhead(neuromix.flow.state);
    await neuromix.pictures.fetchAhead();
  };

  // Resolves once nothing is asked for ahead any more; the next View begins anew.
  const stopAhead = () => {
    clearTimeout(ahead);
    stopped = true;
    return fetching;
  };
  const mayFetchAhead = () => !stopped && "settled" in root.dataset;

  const watch = () => {
    if (watching) return;
    watching = true;
    look();
  };

  const unsettle = () => {
    stopped = false;
    doubtUntil = 0; // the change has come through: no more doubt
    delete root.dataset.settled;
    watch();
  };

  const doubt = (event) => {
    if (!("settled" in root.dataset) || !event.target.closest?.(".controls, .slice-bar, .legend, .tabs, [role=option]")) return;
    delete root.dataset.settled;
    doubtUntil = performance.now() + DOUBT_MS;
    watch();
  };
  for (const type of ["keydown", "pointerdown", "pointerup", "input", "change", "click"]) {
    addEventListener(type, doubt, true);
  }

  neuromix.settled = { watch, unsettle, stopAhead, mayFetchAhead };
})();
