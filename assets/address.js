// Addresses: the View as a URL query, and where slices and voxels are served.
// The server makes the same ones (dashboard/view.py, dashboard/web/slices.py).
(() => {
  "use strict";
  const neuromix = (window.neuromix ??= {});

  const text = (value) => {
    if (value === null || value === undefined) return "";
    if (typeof value === "boolean") return value ? "1" : "0";
    return String(value);
  };

  const encode = (entries) =>
    entries.map(([name, value]) => `${name}=${encodeURIComponent(text(value))}`).join("&");

  // Display fields stand in the URL only where they differ from their defaults.
  const query = (view, config) =>
    encode(
      config.fields
        .filter((name) => !(name in config.defaults) || text(view[name]) !== text(config.defaults[name]))
        .map((name) => [name, view[name]]),
    );

  // The slice of an image at the place of X's slice. On another grid than X's that is another
  // number, and null where the image has nothing there.
  const place = (which, source, index) => {
    const { slices } = source[which];
    return slices ? slices[index] ?? null : index;
  };

  const slice = (which, view, source, config, index = view.slice) => {
    const volume = source[which];
    if (!volume) return null;
    const there = place(which, source, index);
    if (there === null) return null;
    const parameters = encode([
      ["study", view.study],
      ["x", view[which]],
      ["grid", view.grid],
      ["side", view.side],
      ["window_x", view[`window_${which}`]],
      ["v", config.version],
    ]);
    return `/slices/${volume.id}/${view.plane}/${there}.png?${parameters}`;
  };

  // Optional fields that decide what is read under the cursor.
  const READ = ["side", "mix", "mask", "grid", "clip"];

  const voxels = (view, source, config) => {
    if (!source.x || !source.y || source.y.slices) return null; // no voxel of Y stands for one of X
    const numbers = config.fields.filter((name) => !(name in config.defaults) || READ.includes(name));
    const parameters = encode([...numbers.map((name) => [name, view[name]]), ["v", config.version]]);
    return `/voxels/${source.key}.bin?${parameters}`;
  };

  const panels = (needed, view, source, config) => {
    const need = needed.map((panel) => panel.id).join(",");
    return `/panels/${source.key}.json?need=${need}&${query(view, config)}&v=${config.version}`;
  };

  neuromix.address = { query, place, slice, voxels, panels, text };
})();
