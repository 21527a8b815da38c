// "Copy as TSV": the tables of a card as tab-separated values, with plain numbers.
import { element } from "./elements.mjs";
import { onClick } from "./events.mjs";
import { notify } from "./notices.mjs";

// A cell that holds a mean and its SD is two columns; `data-value` has what a cell shows otherwise.
const valueOf = (cell) => cell.dataset.value ?? named(cell.textContent.trim().replace(/\s+/g, " "));
// A spreadsheet would compute a name that begins as a formula, which may come from anybody's link.
const named = (text) => (/^[=+@-]/.test(text) && Number.isNaN(Number(text)) ? `'${text}` : text);
const rowOf = (row) => [...row.cells].map(valueOf).join("\t");
const textOf = (table) => [...table.rows].map(rowOf).join("\n");

const copy = async (text) => {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Browsers give no clipboard to pages that are not served over https or from this machine.
    const area = element("textarea", "", { value: text });
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
};

onClick("[data-copies]", ({ dataset: { copies } }) => {
  const tables = document.querySelectorAll(`#${copies} table.numbers`);
  copy(`${[...tables].map(textOf).join("\n\n")}\n`).then(() => notify("Copied. Paste it into a spreadsheet."));
});
