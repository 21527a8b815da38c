// Opens a URL query: the server reads the study image by image, and then fills the page.
import * as address from "../client/address.mjs";
import { SILENT, reading, refusal } from "./notices.mjs";

// The largest image is read in less; a server that is silent for longer has gone.
const PATIENCE_MS = 60000;

/** The lines of an answer, as they come; whoever stops taking them ends it. */
async function* lines(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      const parts = (rest + value).split("\n");
      rest = parts.pop();
      for (const part of parts) yield JSON.parse(part);
    }
  } finally {
    reader.cancel().catch(() => null);
  }
}

/**
 * @param {{search: string, place: ?number[], study: ?string}} opening
 * @param {() => boolean} isWanted  whether nothing else has been asked for meanwhile
 * @returns {Promise<{opened?: object, failed?: string}>}
 */
export const open = async ({ search, place, study }, isWanted) => {
  const control = new AbortController();
  let timer = 0;
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(() => control.abort(), PATIENCE_MS);
  };
  wait();
  try {
    const answer = await fetch(address.open(search, place, study), { signal: control.signal });
    if (!answer.ok) return { failed: refusal(answer.status) ?? SILENT };
    for await (const line of lines(answer.body)) {
      wait();
      if (!isWanted()) return {};
      reading(line.reading ?? null);
      if (!line.reading) return line;
    }
  } catch {
    // A server that does not answer, or one that went down.
  } finally {
    clearTimeout(timer);
  }
  reading(null);
  return { failed: SILENT };
};
