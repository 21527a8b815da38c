// Below the controls: until when an upload of this browser is kept, and a button that removes it.
import { route } from "../client/address.mjs";

const PREFIX = "upload-";
const SURE_MS = 5000; // a question that nobody answers is withdrawn

const at = (id) => document.getElementById(id);

// The line is short: it names the year only if it is another one.
const written = (day) => {
  const date = new Date(`${day}T00:00Z`);
  const year = date.getUTCFullYear() === new Date().getUTCFullYear() ? {} : { year: "numeric" };
  return date.toLocaleDateString("en-GB", { timeZone: "UTC", day: "numeric", month: "short", ...year });
};

/** Return a function that takes the study on screen, after each that opens.
 *  @param {{ open: (view: object) => void, notify: (sentence: string) => void,
 *    stopAhead: () => Promise<void> }} page */
export const init = ({ open, notify, stopAhead }) => {
  let shown = null; // key of the study that the line is about
  let asked = 0;

  const calm = () => {
    clearTimeout(asked);
    asked = 0;
    at("upload-remove").textContent = "Remove now";
    at("upload-removing").textContent = "";
  };

  const follow = async (study) => {
    if (study === shown) return;
    shown = study;
    at("upload-own").hidden = true;
    calm();
    if (!study.startsWith(PREFIX)) return;
    try {
      const answer = await fetch(route(`uploads/${encodeURIComponent(study)}`));
      const facts = answer.ok ? await answer.json() : {};
      if (study !== shown || !facts.own) return;
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
      const answer = await fetch(route(`uploads/${encodeURIComponent(shown)}`), { method: "DELETE" });
      if (!answer.ok && answer.status !== 404) throw new Error(answer.statusText);
      open({});
      notify("Upload and all derived data deleted.");
      at("control-upload").focus(); // the button is gone with the upload
    } catch {
      at("upload-until").textContent = "The upload could not be removed. Try again.";
    }
  };

  document.addEventListener("click", (event) => { if (event.target.id === "upload-remove") remove(); });
  return follow;
};
