// Below the controls: until when an upload of this browser is kept, and buttons that rename and
// remove it.
import { route } from "../client/address.mjs";
import { onClick } from "./events.mjs";
import { notify } from "./notices.mjs";

const PREFIX = "upload-";
const SURE_MS = 5000; // a question that nobody answers is withdrawn

const at = (id) => document.getElementById(id);
const ask = (study, options) => fetch(route(`uploads/${encodeURIComponent(study)}`), options);

// The line is short: it names the year only if it is another one.
const written = (day) => {
  const date = new Date(`${day}T00:00Z`);
  const year = date.getUTCFullYear() === new Date().getUTCFullYear() ? {} : { year: "numeric" };
  return date.toLocaleDateString("en-GB", { timeZone: "UTC", day: "numeric", month: "short", ...year });
};

/** Return a function that takes the study on screen, after each that opens.
 *  @param {{ open: (view: object) => void, reopen: () => void, stopAhead: () => Promise<void> }} page */
export const init = ({ open, reopen, stopAhead }) => {
  let shown = null; // key of the study that the line is about
  let title = "";
  let asked = 0;

  const calm = () => {
    clearTimeout(asked);
    asked = 0;
    at("upload-remove").textContent = "Remove now";
    at("upload-removing").textContent = "";
  };

  const edit = (isEdited) => {
    at("upload-naming").hidden = !isEdited;
    for (const id of ["upload-until", "upload-rename", "upload-remove"]) at(id).hidden = isEdited;
    if (!isEdited) return;
    at("upload-name").value = title;
    at("upload-name").select();
  };

  const rename = async (study, wanted) => {
    const before = title;
    try {
      const answer = await ask(study, {
        method: "PATCH", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ title: wanted }),
      });
      const { title: kept, error } = await answer.json();
      if (!answer.ok) return notify(error);
      if (study === shown) title = kept;
      reopen(); // the list of studies has the new name
      notify(`Renamed to “${kept}”.`, { label: "Undo", act: () => rename(study, before) });
    } catch {
      notify("The upload could not be renamed. Try again.");
    }
    return null;
  };

  const follow = async (study) => {
    if (study === shown) return;
    shown = study;
    at("upload-own").hidden = true;
    document.querySelector("#client-done:has(button)")?.remove(); // it is about another study
    calm();
    edit(false);
    if (!study.startsWith(PREFIX)) return;
    try {
      const answer = await ask(study);
      const facts = answer.ok ? await answer.json() : {};
      if (study !== shown || !facts.own) return;
      title = facts.title;
      at("upload-until").textContent = `Your upload, kept until ${written(facts.removed)}`;
      at("upload-own").hidden = false;
    } catch {
      shown = null; // to be asked again
    }
  };

  const remove = async () => {
    if (!asked) {
      at("upload-remove").textContent = "Really remove?";
      at("upload-removing").textContent = "Press again to remove the upload.";
      asked = setTimeout(calm, SURE_MS);
      return;
    }
    calm();
    try {
      await stopAhead(); // slices asked for ahead would find the study gone
      const answer = await ask(shown, { method: "DELETE" });
      if (!answer.ok && answer.status !== 404) throw new Error(answer.statusText);
      open({});
      notify("Upload and all derived data deleted.");
      at("control-upload").focus(); // the button is gone with the upload
    } catch {
      at("upload-until").textContent = "The upload could not be removed. Try again.";
    }
  };

  onClick("#upload-remove", remove);
  onClick("#upload-rename", () => edit(true));
  const leave = () => {
    edit(false);
    at("upload-rename").focus();
  };
  document.addEventListener("submit", (event) => {
    if (event.target.id !== "upload-naming") return;
    event.preventDefault();
    const wanted = at("upload-name").value.trim();
    leave();
    if (wanted && wanted !== title) rename(shown, wanted);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && event.target.id === "upload-name") leave();
  });
  return follow;
};
