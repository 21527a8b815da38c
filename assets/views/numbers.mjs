// The numbers of the slice on screen, fetched once somebody looks at a voxel.
import * as address from "../client/address.mjs";
import { unpack } from "../client/voxels.mjs";

/** Where a pixel's numbers stand. */
export const indexIn = (slice, { row, column }) => (slice.rows - 1 - row) * slice.columns + column;

/**
 * @param {() => {wanted: object, scene: object, config: object}} shown
 * @param {() => void} came  is called once they are there, or cannot come
 */
export const numbers = (shown, came) => {
  let fetched = { address: null, slice: null, failed: null, coming: null };

  const wantedAddress = () => address.voxels(shown().wanted, shown().scene, shown().config);

  const get = async (mine) => {
    try {
      const answer = await fetch(mine.address);
      if (!answer.ok) mine.failed = await answer.text();
      else mine.slice = unpack(await answer.arrayBuffer());
    } catch {
      mine.address = null; // to be tried again
    }
    if (mine === fetched) came();
  };

  /** What is known of the slice on screen: its numbers, or why there are none. */
  const current = () => (fetched.address && fetched.address === wantedAddress() ? fetched : {});

  /** Resolves once the numbers have come. */
  const ask = () => {
    const wanted = wantedAddress();
    if (!wanted || wanted === fetched.address) return fetched.coming;
    fetched = { address: wanted, slice: null, failed: null };
    fetched.coming = get(fetched);
    return fetched.coming;
  };

  return { current, ask };
};
