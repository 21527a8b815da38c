// An upload as a state and the events that change it, what the page says of it, and the files of
// dropped folders. No DOM and no network; which files are taken is for the server to say.

/** @typedef {{ name: string, size: number }} Named  a file from a folder has its path as its name
 *  @typedef {"idle" | "asking" | "sending" | "checking" | "ended"} Phase
 *  @typedef {{ phase: Phase, files?: Named[], refused?: string[], samples?: [number, number][],
 *    total?: number, nudges?: number, title?: string, lines?: string[] }} State */

const RATE_MS = 4000; // the rate is that of the last seconds
const LEAST_MS = 500; // before that a rate is a guess
const NAMES_SHOWN = 3;

const SIGNED_OUT = "You are signed out. Reload the page to sign in, then open the files again.";

/** @type {State} */
export const IDLE = { phase: "idle" };

/** @param {State} state */
export const isBusy = ({ phase }) => ["asking", "sending", "checking"].includes(phase);

/** The state after an event; one that comes too late changes nothing.
 *  @param {State} state
 *  @param {{ type: string, [fact: string]: any }} event */
export const next = (state, event) => {
  if (event.type === "chosen") {
    if (isBusy(state)) return { ...state, nudges: state.nudges + 1 };
    return { phase: "asking", files: event.files, refused: [], samples: [], nudges: 0 };
  }
  if (event.type === "closed") return IDLE;
  if (event.type === "failed") {
    return { phase: "ended", title: "These files were not opened", lines: [...event.lines, ...(state.refused ?? [])] };
  }
  if (event.type === "planned" && state.phase === "asking") {
    const files = event.send.map((number) => state.files[number]);
    return { ...state, phase: "sending", files, total: sum(files), refused: event.refused };
  }
  if (event.type === "progress" && state.phase === "sending") {
    return { ...state, total: event.total, samples: recent([...state.samples, [event.at, event.loaded]]) };
  }
  if (event.type === "sent" && state.phase === "sending") return { ...state, phase: "checking" };
  if (event.type === "opened" && isBusy(state)) {
    const lines = [...state.refused, ...event.refused];
    return lines.length ? { phase: "ended", title: `“${event.title}” is open, without ${count(lines)}`, lines } : IDLE;
  }
  return state;
};

/** The event that an answer of the server is: `type` if it is the one hoped for.
 *  @param {string} type
 *  @param {number} status
 *  @param {string} text */
export const answered = (type, status, text) => {
  let answer = null;
  try {
    answer = JSON.parse(text);
  } catch {
    // An answer of a proxy, or of a server that is going down.
  }
  if (status < 300 && answer) return { ...answer, type };
  if (status === 401) return { type: "failed", lines: [SIGNED_OUT] };
  if (answer?.refused?.length) return { type: "failed", lines: answer.refused };
  return { type: "failed", lines: [answer?.error ?? `The server cannot accept the upload (${status}). Try again later.`] };
};

// ---- text
const sum = (files) => files.reduce((bytes, file) => bytes + file.size, 0);
const count = ({ length }) => (length === 1 ? "1 file" : `${length} files`);
const megabytes = (bytes) => (bytes / 2 ** 20).toFixed(1);
const duration = (seconds) =>
  seconds < 60 ? `${Math.max(1, Math.round(seconds))} s left` : `${Math.round(seconds / 60)} min left`;

const recent = (samples) => {
  const first = samples.findIndex(([at]) => samples.at(-1)[0] - at <= RATE_MS);
  return samples.slice(Math.min(first, Math.max(0, samples.length - 2)));
};

const rate = (samples) => {
  const [[start, before], [end, loaded]] = [samples[0], samples.at(-1)];
  return end - start > LEAST_MS ? (1000 * (loaded - before)) / (end - start) : 0;
};

const listed = (files) => {
  const names = files.slice(0, NAMES_SHOWN).map((file) => file.name.split("/").at(-1));
  const more = files.length - names.length;
  return names.join(", ") + (more ? ` and ${more} more` : "");
};

const progress = ({ samples, total }) => {
  const loaded = samples.at(-1)?.[1] ?? 0;
  const percent = total ? Math.floor((100 * loaded) / total) : 0;
  const parts = [`${percent}%`, `${megabytes(loaded)} of ${megabytes(total)} MB`];
  const speed = samples.length ? rate(samples) : 0;
  if (speed > 0) parts.push(`${megabytes(speed)} MB/s`, duration((total - loaded) / speed));
  return { percent, amount: parts.join(" · ") };
};

/** What the card says; no `percent` where nobody can know it.
 *  @param {State} state */
export const described = (state) => {
  const { phase, files = [], title = "", lines = [], nudges } = state;
  const said = { title, lines, files: listed(files), amount: "", status: "", button: phase === "ended" ? "Close" : "Cancel" };
  if (phase === "asking") said.title = "Contacting the server";
  if (phase === "sending") {
    said.title = `Uploading ${count(files)}`;
    said.status = `Uploading ${count(files)}, ${megabytes(sum(files))} MB.`;
    Object.assign(said, progress(state));
  }
  if (phase === "checking") {
    said.title = "Checking the images";
    said.amount = "The server reads each file to its end.";
    said.status = "Uploaded. The server checks the images.";
  }
  if (nudges) said.status = "Wait for this upload to finish, or cancel it first.";
  return said;
};

// ---- dropped folders
const ask = (entry, method) => new Promise((resolve, reject) => entry[method](resolve, reject));
const named = (file, name = file.name) => ({ name, size: file.size, file });

const within = async (folder, most, found) => {
  const reader = folder.createReader();
  for (;;) {
    const some = await ask(reader, "readEntries"); // gives at most a hundred at a time
    if (!some.length) return;
    const seen = some.filter((entry) => !entry.name.startsWith("."));
    const files = seen.filter((entry) => !entry.isDirectory);
    found.push(...(await Promise.all(files.map(async (entry) => named(await ask(entry, "file"), entry.fullPath)))));
    for (const entry of seen) {
      if (found.length > most) return; // the server refuses these already
      if (entry.isDirectory) await within(entry, most, found);
    }
  }
};

/** The files of a drop, in folders and below them as well; little more than `most` of them.
 *  @param {{ file: File | null, entry?: FileSystemEntry | null }[]} items
 *  @param {number} most */
export const dropped = async (items, most) => {
  const found = [];
  for (const { entry, file } of items) {
    if (entry?.isDirectory) await within(entry, most, found);
    else if (file) found.push(named(file));
  }
  return found;
};

/** @param {Iterable<File>} files */
export const chosen = (files) => [...files].map((file) => named(file));
