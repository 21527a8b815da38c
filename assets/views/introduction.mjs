// One line that explains the sample, in the place of the check, until the visitor has closed it. A
// link says what to look at, so only the bare address is introduced.
import { onClick } from "./events.mjs";
import { recall, remember } from "./memory.mjs";

const KEY = "neuromix-introduced";

export const introduction = () => {
  const root = document.documentElement;
  if (location.search || recall(KEY)) return;
  root.dataset.introduced = "no";
  onClick(".introduction-close", () => {
    delete root.dataset.introduced;
    remember(KEY, "1");
    document.querySelector(".check summary")?.focus({ preventScroll: true });
  });
};
