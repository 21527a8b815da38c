// What is drawn only when it differs from what was drawn before.

/** Returns a function that says whether it is given something else than the last time. @returns {(...facts: *[]) => boolean} */
export const news = () => {
  let last = "";
  return (...facts) => {
    const now = JSON.stringify(facts);
    const isNew = now !== last;
    last = now;
    return isNew;
  };
};
