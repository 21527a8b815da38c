// A study that is opened for the first time is read image by image, so that the page can tell how
// far it is; what the server has read already opens at once.
(() => {
  "use strict";
  const neuromix = (window.neuromix ??= {});
  let current = 0; // number of the reading that the page waits for
  let known = null; // the study that was read last

  const tell = (text, share) => {
    const place = document.getElementById("reading");
    if (!place) return;
    place.hidden = !text;
    place.querySelector("span").textContent = text ?? "";
    place.querySelector("progress").value = share ?? 0;
  };

  // Resolves once everything is read; with false where another study was asked for meanwhile.
  const read = async (search) => {
    const mine = ++current;
    const study = new URLSearchParams(search).get("study") ?? "";
    if (study === known) return true;
    const query = new URLSearchParams({ study });
    try {
      const answer = await fetch(`/reading.json?${query}`);
      const { images } = answer.ok ? await answer.json() : { images: [] };
      for (const [index, name] of images.entries()) {
        if (mine !== current) return false;
        tell(`Reading ${name} (${index + 1} of ${images.length})`, index / images.length);
        await fetch(`/reading/${encodeURIComponent(name)}?${query}`);
      }
    } catch {
      // The opening that follows tells that the server does not answer.
    }
    if (mine !== current) return false;
    tell(null);
    known = study;
    return true;
  };

  neuromix.reading = { read };
})();
