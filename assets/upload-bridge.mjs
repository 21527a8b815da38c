// Wires the modules of uploads to the scripts of the page, until those are modules as well.
import { init as initUpload } from "./views/upload.mjs";
import { init as initOwn } from "./views/upload-own.mjs";

const page = {
  open: (view) => window.neuromix.flow.open(view),
  notify: (sentence) => window.neuromix.page.tell(sentence),
  stopAhead: () => window.neuromix.settled.stopAhead(),
};
initUpload(page);
const follow = initOwn(page);
new MutationObserver(() => {
  if (document.getElementById("upload-own")) follow(window.neuromix.flow.state.source?.view.study ?? "");
}).observe(document.documentElement, { attributeFilter: ["data-settled"] });
