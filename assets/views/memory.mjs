// What the browser keeps from visit to visit. One that refuses its storage forgets it with the page.

/** @param {string} key @returns {?string} */
export const recall = (key) => { try { return localStorage.getItem(key); } catch { return null; } };

/** @param {string} key @param {string|number} value */
export const remember = (key, value) => { try { localStorage.setItem(key, value); } catch { /* as above */ } };
