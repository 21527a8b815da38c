// Sees that the page could not be loaded, says so, and loads it again once the server answers.
// No module and on its own: nothing else that fails to load keeps it from running.
(() => {
  "use strict";
  const PATIENCE_MS = 20000; // a slow line has brought the page by then
  const LOOK_MS = 500;
  const FIRST_MS = 1000;
  const REST_MS = 60000; // by itself it loads the page again once in this time
  const LAST = "neuromix-reloaded";
  const root = document.documentElement;
  let isFailed = false;

  const isRecent = () => {
    try {
      return Date.now() - Number(sessionStorage.getItem(LAST)) < REST_MS;
    } catch {
      return true; // a browser that keeps nothing would load again and again
    }
  };

  const again = async (wait) => {
    const isUp = await fetch(location.href, { method: "HEAD", cache: "no-store" }).then(({ ok }) => ok, () => false);
    if (isUp && !isRecent()) {
      sessionStorage.setItem(LAST, Date.now());
      location.reload();
    } else {
      setTimeout(again, wait, Math.min(2 * wait, REST_MS));
    }
  };

  const fail = () => {
    if (isFailed) return;
    isFailed = true;
    root.dataset.notLoaded = "";
    again(FIRST_MS);
  };

  // A module fails with what it imports.
  addEventListener("error", ({ target }) => { if (target.tagName === "SCRIPT") fail(); }, true);

  // Dash says that an answer was an error; if there was none, it goes on with "Loading...".
  const isUnanswered = () => performance.getEntriesByType("resource")
    .some(({ name, responseStatus }) => name.includes("/_dash-") && responseStatus === 0);

  const begun = Date.now();
  const looking = setInterval(() => {
    const isLoading = document.querySelector("._dash-loading");
    const isError = document.querySelector("._dash-error");
    // What a portal answers in place of Dash's routes, such as its own sign-in page, ends Dash.
    const isGone = document.querySelector("#react-entry-point:empty");
    if (isError || isGone || (isLoading && (isUnanswered() || Date.now() - begun > PATIENCE_MS))) fail();
    if (isError || !isLoading) clearInterval(looking);
  }, LOOK_MS);
})();
