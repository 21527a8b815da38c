// Moving through the slices: play button, step buttons, wheel over an image, and keys.
(() => {
  "use strict";
  const neuromix = (window.neuromix ??= {});

  const FRAME_MS = 120; // playing speed, about eight slices a second
  const WHEEL_STEP = 40; // wheel distance of a slice: one notch is more, a trackpad's flick many
  const WHEEL_PAUSE_MS = 400; // later turns of the wheel are another gesture
  let pending = null; // a slice that was asked for and has not come through yet
  let timer = 0;

  const last = () => neuromix.flow.state.source.positions.length - 1;

  const goTo = (slice) => {
    const { wanted, source } = neuromix.flow.state;
    if (!wanted || !source?.positions) return;
    const next = Math.min(Math.max(slice, 0), last());
    if (next === (pending ?? wanted.slice)) return;
    pending = next;
    neuromix.flow.setProps("control-slice", { value: next });
  };
  const step = (count) => goTo((pending ?? neuromix.flow.state.wanted?.slice ?? 0) + count);
  const arrived = () => { pending = null; };

  const stop = () => {
    clearInterval(timer);
    timer = 0;
    mark(false);
  };
  const mark = (playing) => {
    const button = document.getElementById("control-play");
    button?.setAttribute("aria-pressed", String(playing));
    button?.setAttribute("aria-label", playing ? "Pause" : "Play through the slices");
  };
  const toggle = () => {
    if (timer) return stop();
    timer = setInterval(() => {
      const slice = pending ?? neuromix.flow.state.wanted.slice;
      goTo(slice >= last() ? 0 : slice + 1);
    }, FRAME_MS);
    mark(true);
  };

  // The slider's thumb says where it is; React may put another thumb in its place.
  new MutationObserver((changes) => {
    for (const { target } of changes) {
      if (!target.closest("#control-slice")) continue;
      neuromix.flow.slide(Number(target.getAttribute("aria-valuenow")));
    }
  }).observe(document.documentElement, { subtree: true, attributeFilter: ["aria-valuenow"] });

  document.addEventListener("click", (event) => {
    const id = event.target.closest?.("button")?.id;
    if (id === "control-play") toggle();
    if (id === "slice-back") step(-1);
    if (id === "slice-forward") step(1);
  });

  let turned = 0;
  let lastTurn = 0;
  document.addEventListener(
    "wheel",
    (event) => {
      if (event.ctrlKey || !event.target.closest?.(".image-card .graph")) return;
      event.preventDefault();
      if (event.timeStamp - lastTurn > WHEEL_PAUSE_MS) {
        neuromix.past.begin();
        turned = 0;
      }
      lastTurn = event.timeStamp;
      turned += event.deltaY;
      const count = Math.trunc(turned / WHEEL_STEP);
      turned -= count * WHEEL_STEP;
      if (count) step(-Math.sign(count) * Math.min(Math.abs(count), 3));
    },
    { passive: false },
  );

  // Keys act on the page as long as no control wants them for itself.
  const OWN_KEYS = "input, textarea, select, [role=slider], [role=tab], dialog, [role=dialog], [role=option], [contenteditable]";
  const scrolled = (node) => node && node.scrollWidth > node.clientWidth; // by the same arrow keys
  const KEYS = { ArrowLeft: -1, ArrowRight: 1, PageUp: 10, PageDown: -10 };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const owned = event.target.closest?.(OWN_KEYS) || scrolled(event.target.closest?.(".wide, .preflight-scroll"));
    if (event.key === " " && !owned && !event.target.closest?.("button, a, summary")) {
      event.preventDefault();
      toggle();
    } else if (event.key in KEYS && (!owned || (event.key.startsWith("Page") && owned.closest?.("#control-slice")))) {
      event.preventDefault();
      step(KEYS[event.key]);
    }
  });

  neuromix.player = { goTo, step, arrived };
})();
