// The classes of the slice on screen for each number of components, beside the criteria.
import * as address from "../client/address.mjs";

/** @param {() => {wanted: ?object, scene: ?object, config: object}} shown */
export const thumbnails = (shown) => {
  const draw = () => {
    const { wanted, scene, config } = shown();
    if (!wanted || !scene?.fits) return;
    for (const place of document.querySelectorAll("#criteria-table .thumbnail")) {
      const view = { ...wanted, map: "labels", components: Number(place.dataset.mapOf) };
      const image = place.firstElementChild ?? place.appendChild(Object.assign(new Image(), { alt: "", draggable: false }));
      const from = address.map(view, scene, config);
      if (image.getAttribute("src") !== from) image.src = from;
    }
  };

  // The table is drawn anew whenever a fit has come.
  new MutationObserver((records) => {
    if (records.some(({ target }) => target.closest?.("#criteria-table"))) draw();
  }).observe(document.documentElement, { childList: true, subtree: true });

  return { draw };
};
