// The page's own notes.

/** What the page says of a server that does not answer. */
export const SILENT = "The server does not answer. Check the connection, then try again.";

const BRIEF_MS = 6000; // a note about something done goes by itself
let timer = 0;

const say = (sentence, role) => {
  const note = document.getElementById("client-notice") ?? document.createElement("div");
  note.id = "client-notice";
  note.className = "client-notice";
  note.setAttribute("role", role);
  note.textContent = sentence;
  document.body.append(note);
  clearTimeout(timer);
  return note;
};

/** Says that something is done, if the page would not show it. */
export const notify = (sentence) => {
  const note = say(sentence, "status");
  note.classList.add("brief");
  timer = setTimeout(() => note.remove(), BRIEF_MS);
};

/** Says what has failed, with a button that tries it again. */
export const failed = (sentence, again) => {
  const note = say(`${sentence} `, "alert");
  const button = Object.assign(document.createElement("button"), { className: "text-button", textContent: "Try again" });
  button.onclick = () => { note.remove(); again(); };
  note.append(button);
};

/** Shows which image of a new study is being read; null hides the line. */
export const reading = (read) => {
  const line = document.getElementById("reading");
  if (!line) return;
  line.hidden = !read;
  line.querySelector("span").textContent = read ? `Reading ${read.image} (${read.number} of ${read.of})` : "";
  line.querySelector("progress").value = read ? (read.number - 1) / read.of : 0;
};

document.addEventListener("click", (event) => {
  event.target.closest?.(".notice-close")?.parentElement.remove();
});
