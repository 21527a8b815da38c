// Under the cursor: the voxel's position, intensities, class and posterior, a crosshair in every
// image, and the voxel's place in the joint view.
(() => {
  "use strict";
  const neuromix = (window.neuromix ??= {});

  const IMAGES = ["view-image-x", "view-image-y", "view-labels"];
  // The pictures whose pixels are voxels of image X: not that of Y, where it lies on another grid.
  const voxelsOfX = () => (neuromix.flow.state.source?.y?.slices ? IMAGES.filter((id) => id !== "view-image-y") : IMAGES);

  const HINT = "Point at an image, or tap it, to read a voxel.";
  let fetched = { address: null, slice: null, failed: null };
  let cursor = null; // column and row (upwards) of the voxel, in the picture

  // Layout of the answer: dashboard/services/readout.py
  const unpack = (buffer) => {
    const length = new DataView(buffer).getUint32(0, true);
    const head = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
    const size = head.rows * head.columns;
    let offset = 4 + length;
    const take = (Type) => {
      const array = new Type(buffer, offset, size);
      offset += array.byteLength;
      return array;
    };
    const intensities = head.channels.map(() => take(Float32Array));
    const labels = take(Uint8Array);
    const posteriors = Array.from({ length: head.components }, () => take(Uint8Array));
    return { ...head, intensities, labels, posteriors };
  };

  const fetchSlice = async () => {
    const { wanted, source, config } = neuromix.flow.state;
    const address = neuromix.address.voxels(wanted, source, config);
    if (!address || address === fetched.address) return;
    fetched = { address, slice: null, failed: null };
    const mine = fetched;
    try {
      const answer = await fetch(address);
      if (!answer.ok) mine.failed = await answer.text();
      else mine.slice = unpack(await answer.arrayBuffer());
    } catch {
      mine.address = null; // to be tried again
    }
    if (mine === fetched) draw();
  };

  // Four significant digits, and every digit before the point of numbers up to 7 of them.
  const format = (value) => {
    if (!Number.isFinite(value)) return "not a number";
    const whole = Math.abs(value) < 1e7 ? Math.trunc(Math.abs(value)).toString().length : 0;
    return String(Number(value.toPrecision(Math.max(whole, 4)))).replace("-", "−");
  };

  const text = () => {
    const { wanted, source } = neuromix.flow.state;
    const column = wanted.side === "radiological" && wanted.plane !== "sagittal"
      ? source.shape[0] - 1 - cursor.column : cursor.column;
    const picture = [column, cursor.row, wanted.slice, 1];
    const voxel = source.toStored.map((row) => row.reduce((sum, factor, i) => sum + factor * picture[i], 0));
    const mm = source.affine.map((row) => row[0] * voxel[0] + row[1] * voxel[1] + row[2] * voxel[2] + row[3]);
    const parts = [["voxel", voxel.join(", ")], ["mm", mm.map((v) => v.toFixed(1).replace("-", "−")).join(", ")]];
    const { slice, failed } = fetched;
    if (slice) {
      const index = (slice.rows - 1 - cursor.row) * slice.columns + cursor.column;
      slice.channels.forEach((name, i) => parts.push([name, format(slice.intensities[i][index])]));
      const label = slice.labels[index];
      parts.push(["class", label || "background"]);
      if (label) parts.push(["posterior", (slice.posteriors[label - 1][index] / 255).toFixed(2)]);
    } else if (failed) parts.push(["", failed]);
    else if (source.y?.slices) parts.push(["", "Image Y lies on another grid: intensities cannot be read voxel by voxel."]);
    return parts;
  };

  const axes = (plot) => ({ x: plot._fullLayout.xaxis, y: plot._fullLayout.yaxis });

  const overlay = (plot, name) => {
    let node = plot.parentElement.querySelector(`.${name}`);
    if (!node) {
      node = document.createElement("div");
      node.className = name;
      plot.parentElement.append(node);
    }
    return node;
  };

  const drawCrosshair = (plot, shown) => {
    const node = overlay(plot, "crosshair");
    node.hidden = !shown;
    if (!shown) return;
    const { x, y } = axes(plot);
    const [columns, rows] = neuromix.flow.state.source.shape;
    const left = Math.max(x.d2p(-0.5), 0);
    const top = Math.max(y.d2p(rows - 0.5), 0);
    const width = Math.min(x.d2p(columns - 0.5), x._length) - left;
    const height = Math.min(y.d2p(-0.5), y._length) - top;
    node.style.cssText = `left:${x._offset + left}px;top:${y._offset + top}px;width:${width}px;height:${height}px;` +
      `--x:${x.d2p(cursor.column) - left}px;--y:${y.d2p(cursor.row) - top}px`;
  };

  const drawRing = () => {
    const plot = neuromix.pictures.graph("view-joint");
    if (!plot?._fullLayout?.xaxis) return;
    const node = overlay(plot, "ring");
    const { slice } = fetched;
    const { overlay: answer, wanted } = neuromix.flow.state;
    const index = slice && cursor && (slice.rows - 1 - cursor.row) * slice.columns + cursor.column;
    node.hidden = !(slice && cursor && slice.labels[index] && wanted.x !== wanted.y);
    if (node.hidden) return;
    const place = [0, 1].map((i) => {
      const [low, high] = answer.limits?.[i] ?? [-Infinity, Infinity];
      const value = Math.min(Math.max(slice.intensities[i][index], low), high);
      return answer.factor ? (value - answer.offset[i]) / answer.factor[i] : value;
    });
    const { x, y } = axes(plot);
    node.style.cssText = `left:${x._offset + x.d2p(place[0])}px;top:${y._offset + y.d2p(place[1])}px`;
  };

  const draw = () => {
    const readout = document.getElementById("readout");
    if (!readout || !neuromix.flow.state.wanted) return;
    for (const id of IMAGES) {
      const plot = neuromix.pictures.graph(id);
      if (plot?._fullLayout?.xaxis) drawCrosshair(plot, cursor && voxelsOfX().includes(id));
    }
    drawRing();
    if (!cursor) {
      readout.textContent = HINT;
      return;
    }
    readout.replaceChildren(...text().map(([name, value]) => {
      const part = document.createElement("span");
      const key = document.createElement("b");
      key.textContent = name;
      part.append(key, ` ${value}`);
      return part;
    }));
  };

  const locate = (event) => {
    const id = event.target.closest?.(voxelsOfX().map((name) => `#${name}`).join());
    const plot = id?.querySelector(".js-plotly-plot");
    const { source } = neuromix.flow.state;
    if (!plot?._fullLayout?.xaxis || !source?.shape) return null;
    const box = plot.getBoundingClientRect();
    const { x, y } = axes(plot);
    const column = Math.round(x.p2d(event.clientX - box.left - x._offset));
    const row = Math.round(y.p2d(event.clientY - box.top - y._offset));
    const [columns, rows] = source.shape;
    return column >= 0 && row >= 0 && column < columns && row < rows ? { column, row } : null;
  };

  const move = (event) => {
    const before = cursor;
    cursor = locate(event);
    if (!cursor && !before) return;
    if (cursor && "settled" in document.documentElement.dataset) fetchSlice();
    draw();
  };
  document.addEventListener("pointermove", move);
  document.addEventListener("pointerdown", move);

  // The slice moved under a resting cursor.
  new MutationObserver(() => {
    if (cursor && "settled" in document.documentElement.dataset) fetchSlice().then(draw);
  }).observe(document.documentElement, { attributeFilter: ["data-settled"] });

  neuromix.readout = { draw, format };
})();
