// The browser's history: one entry for each gesture, so that Back undoes a drag and not a pixel.
(() => {
  "use strict";
  const neuromix = (window.neuromix ??= {});

  let gesture = 0;
  let recorded = 0;
  const begin = () => { gesture += 1; };

  addEventListener("pointerdown", begin, true);
  addEventListener("keydown", (event) => { if (!event.repeat) begin(); }, true);

  const record = (query, reason) => {
    const address = `${location.pathname}?${query}`;
    if (location.search === `?${query}`) return;
    const push = reason ? reason === "push" : gesture !== recorded;
    if (push) history.pushState(null, "", address);
    else history.replaceState(null, "", address);
    recorded = gesture;
  };

  neuromix.past = { record, begin };
})();
