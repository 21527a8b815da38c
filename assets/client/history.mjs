// The browser's history: one entry for each gesture, so that Back undoes a drag and not a pixel.

/** @returns {{begin: () => void, entry: (shown: string, query: string, reason: ?string) => ?string}} */
export const gestures = () => {
  let gesture = 0;
  let recorded = 0;
  return {
    /** A key or a pointer goes down, or the wheel turns after a pause. */
    begin() { gesture += 1; },
    /** How a query enters the history: "push", "replace", or null where it is there already. */
    entry(shown, query, reason) {
      if (shown === query) return null;
      const how = reason ?? (gesture === recorded ? "replace" : "push");
      recorded = gesture;
      return how;
    },
  };
};
