// The page's own notes.
import { element } from "./elements.mjs";
import { onClick } from "./events.mjs";

/** What the page says of a server that does not answer. */
export const SILENT = "The server does not answer. Check the connection, then try again.";
/** What it says where the server asks who this is: the session has ended. */
export const SIGNED_OUT = "You are signed out.";

const LONG = "The address of this view is too long for the server. Choose fewer images, or give their files shorter names.";

/** Why a server refuses any request, by the status of its answer; a proxy's server may be away for a moment. */
export const refusal = (status) => ({ 401: SIGNED_OUT, 414: LONG, 502: SILENT, 503: SILENT, 504: SILENT })[status] ?? null;

const BRIEF_MS = 6000; // a note about something done goes by itself
let timer = 0;

const textButton = (label, onclick) => element("button", "text-button", { type: "button", onclick }, label);
const closeButton = (onclick) => element("button", "notice-close", { type: "button", ariaLabel: "Close", onclick });

/** A note in the place of the one before. */
const take = (id, role) => {
  document.getElementById(id)?.remove();
  return element("div", "client-notice", { id, role });
};

/** Says that something is done, if the page would not show it; what can be undone waits for an answer. */
export const notify = (sentence, undo = null) => {
  const note = take("client-done", "status");
  document.body.append(note); // a live region reads out what comes into it
  note.textContent = sentence;
  clearTimeout(timer);
  if (undo) {
    const act = () => { note.remove(); undo.act(); };
    note.append(textButton(undo.label, act), closeButton(() => note.remove()));
  } else timer = setTimeout(() => note.remove(), BRIEF_MS);
};

/**
 * Says what has failed, as long as it has; the same sentences are said once.
 * @param {string[]} sentences  none takes the note away
 * @param {{again: () => void, close: () => void, label?: string}} buttons
 */
export const complain = (sentences, { again, close, label = "Try again" }) => {
  const said = [...document.querySelectorAll("#client-notice p")].map(({ textContent }) => textContent);
  if (said.join("\n") === sentences.join("\n")) return;
  const note = take("client-notice", "alert");
  if (!sentences.length) return;
  note.classList.add("problem-notice");
  const lines = element("div", "", {}, ...sentences.map((sentence) => element("p", "", {}, sentence)));
  note.append(lines, textButton(label, again), closeButton(close));
  document.body.append(note);
};

/** Shows which image of a new study is being read; null hides the line. */
export const reading = (read) => {
  const line = document.getElementById("reading");
  if (!line) return;
  line.hidden = !read;
  line.querySelector("span").textContent = read ? `Reading ${read.image} (${read.number} of ${read.of})` : "";
  line.querySelector("progress").value = read ? (read.number - 1) / read.of : 0;
};

// React's element stays: it is taken for the same as long as the server says the same.
onClick(".notices .notice-close", (button) => { button.parentElement.hidden = true; });
