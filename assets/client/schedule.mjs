// When the server is asked. While the View keeps changing (a drag, a held key), redrawn graphs
// would make the pictures stutter: a single step is sent at once, a movement when it rests.

const REST_MS = 90;

/**
 * @param {object} clock
 * @param {() => number} clock.now  in ms
 * @param {(work: () => void, ms: number) => number} clock.later
 * @param {(timer: number) => void} clock.cancel
 * @param {() => void} send  what is done at rest
 */
export const schedule = ({ now, later, cancel }, send) => {
  let changed = -Infinity;
  let held = false;
  let timer = null;

  const rest = () => {
    changed = -Infinity;
    cancel(timer);
    timer = null;
    send();
  };

  return {
    /** The View has changed. */
    change() {
      const moving = held || now() - changed < REST_MS;
      changed = now();
      cancel(timer);
      timer = null;
      if (moving) timer = later(rest, REST_MS);
      else send();
    },
    /** A pointer holds the slider. */
    hold() { held = true; },
    /** It is let go: whatever waits is sent. */
    release() {
      held = false;
      changed = -Infinity;
      if (timer !== null) rest();
    },
    /** Something else than a movement is asked for next. */
    reset() { changed = -Infinity; },
  };
};
