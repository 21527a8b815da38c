// What has failed and has not worked since: it is said, and tried again once the server is back.
import { route } from "../client/address.mjs";
import { SIGNED_OUT, SILENT, complain } from "./notices.mjs";

const FIRST_MS = 1000; // a server that is started anew answers after some seconds
const MOST_MS = 8000; // however long a server was away, pages are back within ten seconds

/** A View that could not be opened; nobody needs it any more once its note is closed. */
export const OPENING = "opening";

const failures = new Map(); // by what failed: a sentence, and how it is tried again
let wait = FIRST_MS;
let timer = 0;
let isDown = false; // whether the server was asked and did not answer

const say = () => {
  const sentences = [...failures.values()].map(({ sentence }) => sentence);
  // The reason of everything else that fails meanwhile.
  if (sentences.includes(SIGNED_OUT)) complain([SIGNED_OUT], { again: () => location.reload(), close, label: "Sign in" });
  else complain(sentences.includes(SILENT) ? [SILENT] : [...new Set(sentences)], { again: retry, close });
};

const calm = () => {
  clearTimeout(timer);
  timer = 0;
  wait = FIRST_MS;
  isDown = false;
};

const retry = () => {
  isDown = false;
  for (const { again } of [...failures.values()]) again?.();
};

const close = () => {
  failures.delete(OPENING);
  complain([], {});
  if (!failures.size) calm();
};

const plan = () => { timer ||= setTimeout(ask, wait); };

const ask = async () => {
  timer = 0;
  wait = Math.min(2 * wait, MOST_MS);
  const isUp = await fetch(route("healthz"), { cache: "no-store" }).then(({ ok }) => ok, () => false);
  if (!failures.size || timer) return;
  const isSilent = [...failures.values()].some(({ sentence }) => sentence === SILENT);
  if (!isUp) isDown = true;
  // What a server that is well cannot do will not work a moment later either.
  if (isUp && (isDown || isSilent)) retry();
  if (!isUp) plan();
};

/** Says that something has failed. @param {string} what @param {string} sentence @param {() => void} again */
export const failed = (what, sentence, again) => {
  failures.set(what, { sentence, again });
  say();
  plan();
};

/** Something is under way again: it is not tried by itself meanwhile. */
export const trying = (what) => {
  const failure = failures.get(what);
  if (failure) failure.again = null;
};

/** Something has worked. */
export const worked = (what) => {
  if (!failures.delete(what)) return;
  say();
  if (!failures.size) calm();
};

/** Everything that is on screen has worked. */
export const allWorked = () => { for (const what of [...failures.keys()]) if (what !== OPENING) worked(what); };

addEventListener("online", () => {
  if (!failures.size) return;
  calm();
  isDown = true;
  ask();
});
