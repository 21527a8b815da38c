// Draws the slice on screen over the graphs of the whole head. The graphs stay as they are: a step
// through the slices changes this layer only. It consists of elements over the graphs, of which Dash
// and Plotly know nothing.
import * as address from "../client/address.mjs";
import { keep } from "../client/kept.mjs";
import { outline, shareOf } from "../client/layer.mjs";
import { neighbours } from "../client/stages.mjs";
import { AHEAD } from "./ahead.mjs";
import { element, svg } from "./elements.mjs";
import { plotOf } from "./plots.mjs";

const HISTOGRAMS = "view-histograms";
const JOINT = "view-joint";
const KEPT = 200; // slices; a layer takes about 10 kB
const REST_MS = 150; // one that stays the wanted one for so long is asked for, whoever forgot to
const WHOLE = [0, 1];
const PNG = "data:image/png;base64,";

/** @param {() => {wanted: object, scene: object, config: object}} shown */
export const layer = (shown) => {
  const known = new Map(); // by address: what has come, a promise of it, or null if it failed
  let drawn = null; // the address of what is drawn, and where the graphs were
  const nodes = new Map(); // by graph: the elements over it
  const rested = { src: null, since: 0 }; // the address that is wanted, and since when

  /** What the graphs say of themselves; null where they do not show a head of several slices. */
  const graphs = () => {
    const { wanted, scene } = shown();
    if (wanted?.scope !== "volume" || !(scene.positions?.length > 1)) return null;
    const [histograms, joint] = [plotOf(HISTOGRAMS), wanted.x !== wanted.y && plotOf(JOINT)];
    const { layers = [] } = histograms?.layout.meta ?? {};
    const { extent = null, offset, factor } = (joint && joint.layout.meta) || {};
    return layers.length || extent ? { histograms, joint, drawn: { layers, extent, offset, factor } } : null;
  };
  const addressOf = (found, slice) => {
    const { wanted, scene, config } = shown();
    return found && address.layer(wanted, scene, config, found.drawn, slice);
  };

  /** What has to be drawn: another size of a graph is another layer. */
  const keyOf = (found, src) => src && JSON.stringify([src, ...[found.histograms, found.joint].map((plot) => plot && [plot.margin, plot.inner])]);

  // ---- elements
  const put = (id, made) => {
    for (const node of nodes.get(id) ?? []) node.remove();
    nodes.set(id, made);
    document.getElementById(id)?.append(...made);
  };
  const box = (node, { left, top, width, height }) => {
    Object.assign(node.style, { left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` });
    return node;
  };

  const drawHistograms = ({ layout, margin, inner }, layers, counts) =>
    layers.map((head, index) => {
      const [x, y] = [layout[`xaxis${head.axis}`], layout[`yaxis${head.axis}`]];
      const [across, up] = [x.domain ?? WHOLE, y.domain ?? WHOLE];
      const place = {
        left: margin.l + across[0] * inner.width, top: margin.t + (1 - up[1]) * inner.height,
        width: (across[1] - across[0]) * inner.width, height: (up[1] - up[0]) * inner.height,
      };
      const node = svg("svg", { class: "slice-layer", "aria-hidden": "true" });
      node.append(svg("path", { d: outline(counts[index], head, { x, y, ...place }) }));
      return box(node, place);
    });

  const drawJoint = ({ layout: { xaxis, yaxis, images }, margin, inner }, [across, up], cloud) => {
    const node = element("div", "slice-layer", { ariaHidden: "true" });
    node.dataset.over = images?.length ? "points" : "shades";
    const picture = Object.assign(new Image(), { alt: "", decoding: "sync", src: PNG + cloud });
    const [left, right] = across.map((value) => shareOf(value, xaxis));
    const [bottom, top] = up.map((value) => shareOf(value, yaxis));
    const percent = (share) => `${100 * share}%`;
    Object.assign(picture.style, {
      left: percent(left), top: percent(1 - top), width: percent(right - left), height: percent(top - bottom),
    });
    node.append(picture);
    return box(node, { left: margin.l, top: margin.t, ...inner });
  };

  // The layer lies over all that Plotly draws. A copy of the components lies over the layer.
  const copyComponents = ({ plot, margin, inner }) => {
    const node = svg("svg", { class: "components-over", "aria-hidden": "true" });
    node.append(...[...plot.querySelectorAll(".scatterlayer")].map((drawn) => drawn.cloneNode(true)));
    return box(node, { left: margin.l, top: margin.t, ...inner });
  };

  /** Draws what has come, also after a graph was zoomed or has another size. */
  const draw = () => {
    const found = graphs();
    const src = addressOf(found);
    const come = known.get(src);
    if (src && (!come || come instanceof Promise)) return mark();
    drawn = come ? keyOf(found, src) : null;
    const { histograms, joint, drawn: { layers, extent } } = found ?? { drawn: {} };
    put(HISTOGRAMS, come && histograms && layers.length ? drawHistograms(histograms, layers, come.counts) : []);
    put(JOINT, come?.cloud && joint ? [drawJoint(joint, extent, come.cloud), copyComponents(joint)] : []);
    return null;
  };

  // Another slice's layer fades before it is replaced.
  const mark = () => {
    for (const node of [...nodes.values()].flat()) node.classList.add("late");
  };

  const load = (src, options) => {
    const before = known.get(src);
    if (before !== undefined && before !== null) return before;
    const answer = fetch(src, options)
      .then((response) => (response.status === 200 ? response.json() : null), () => null)
      .then((come) => {
        keep(known, src, come, KEPT);
        return come;
      });
    known.set(src, answer);
    return answer;
  };

  /** Shows the wanted slice as far as its layer has come. @param {{all: boolean}} how  whether it is asked for */
  const show = async ({ all }) => {
    const src = addressOf(graphs());
    if (src && all && known.get(src) === undefined) {
      mark();
      await load(src);
    }
    draw();
  };

  return {
    show,
    /** Whether the layer of the wanted slice is drawn, if it came at all. */
    isCurrent() {
      const found = graphs();
      const src = addressOf(found);
      if (!src) return drawn === null;
      if (known.get(src) === null || keyOf(found, src) === drawn) return true;
      if (src !== rested.src) Object.assign(rested, { src, since: performance.now() });
      else if (performance.now() - rested.since > REST_MS) show({ all: true });
      return false;
    },
    /** Asks for the layers of the next slices. */
    async fetchAhead(isResting) {
      const found = graphs();
      const { wanted, scene } = shown();
      for (const slice of found ? neighbours(wanted.slice, scene) : []) {
        if (isResting()) await load(addressOf(found, slice), AHEAD);
      }
    },
  };
};
