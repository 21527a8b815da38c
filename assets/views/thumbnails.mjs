// The classes of the slice on screen for each number of components, beside the criteria.
import * as address from "../client/address.mjs";
import { isMirrored } from "../client/picture.mjs";

const HEIGHT = 44; // pixels

/** Shows of a picture the box around the head only. */
const crop = (place, image, view, { head: [low, high], corner, pixel, shape: [rows, columns] }) => {
  const across = [low, high].map(([mm]) => (mm - corner[0]) / (columns * pixel[0]));
  const [left, right] = isMirrored(view) ? across.map((share) => 1 - share).reverse() : across;
  const [bottom, top] = [low, high].map(([, mm]) => 1 - (mm - corner[1]) / (rows * pixel[1]));
  place.style.width = `${(HEIGHT * (high[0] - low[0])) / (high[1] - low[1])}px`;
  place.style.height = `${HEIGHT}px`;
  image.style.width = `${100 / (right - left)}%`;
  image.style.height = `${100 / (bottom - top)}%`;
  image.style.transform = `translate(${-100 * left}%, ${-100 * top}%)`;
};

/** @param {() => {wanted: ?object, scene: ?object, config: object}} shown */
export const thumbnails = (shown) => {
  let watched = null; // a tab that is opened again has another table

  const draw = () => {
    const { wanted, scene, config } = shown();
    if (!wanted || !scene?.fits) return;
    const table = document.getElementById("criteria-table");
    if (table && table !== watched) {
      watched = table;
      observer.disconnect();
      observer.observe(table, { childList: true, subtree: true });
    }
    for (const place of document.querySelectorAll("#criteria-table .thumbnail")) {
      const view = { ...wanted, map: "labels", components: Number(place.dataset.mapOf) };
      const image = place.firstElementChild ?? place.appendChild(Object.assign(new Image(), { alt: "", draggable: false }));
      const from = address.map(view, scene, config);
      if (image.getAttribute("src") === from) continue;
      image.src = from;
      crop(place, image, view, scene);
    }
  };

  // The table is drawn anew whenever a fit has come.
  const observer = new MutationObserver(draw);

  return { draw };
};
