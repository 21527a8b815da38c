// Opening one's own files: chosen or dropped, sent in one request with progress, then shown.
// The server's half is dashboard/web/uploads.py; names of files get into the page as text only.
(() => {
  "use strict";
  const neuromix = (window.neuromix ??= {});
  const { amount, readable, problem, dropped } = neuromix.files;
  const at = (id) => document.getElementById(id);

  const RATE_MS = 4000; // the rate is that of the last seconds
  const ASK_BYTES = 8 * 2 ** 20; // from here on it pays to ask for room before sending
  const NAMES_SHOWN = 3;
  const LOST = "The connection to the server was lost, or a file changed or cannot be read. Try again.";

  let limits = null; // what the server takes: see files.js
  let request = null; // the upload under way
  let refused = []; // sentences on files that are left out

  // ---- text
  const duration = (seconds) => {
    if (seconds < 60) return `${Math.max(1, Math.round(seconds))} s left`;
    return `${Math.round(seconds / 60)} min left`;
  };
  const count = (number) => (number === 1 ? "1 file" : `${number} files`);
  const listed = (files) => {
    const names = files.slice(0, NAMES_SHOWN).map((file) => file.name);
    const more = files.length - names.length;
    return names.join(", ") + (more ? ` and ${more} more` : "");
  };

  // ---- the card
  let cameFrom = null; // where the focus was before the card took it
  const show = (phase, title) => {
    if (at("upload").hidden) {
      cameFrom = document.activeElement;
      at("upload").hidden = false;
      at("upload").focus({ preventScroll: true });
    }
    at("upload").dataset.phase = phase;
    at("upload-title").textContent = title;
    at("upload-close").textContent = phase === "told" ? "Close" : "Cancel";
  };

  const tell = (title, sentences) => {
    show("told", title);
    at("upload-problems").replaceChildren(...sentences.map((sentence) => {
      const line = document.createElement("li");
      line.textContent = sentence;
      return line;
    }));
  };

  const hide = () => {
    if (at("upload").contains(document.activeElement)) {
      const back = cameFrom === document.body ? null : cameFrom;
      (back ?? at("control-upload")).focus({ preventScroll: true });
    }
    at("upload").hidden = true;
    at("upload-status").textContent = "";
    at("upload-problems").replaceChildren();
  };

  const advance = (loaded, total, rate) => {
    const percent = total ? Math.floor((100 * loaded) / total) : 0;
    at("upload-bar").setAttribute("aria-valuenow", percent);
    at("upload-done").style.setProperty("width", `${percent}%`);
    const parts = [`${percent} %`, `${amount(loaded)} of ${amount(total)}`];
    if (rate > 0) parts.push(`${amount(Math.round(rate))}/s`, duration((total - loaded) / rate));
    at("upload-amount").textContent = parts.join(" · ");
  };

  const checking = () => {
    show("checking", "Checking the images…");
    at("upload-bar").removeAttribute("aria-valuenow");
    at("upload-amount").textContent = "The server reads every file to its end.";
    at("upload-status").textContent = "Uploaded. Checking the images.";
  };

  // ---- sending
  const meter = () => {
    const seen = [];
    return (loaded) => {
      const now = performance.now();
      seen.push([now, loaded]);
      while (seen.length > 2 && now - seen[0][0] > RATE_MS) seen.shift();
      const seconds = (now - seen[0][0]) / 1000;
      return seconds > 0.5 ? (loaded - seen[0][1]) / seconds : 0;
    };
  };

  const failed = (sentence, more = []) => {
    tell("These files were not opened", [sentence, ...refused, ...more].filter(Boolean));
  };

  const answered = (sent) => {
    request = null;
    let answer = {};
    try {
      answer = JSON.parse(sent.responseText);
    } catch {
      // An answer of a proxy, or of a server that is going down.
    }
    if (sent.status !== 201) {
      if (answer.refused?.length) return failed("", answer.refused);
      return failed(answer.error ?? `The server could not take the upload (${sent.status}). Try again later.`);
    }
    const lines = [...refused, ...answer.refused];
    refused = [];
    if (lines.length) tell(`“${answer.title}” is open, without ${count(lines.length)}`, lines);
    else hide();
    neuromix.flow.open({ study: answer.study });
  };

  // Ends what is under way; a press of Cancel, or a connection that broke.
  const stop = () => {
    const sent = request;
    request = null;
    sent?.abort();
    hide();
  };

  const send = (files) => {
    const form = new FormData();
    for (const file of files) form.append("files", file, file.name);
    const sent = new XMLHttpRequest();
    const rate = meter();
    const mine = () => sent === request;
    sent.upload.onprogress = (event) => mine() && advance(event.loaded, event.total, rate(event.loaded));
    sent.upload.onload = () => mine() && checking();
    sent.onload = () => mine() && answered(sent);
    sent.onerror = () => {
      if (!mine()) return;
      request = null;
      failed(LOST);
    };
    request = sent;
    sent.open("POST", "/uploads");
    sent.send(form);
  };

  // Asks whether there is room, so that nobody waits for a long upload to hear that there is none.
  const roomFor = async (total) => {
    if (total < ASK_BYTES) return null;
    try {
      const answer = await fetch(`/uploads/room?bytes=${total}`);
      return answer.ok ? null : (await answer.json()).error;
    } catch {
      return null; // sending will tell
    }
  };

  const start = async (chosen) => {
    if (request) {
      at("upload-status").textContent = "Wait for this upload to end, or cancel it first.";
      at("upload").classList.remove("upload-nudge");
      requestAnimationFrame(() => at("upload").classList.add("upload-nudge"));
      return;
    }
    hide();
    refused = [];
    const files = readable(chosen, limits, refused);
    const wrong = files.length || !refused.length ? problem(files, limits) : ""; // the sentences say it
    if (wrong !== null) return failed(wrong);
    const total = files.reduce((sum, file) => sum + file.size, 0);
    show("sending", `Uploading ${count(files.length)}`);
    at("upload-files").textContent = listed(files);
    at("upload-status").textContent = `Uploading ${count(files.length)}, ${amount(total)}.`;
    advance(0, total, 0);
    const asked = { abort() {} };
    request = asked;
    const full = await roomFor(total);
    if (request !== asked) return; // cancelled meanwhile
    request = null;
    if (full) failed(full);
    else send(files);
  };

  // ---- choosing and dropping
  const makeInput = () => {
    const label = at("upload-open");
    if (!label) return false;
    limits = JSON.parse(label.dataset.limits);
    const input = document.createElement("input");
    Object.assign(input, { type: "file", id: "control-upload", className: "visually-hidden", multiple: true });
    input.setAttribute("aria-describedby", "control-upload-help");
    input.addEventListener("change", () => {
      start([...input.files]);
      input.value = ""; // the same files may be chosen again
    });
    label.append(input);
    return true;
  };
  const waiting = new MutationObserver(() => { if (makeInput()) waiting.disconnect(); });
  if (!makeInput()) waiting.observe(document, { childList: true, subtree: true });

  const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");
  let inside = 0; // every element that is crossed tells of entering and leaving
  const target = (shown) => {
    if (!shown) inside = 0;
    if (at("upload-drop")) at("upload-drop").hidden = !shown;
  };
  addEventListener("dragenter", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    inside += 1;
    target(true);
  });
  addEventListener("dragleave", (event) => {
    if (carriesFiles(event) && (inside -= 1) <= 0) target(false);
  });
  addEventListener("dragover", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
  });
  addEventListener("drop", async (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault(); // else the browser would leave the page for the file
    target(false);
    if (!limits) return;
    try {
      await start(await dropped(event.dataTransfer, limits));
    } catch {
      refused = [];
      failed("The dropped files cannot be read. Check that they are still there, and try again.");
    }
  });

  // ---- ending
  document.addEventListener("click", (event) => {
    if (event.target.id === "upload-close") stop();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || !at("upload") || at("upload").hidden) return;
    // A menu or a dialog that is open takes the key for itself.
    if (event.target.closest?.("[role=dialog]:not(#upload), [aria-expanded=true]")) return;
    stop();
  });
  addEventListener("beforeunload", (event) => { if (request) event.preventDefault(); });

  neuromix.upload = { start };
})();
