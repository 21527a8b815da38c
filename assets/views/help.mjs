// The help: a dialog of the page, which the browser closes by Escape and by its own button.
const dialog = document.getElementById("help");

export const open = () => dialog.showModal();

export const init = () => {
  document.getElementById("help-button").addEventListener("click", open);
  // Only the backdrop is outside of what the dialog holds.
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
};
