// The check of the study's images: its remedies, and whether the visitor keeps it open. The card is
// drawn anew with every change that concerns it, and a redrawn <details> would forget both.
// panels.js calls `drawn` before it draws the graphs: they take their size from the room that is
// left, and that of a card which opens only afterwards would be too much.
(() => {
  "use strict";
  const neuromix = (window.neuromix ??= {});

  const chosen = new Map(); // by study: whether the visitor left it open, and how bad it was then
  let returnFocus = false; // a remedy's own button is gone once it has worked

  const study = () => neuromix.flow.state.wanted?.study ?? "";

  // On a phone an open card would fill the first screens: there its line tells the worst finding.
  const narrow = matchMedia("(max-width: 699px)");

  // What was closed stays closed until there is a problem that was not there before.
  const restore = (details) => {
    const before = chosen.get(study());
    if (narrow.matches) details.open = before?.open ?? false;
    else if (before) {
      const isNew = details.dataset.severity === "problem" && before.severity !== "problem";
      details.open = before.open || isNew;
    }
    if (returnFocus) details.querySelector("summary").focus({ preventScroll: true });
    returnFocus = false;
  };

  const drawn = () => {
    const details = document.querySelector("#view-preflight .preflight");
    if (details) restore(details);
  };

  document.addEventListener("click", (event) => {
    const remedy = event.target.closest?.(".remedy");
    if (remedy) {
      returnFocus = true;
      neuromix.flow.change(JSON.parse(remedy.dataset.changes));
      return;
    }
    const details = event.target.closest?.(".preflight summary")?.parentElement;
    // The browser turns it over right after this; a key's press is a click as well.
    if (details) chosen.set(study(), { open: !details.open, severity: details.dataset.severity });
  });

  neuromix.preflight = { drawn };
})();
