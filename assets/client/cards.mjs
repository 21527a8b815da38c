// Which cards a View changes. A card is drawn anew only when a field that it depends on changes.
import { text } from "./address.mjs";

/**
 * @typedef {{id: string, group: string, fields: string[], fieldsOfWhole: string[], outputs: string[],
 *   tab: ?string}} Card
 */

/** What a card shows of a View, as one text. @param {Card} card */
export const key = (card, view, scene) =>
  [scene.key, ...fieldsOf(card, view).map((name) => encodeURIComponent(text(view[name])))].join(" ");

// A fit of the whole head is the same on every slice.
const fieldsOf = (card, { scope }) => (scope === "volume" ? card.fieldsOfWhole : card.fields);

/** Whether the card is on screen. @param {Card} card */
export const isVisible = (card, view) => !card.tab || card.tab === view.panel;

/**
 * The visible cards of a group that do not show the View yet.
 * @param {Card[]} cards @param {(id: string) => ?string} shown  the key of what a card shows
 * @returns {Card[]}
 */
export const needed = (cards, group, view, scene, shown) =>
  cards.filter((card) => card.group === group && isVisible(card, view) && shown(card.id) !== key(card, view, scene));

/** The element of a card's first output. @param {Card} card */
export const elementOf = ({ outputs }) => outputs[0].split(".")[0];

/** The graphs of all cards, by their elements. @param {Card[]} cards */
export const graphs = (cards) => cards.flatMap(({ outputs }) => outputs)
  .filter((output) => output.endsWith(".figure")).map((output) => output.replace(".figure", ""));

/** The groups of the table, in its order. @param {Card[]} cards */
export const groups = (cards) => [...new Set(cards.map(({ group }) => group))];
