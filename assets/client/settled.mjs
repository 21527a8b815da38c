// When the page is settled: every visible view shows the URL's query.

/** An event that may change the View unsettles the page before the change has come through; if
 * nothing came of it by then, the page is as settled as it was. */
export const DOUBT_MS = 150;

/**
 * @param {object} page
 * @param {import("./state.mjs").State} page.state
 * @param {string} page.query  of the View that is wanted
 * @param {string} page.address  the query of the URL
 * @param {boolean} page.drawn  whether every visible card shows it
 * @param {boolean} page.pictured  whether every picture shows it
 * @param {number} page.doubtUntil @param {number} page.now
 */
export const isSettled = ({ state, query, address, drawn, pictured, doubtUntil, now }) =>
  state.wanted !== null && !state.opening && address === query && drawn && pictured && now >= doubtUntil;
