// What is asked for before anyone needs it: the answer waits in the browser's cache.

/** How the server is asked, so that everybody who waits comes first. */
export const AHEAD = { headers: { "X-Ahead": "1" }, priority: "low" };

/** Asks for an address ahead. @returns {Promise<?number>} the status of the answer; null if there was none */
export const fetchAhead = async (address) => {
  const answer = await fetch(address, AHEAD).catch(() => null);
  await answer?.blob().catch(() => null); // now it is in the browser's cache
  return answer?.status ?? null;
};
