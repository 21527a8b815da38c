// The numbers of the slices on screen, fetched once somebody looks at a voxel.
import * as address from "../client/address.mjs";
import { keep } from "../client/kept.mjs";
import { unpack } from "../client/voxels.mjs";

const KEPT = 3; // a slice of each plane

/** Where a pixel's numbers stand. */
export const indexIn = (slice, { row, column }) => (slice.rows - 1 - row) * slice.columns + column;

/**
 * @param {() => {config: object}} shown
 * @param {() => void} came  is called once some are there, or cannot come
 */
export const numbers = (shown, came) => {
  const fetched = new Map(); // by address: the slice, why there is none, and the promise of it

  const addressOf = ({ view, scene }) => address.voxels(view, scene, shown().config);

  const get = async (where, mine) => {
    try {
      const answer = await fetch(where);
      if (!answer.ok) mine.failed = await answer.text();
      else mine.slice = unpack(await answer.arrayBuffer());
    } catch {
      fetched.delete(where); // to be tried again
    }
    came();
  };

  /** What is known of a stage's slice: its numbers, or why there are none. */
  const current = (stage) => fetched.get(addressOf(stage)) ?? {};

  /** Resolves once the numbers have come. @param {import("../client/stages.mjs").Stage} stage */
  const ask = (stage) => {
    const where = addressOf(stage);
    if (!where) return null;
    const mine = fetched.get(where) ?? { slice: null, failed: null };
    keep(fetched, where, mine, KEPT);
    return (mine.coming ??= get(where, mine));
  };

  return { current, ask };
};
