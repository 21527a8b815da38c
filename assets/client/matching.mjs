// Which class of a fit was which class of the fit before: numbers follow the mean in image X, so
// another slice may give a tissue another number.

/** @typedef {{mean: number[], covariance: number[][]}} Gaussian  in the images' own units */

// A class farther than this from every class before is a new one. The scale: 0 is the same
// Gaussian, 1 one that has nothing in common with it.
const NEW = 0.5;
// What another numbering has to gain over the same one: less is no more than how fits differ.
const GAIN = 0.25;

/** Lower triangle of the Cholesky factor. */
const cholesky = (matrix) => {
  const lower = matrix.map(() => []);
  matrix.forEach((row, i) => {
    for (let j = 0; j <= i; j += 1) {
      const rest = row[j] - lower[j].slice(0, j).reduce((sum, value, k) => sum + value * lower[i][k], 0);
      lower[i][j] = i === j ? Math.sqrt(rest) : rest / lower[j][j];
    }
  });
  return lower;
};
const halfLogDeterminant = (lower) => lower.reduce((sum, row, i) => sum + Math.log(row[i]), 0);

/** Squared Hellinger distance of two Gaussians, 0 to 1. @param {Gaussian} a @param {Gaussian} b */
export const distance = (a, b) => {
  const mean = cholesky(a.covariance.map((row, i) => row.map((value, j) => (value + b.covariance[i][j]) / 2)));
  const apart = [];
  a.mean.forEach((value, i) => {
    apart.push((value - b.mean[i] - apart.reduce((sum, one, k) => sum + one * mean[i][k], 0)) / mean[i][i]);
  });
  const far = apart.reduce((sum, one) => sum + one * one, 0) / 8;
  const own = [a, b].map(({ covariance }) => halfLogDeterminant(cholesky(covariance)));
  const common = Math.exp((own[0] + own[1]) / 2 - halfLogDeterminant(mean) - far);
  return Number.isFinite(common) ? 1 - common : 1;
};

/**
 * For each class now, the class before that it was, from 0; null for a new one. The sum of the
 * distances is the least there is, by dynamic programming over the sets of classes that are taken.
 */
export const assignment = (costs, many) => {
  let best = new Map([[0, { cost: 0, was: [] }]]);
  for (const row of costs) {
    const next = new Map();
    const offer = (set, cost, was) => { if (!(next.get(set)?.cost <= cost)) next.set(set, { cost, was }); };
    for (const [set, { cost, was }] of best) {
      offer(set, cost + NEW, [...was, null]);
      for (let k = 0; k < many; k += 1) if (!(set & (1 << k))) offer(set | (1 << k), cost + row[k], [...was, k]);
    }
    best = next;
  }
  return [...best.values()].reduce((least, one) => (one.cost < least.cost ? one : least));
};

/**
 * The classes that are another tissue than the same number before.
 * @param {Gaussian[]} before @param {Gaussian[]} now
 * @returns {{number: number, was: ?number}[]}  `was` is null for a class that is like none before
 */
export const differences = (before, now) => {
  const costs = now.map((one) => before.map((other) => distance(one, other)));
  const same = costs.map((row, k) => (row[k] < NEW ? k : null));
  const costOfSame = same.reduce((sum, k) => sum + (k === null ? NEW : costs[k][k]), 0);
  // Mostly no other numbering can be better, which is quickly seen.
  const least = costs.reduce((sum, row) => sum + Math.min(NEW, ...row), 0);
  const { cost, was } = costOfSame - least < GAIN ? { cost: costOfSame, was: same } : assignment(costs, before.length);
  const found = costOfSame - cost < GAIN ? same : was;
  return found.flatMap((k, i) => (k === i ? [] : [{ number: i + 1, was: k === null ? null : k + 1 }]));
};
