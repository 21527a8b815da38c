// The rest of the page: position of the slice, class colours, copied links, menus, notices.
(() => {
  "use strict";
  const neuromix = (window.neuromix ??= {});
  const root = document.documentElement;

  const follow = ({ wanted, source, config }) => {
    neuromix.player.arrived();
    config.palettes[wanted.palette].forEach((colour, index) => {
      root.style.setProperty(`--class-${index + 1}`, colour);
    });
    root.dataset.components = wanted.components;
    const position = document.getElementById("position");
    const mm = source.positions?.[wanted.slice];
    if (position && mm !== undefined) {
      position.textContent =
        `${wanted.slice} / ${source.positions.length - 1}   ${source.axis} = ${mm.toFixed(1).replace("-", "−")} mm`;
    }
    tellPlaceOfY(wanted, source);
    offerJoint(wanted.x !== wanted.y);
    root.toggleAttribute("data-mix-full", mixed(wanted, source) >= config.mostMixed);
    const thumb = document.querySelector("#control-slice [role=slider]");
    thumb?.setAttribute("aria-label", "Slice");
    thumb?.setAttribute("aria-valuetext", position?.textContent ?? "");
    neuromix.readout.draw();
  };

  // On another grid than X's, Y is shown where it lies nearest, and is not there everywhere.
  const tellPlaceOfY = ({ slice, y }, source) => {
    const caption = document.getElementById("caption-image-y");
    const problem = document.getElementById("problem-image-y");
    const elsewhere = Boolean(source.y?.slices);
    const there = elsewhere ? neuromix.address.place("y", source, slice) : slice;
    problem.textContent = there === null ? `No slice of ${y} here.` : "";
    caption.textContent = elsewhere && there !== null ? `slice ${there}, nearest in mm` : "raw intensities, image Y";
    caption.title = elsewhere
      ? `${y} lies on another grid than image X: here is its slice that is nearest to X's along ${source.axis}. ` +
        "Their voxels do not correspond."
      : "";
  };

  const mixed = ({ mix }, source) => (mix ? mix.split(",") : source.defaults.mix).length;
  document.addEventListener("click", (event) => {
    const option = event.target.closest?.(".mantine-MultiSelect-option:not([data-checked])");
    if (!option || !("mixFull" in root.dataset)) return;
    tell(`A mixture has ${neuromix.flow.state.config.mostMixed} images at the most: take one out first.`);
  }, true);

  // One image has no joint distribution to be shown in one way or another.
  let joint = true;
  const offerJoint = (offered) => {
    if (offered === joint) return;
    joint = offered;
    neuromix.flow.setProps("control-joint", { disabled: !offered });
    document.getElementById("control-joint").title = offered
      ? "" : "One image has a histogram instead: choose another as image Y.";
  };

  const say = (sentence, action) => {
    const notices = document.getElementById("client-notice") ?? document.createElement("div");
    notices.id = "client-notice";
    notices.className = "client-notice";
    notices.setAttribute("role", "alert");
    notices.textContent = sentence;
    if (action) {
      const button = document.createElement("button");
      button.className = "text-button";
      button.textContent = "Try again";
      button.onclick = () => { notices.remove(); action(); };
      notices.append(button);
    }
    document.body.append(notices);
    return notices;
  };

  // What has been done, where the page itself would not show it; it goes by itself.
  const TOLD_MS = 6000;
  let told = 0;
  const tell = (sentence) => {
    const note = say(sentence);
    note.classList.add("told");
    note.setAttribute("role", "status");
    clearTimeout(told);
    told = setTimeout(() => { if (note.classList.contains("told")) note.remove(); }, TOLD_MS);
  };

  const failed = (sentence, again) => say(`${sentence} `, again);

  const copyLink = async (button) => {
    const before = button.textContent;
    try {
      await navigator.clipboard.writeText(location.href);
      button.textContent = "Copied";
    } catch {
      // Browsers give no clipboard to pages that are not served over https or from this machine.
      prompt("Copy this link:", location.href);
    }
    setTimeout(() => { button.textContent = before; }, 1500);
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button");
    if (button?.id === "copy-link") copyLink(button);
    if (button?.id === "controls-toggle") root.toggleAttribute("data-controls");
    if (/^control-window-.-reset$/.test(button?.id ?? "")) {
      const id = button.id.replace("-reset", "");
      const facts = neuromix.flow.state.source?.[id.at(-1)];
      if (facts) neuromix.flow.setProps(id, { value: facts.window });
    }
  });

  // Names that do not fit are told in full where they are pointed at.
  const CUT = ".controls input[aria-haspopup], [role=option] span, .card h2, .caption, .numbers span, " +
    ".agreement .label span, .preflight-table th span, .mantine-MultiSelect-pill span";
  const tellInFull = (node) => {
    const text = node.value ?? node.textContent;
    const cut = node.scrollWidth > node.clientWidth;
    if (cut && !node.title) {
      node.title = text;
      node.dataset.told = "";
    } else if ("told" in node.dataset) node.title = cut ? text : "";
  };

  // Titles of axes: the figure brings them in full (layout.meta).
  const tellAxis = (text) => {
    const full = text.closest(".js-plotly-plot")?.layout?.meta?.titles?.[text.classList[0]];
    if (!full || text.querySelector("title")) return;
    const told = document.createElementNS("http://www.w3.org/2000/svg", "title");
    // Escaped like all text of figures.
    told.textContent = new DOMParser().parseFromString(full, "text/html").documentElement.textContent;
    text.append(told);
  };

  document.addEventListener("pointerover", (event) => {
    const node = event.target.closest?.(CUT);
    if (node) tellInFull(node);
    const text = event.target.closest?.('.infolayer text[class$="title"]');
    if (text) tellAxis(text);
  });

  neuromix.page = { follow, failed, tell };
})();
