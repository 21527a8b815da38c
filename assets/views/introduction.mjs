// One line that explains the sample, in the place of the check, until the visitor has closed it. A
// link says what to look at, so only the bare address is introduced.

const KEY = "neuromix-introduced";

// A browser may keep nothing.
const remembered = () => { try { return localStorage.getItem(KEY); } catch { return null; } };
const remember = () => { try { localStorage.setItem(KEY, "1"); } catch { /* it comes again */ } };

export const introduction = () => {
  const root = document.documentElement;
  if (location.search || remembered()) return;
  root.dataset.introduced = "no";
  document.addEventListener("click", (event) => {
    if (!event.target.closest?.(".introduction-close")) return;
    delete root.dataset.introduced;
    remember();
    document.querySelector(".check summary")?.focus({ preventScroll: true });
  });
};
