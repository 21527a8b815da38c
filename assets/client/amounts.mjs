// Numbers within limits, and in words.

/** The nearest number from `low` to `high`. */
export const between = (value, low, high) => Math.min(Math.max(value, low), high);

/** Such as "1 class" and "3 classes". */
export const classes = (count) => (count === 1 ? "1 class" : `${count} classes`);
