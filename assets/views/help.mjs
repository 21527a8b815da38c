// The help: a dialog of the page, which the browser closes by Escape and by its own button.
export const init = () => {
  const dialog = document.getElementById("help");
  document.getElementById("help-button").addEventListener("click", () => dialog.showModal());
  // Only the backdrop is outside of what the dialog holds.
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
};
