// The files that a visitor chooses or drops, and what the server would refuse of them, told before
// anything is sent. `limits` holds the bytes and the number of files that it takes together, the
// extensions of images, of the sidecars that belong to an image of the same name, and of what is
// needless and left out without a word.
(() => {
  "use strict";
  const neuromix = (window.neuromix ??= {});

  const amount = (bytes) => {
    for (const [unit, size] of [["GB", 2 ** 30], ["MB", 2 ** 20], ["kB", 2 ** 10]]) {
      if (bytes >= size) return `${(bytes / size).toFixed(bytes / size < 100 ? 1 : 0).replace(/\.0$/, "")} ${unit}`;
    }
    return `${bytes} bytes`;
  };

  // The longest of the extensions that a name ends with.
  const extension = (name, extensions) =>
    extensions.filter((end) => name.toLowerCase().endsWith(end)).sort((a, b) => b.length - a.length)[0];

  const isSidecar = (file, limits) => Boolean(extension(file.name, limits.sidecars));
  const stem = (file, extensions) => file.name.slice(0, file.name.length - (extension(file.name, extensions)?.length ?? 0));
  const belongs = (sidecar, files, limits) =>
    files.some((file) => extension(file.name, limits.images) && stem(file, limits.images) === stem(sidecar, limits.sidecars));

  // Returns what is to be sent; `refused` gets a sentence on each file that is left out.
  const readable = (files, limits, refused) => {
    const half = (file) => /\.(hdr|img)(\.gz)?$/i.exec(file.name);
    const base = (file) => file.name.slice(0, half(file).index).toLowerCase();
    const side = (file) => half(file)[1].toLowerCase();
    const halves = files.filter(half);
    const wrong = (file) => {
      if (isSidecar(file, limits)) {
        return belongs(file, files, limits) ? "" : "no image of this name came with it, so it was left out.";
      }
      if (!extension(file.name, limits.images)) {
        return `this is no image file that can be read (${limits.images.join(", ")}), so it was left out.`;
      }
      if (half(file) && !halves.some((other) => base(other) === base(file) && side(other) !== side(file))) {
        return "the other half of the pair is missing. Drop the .hdr and the .img file of an image together, under the same name.";
      }
      return "";
    };
    return files.filter((file) => !extension(file.name, limits.needless)).filter((file) => {
      const sentence = wrong(file);
      if (sentence) refused.push(`${file.name}: ${sentence}`);
      return !sentence;
    });
  };

  // What is wrong with the files together; null where nothing is.
  const problem = (files, limits) => {
    if (!files.length) return "There is no image in what was dropped.";
    if (files.length > limits.files) {
      return `These are ${files.length} files, more than the ${limits.files} that can be uploaded at once. Drop the images of one head only.`;
    }
    const total = files.reduce((sum, file) => sum + file.size, 0);
    if (total > limits.bytes) {
      return `These files have ${amount(total)}, more than the ${amount(limits.bytes)} that can be uploaded at once. Drop fewer files, or compress them (.nii.gz).`;
    }
    return null;
  };

  const ask = (entry, method) => new Promise((resolve, reject) => entry[method](resolve, reject));

  // A folder stands for the images in it and below; what else lies there is nobody's mistake.
  const within = async (folder, limits) => {
    const reader = folder.createReader();
    const taken = [...limits.images, ...limits.sidecars];
    const found = [];
    for (let some = []; ; ) {
      some = await ask(reader, "readEntries"); // gives at most a hundred at a time
      if (!some.length) return found;
      for (const entry of some) {
        if (entry.name.startsWith(".")) continue;
        if (entry.isDirectory) found.push(...(await within(entry, limits)));
        else if (extension(entry.name, taken)) found.push(await ask(entry, "file"));
        if (found.filter((file) => !isSidecar(file, limits)).length > limits.files) return found; // too many as it is
      }
    }
  };

  const dropped = async (transfer, limits) => {
    // Entries have to be taken at once: the list is empty after the event.
    const items = [...transfer.items].filter((item) => item.kind === "file");
    const taken = items.map((item) => ({ entry: item.webkitGetAsEntry?.(), file: item.getAsFile() }));
    const files = [];
    for (const { entry, file } of taken) {
      if (entry?.isDirectory) {
        const found = await within(entry, limits);
        files.push(...found.filter((one) => !isSidecar(one, limits) || belongs(one, found, limits)));
      } else if (file) files.push(file);
    }
    return files;
  };

  neuromix.files = { amount, readable, problem, dropped };
})();
