// Opening one's own files: chosen or dropped, planned with the server, sent in one request, shown.
// The server's half is dashboard/web/uploads.py. Names of files get into the page as text only.
import { route } from "../client/address.mjs";
import { IDLE, answered, chosen, described, dropped, isBusy, next } from "../client/upload.mjs";
import { element, write } from "./elements.mjs";
import { onClick } from "./events.mjs";
import { SILENT } from "./notices.mjs";

const LOST = "The connection to the server was lost, or a file changed or cannot be read. Try again.";
const UNREADABLE = "The dropped files cannot be read. Check that they still exist, and try again.";

const at = (id) => document.getElementById(id);

// ---- the card
let cameFrom = null; // where the focus was before the card took it

const show = (card) => {
  if (!card.hidden) return;
  cameFrom = document.activeElement;
  card.hidden = false;
  card.focus({ preventScroll: true });
};

const hide = (card) => {
  if (card.contains(document.activeElement)) {
    const back = cameFrom === document.body ? null : cameFrom;
    (back ?? at("control-upload")).focus({ preventScroll: true });
  }
  card.hidden = true;
};

const draw = (state, before) => {
  const card = at("upload");
  const { title, files, amount, status, button, percent, lines } = described(state);
  if (state.phase === "idle") hide(card);
  else show(card);
  card.dataset.phase = state.phase;
  write(at("upload-title"), title);
  write(at("upload-close"), button);
  write(at("upload-files"), files);
  write(at("upload-amount"), amount);
  write(at("upload-status"), status);
  if (percent === undefined) at("upload-bar").removeAttribute("value");
  else at("upload-bar").value = percent;
  if (state.lines !== before.lines) at("upload-problems").replaceChildren(...lines.map((line) => element("li", "", {}, line)));
  if (state.nudges > before.nudges && !matchMedia("(prefers-reduced-motion: reduce)").matches) {
    card.animate({ translate: ["0", "-5px", "5px", "0"] }, 300);
  }
};

// ---- the server
const plan = async (files, signal) => {
  const body = JSON.stringify(files.map(({ name, size }) => ({ name, size })));
  const answer = await fetch(route("uploads/plan"), { method: "POST", body, signal });
  return answered("planned", answer.status, await answer.text());
};

// Only XMLHttpRequest reports the progress of a body.
const send = (files, signal, on) => new Promise((resolve, reject) => {
  const form = new FormData();
  for (const { file } of files) form.append("files", file, file.name);
  const request = new XMLHttpRequest();
  request.upload.onprogress = ({ loaded, total }) => on({ type: "progress", loaded, total, at: performance.now() });
  request.upload.onload = () => on({ type: "sent" });
  request.onload = () => resolve(answered("opened", request.status, request.responseText));
  request.onerror = reject;
  signal.addEventListener("abort", () => request.abort());
  request.open("POST", route("uploads"));
  request.send(form);
});

// ---- dragging
const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");

const catchDrops = (start, fail) => {
  let inside = 0; // every element that the pointer crosses reports entering and leaving
  const target = (shown) => {
    if (!shown) inside = 0;
    if (at("upload-drop")) at("upload-drop").hidden = !shown;
  };
  const on = (type, act) => addEventListener(type, (event) => { if (carriesFiles(event)) act(event); });
  on("dragenter", (event) => {
    event.preventDefault();
    inside += 1;
    target(true);
  });
  on("dragleave", () => { if ((inside -= 1) <= 0) target(false); });
  on("dragover", (event) => {
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
  });
  on("drop", async (event) => {
    event.preventDefault(); // else the browser would leave the page for the file
    target(false);
    const label = at("upload-open");
    if (!label) return;
    // Entries have to be taken at once: the list is empty after the event.
    const items = [...event.dataTransfer.items].filter((item) => item.kind === "file");
    const taken = items.map((item) => ({ entry: item.webkitGetAsEntry?.(), file: item.getAsFile() }));
    try {
      start(await dropped(taken, Number(label.dataset.most)));
    } catch {
      fail(UNREADABLE);
    }
  });
};

// ---- choosing: Dash has no such input
const makeInput = (start) => {
  const label = at("upload-open");
  if (!label) return false;
  const input = element("input", "visually-hidden", { type: "file", id: "control-upload", multiple: true });
  input.setAttribute("aria-description", label.dataset.help);
  input.addEventListener("change", () => {
    start(chosen(input.files));
    input.value = ""; // the same files may be chosen again
  });
  label.append(input);
  return true;
};

/** Let people open files of their own.
 *  @param {{ open: (view: { study: string }) => void }} page  opens a study */
export const init = ({ open }) => {
  let state = IDLE;
  let running = new AbortController();
  const on = (event) => {
    const before = state;
    state = next(state, event);
    if (state !== before) draw(state, before);
  };

  const start = async (files) => {
    const isFirst = !isBusy(state);
    on({ type: "chosen", files });
    if (!isFirst) return;
    running = new AbortController();
    const { signal } = running;
    const mine = (event) => { if (!signal.aborted) on(event); };
    try {
      mine(await plan(files, signal));
    } catch {
      mine({ type: "failed", lines: [SILENT] });
    }
    if (signal.aborted || state.phase !== "sending") return;
    try {
      const event = await send(state.files, signal, mine);
      mine(event);
      if (event.type === "opened") open({ study: event.study });
    } catch {
      mine({ type: "failed", lines: [LOST] });
    }
  };

  const stop = () => {
    running.abort();
    on({ type: "closed" });
  };

  const waiting = new MutationObserver(() => { if (makeInput(start)) waiting.disconnect(); });
  if (!makeInput(start)) waiting.observe(document, { childList: true, subtree: true });
  catchDrops(start, (sentence) => { if (!isBusy(state)) on({ type: "failed", lines: [sentence] }); });
  onClick("#upload-close", stop);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || state.phase === "idle") return;
    // A menu or a dialog that is open takes the key for itself.
    if (event.target.closest?.("[role=dialog]:not(#upload), [aria-expanded=true]")) return;
    stop();
  });
  addEventListener("beforeunload", (event) => { if (isBusy(state)) event.preventDefault(); });
};
