// Files to keep: what the server makes, step by step, and what the page itself has drawn.
import { element } from "./elements.mjs";
import { failed, worked } from "./failures.mjs";
import { SILENT, refusal } from "./notices.mjs";

const STEPS = "application/x-neuromix-steps"; // lines of JSON, then the bytes of the file
const PATIENCE_MS = 1000; // what takes longer shows how far it is
const KEPT_MS = 60000; // a browser has taken a file long before
const EXPORT = "export"; // among the failures

/** Gives the browser a file to keep. @param {Blob} content @param {string} name */
export const keep = (content, name) => {
  const link = element("a", "", { href: URL.createObjectURL(content), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), KEPT_MS);
};

class Refused extends Error {} // with the server's sentence

const NAME = /filename\*=UTF-8''([^;]+)/;
const nameOf = (answer) => decodeURIComponent(NAME.exec(answer.headers.get("Content-Disposition") ?? "")?.[1] ?? "neuromix");

/** Reads the steps, then the file. @param {(share: number) => void} step */
const inSteps = async (body, step) => {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let held = new Uint8Array(0);
  let file = null;
  const chunks = [];
  for (let { value, done } = await reader.read(); !done; { value, done } = await reader.read()) {
    if (file) {
      chunks.push(value);
      continue;
    }
    const joined = new Uint8Array(held.length + value.length);
    joined.set(held);
    joined.set(value, held.length);
    held = joined;
    for (let end = held.indexOf(10); end >= 0 && !file; end = held.indexOf(10)) {
      const line = JSON.parse(decoder.decode(held.subarray(0, end)));
      held = held.subarray(end + 1);
      if (line.failed) throw new Refused(line.failed);
      if ("done" in line) step(line.done);
      else file = line;
    }
    if (file) chunks.push(held);
  }
  const content = new Blob(chunks, { type: file?.type });
  if (!file || content.size !== file.size) throw new TypeError("the answer ended early");
  return { content, name: file.name };
};

/** A note that shows how far a file is, and can cancel it; once it takes longer than a moment. */
const note = (label, cancel) => {
  const made = element("div", "client-notice saving-notice", { role: "status" });
  const bar = element("progress");
  const button = element("button", "text-button", { type: "button", onclick: cancel }, "Cancel");
  const timer = setTimeout(() => {
    // Beside a dialog nothing can be pressed.
    (document.querySelector("dialog[open]") ?? document.body).append(made); // a live region reads out what comes into it
    made.append(`Making ${label}`, bar, button);
  }, PATIENCE_MS);
  return {
    step: (share) => { if (share) bar.value = share; },
    end: () => {
      clearTimeout(timer);
      made.remove();
    },
  };
};

/**
 * Does work that takes a while, which can be cancelled.
 * @template T
 * @param {string} label  what is made, in a note
 * @param {(signal: AbortSignal, step: (share: number) => void) => Promise<T>} work
 * @param {() => void} again
 * @returns {Promise<?T>} null if it was cancelled or has failed, which the page says
 */
const atWork = async (label, work, again) => {
  const control = new AbortController();
  const said = note(label, () => control.abort());
  try {
    const found = await work(control.signal, said.step);
    worked(EXPORT);
    return found;
  } catch (error) {
    if (!control.signal.aborted) failed(EXPORT, error instanceof Refused ? error.message : SILENT, again);
    return null;
  } finally {
    said.end();
  }
};

/** Asks the server, which may refuse. */
const asked = async (from, options) => {
  const answer = await fetch(from, options);
  if (answer.ok) return answer;
  const said = answer.status === 404 ? await answer.text() : "The server could not make this.";
  throw new Refused(refusal(answer.status) ?? said);
};

/**
 * Asks the server for a file.
 * @param {string} from @param {string} label  what it is, in a note
 * @returns {Promise<?{content: Blob, name: string}>} null if it was cancelled or has failed, which the page says
 */
export const fetched = (from, label, again) => atWork(label, async (signal, step) => {
  const answer = await asked(from, { signal, headers: { "X-Steps": "1" } });
  const isStepwise = answer.headers.get("Content-Type")?.startsWith(STEPS);
  return isStepwise ? inSteps(answer.body, step) : { content: await answer.blob(), name: nameOf(answer) };
}, again);

/**
 * Asks the server for what a card shows, until all of it is there.
 * @param {string} from @param {string} label @param {() => void} again
 * @returns {Promise<?Object<string, *>>} by output; null as of `fetched`
 */
export const drawn = (from, label, again) => atWork(label, async (signal) => {
  for (;;) {
    const values = await (await asked(from, { signal })).json();
    if (!("unfinished" in values)) return values;
  }
}, again);

/** Asks the server for a file, and keeps it. */
export const save = async (from, label) => {
  const found = await fetched(from, label, () => save(from, label));
  if (found) keep(found.content, found.name);
};
