// What the server tells the page of itself (dashboard/web/page.py).

/** @type {import("../client/address.mjs").Config} */
export const config = JSON.parse(document.getElementById("neuromix-config").textContent);
