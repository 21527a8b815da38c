"""The histograms of the foreground, and of all voxels before it."""

from typing import Any

from dashboard.cards import elements
from dashboard.cards.card import CLASSES, FIT, Card, Drawn
from dashboard.cards.classes import colours_of, names, texts
from dashboard.cards.head import head_of_used
from dashboard.core.domain import WHOLE
from dashboard.core.mixture.features import Features
from dashboard.core.mixture.foreground import Foreground
from dashboard.figures import histograms
from dashboard.figures.style import plain
from dashboard.services.analyses import Analyses
from dashboard.services.scene.scene import Scene
from dashboard.words import graphs
from dashboard.words.bins import WHY, left_out, of_levels

TITLE = "Histograms"
HEAD, FIGURE = elements.head("histograms", TITLE), elements.graph("view-histograms")
# What two columns show.
COLUMNS: dict[Foreground, str] = {
    "positive": "before and after zero removal",
    "nonzero": "all voxels, and those that are not 0",
    "background": "before and after background removal",
    "mask": "all voxels, and those in the mask",
}
# With the whole head in the fit: assets/views/layer.mjs draws it.
OUTLINED = "; outline: this slice, scaled to the same height"


def draw(scene: Scene, analyses: Analyses) -> Drawn:
    """Return the head and the figure."""
    view, analysis = scene.view, analyses.analyse(scene)
    counts = analyses.of_foreground(
        scene,
        ("counts", view.bins, scene.before),
        lambda: histograms.counted(analysis, view.bins, before=scene.before),
    )
    outside = left_out(analysis.features)
    figure = histograms.histograms(
        analysis,
        counts,
        log=view.log,
        colours=colours_of(scene, analysis),
        hidden=view.hidden,
        left_out="" if scene.before else outside,
        called=texts(names(scene, analyses)),
    )
    if "meta" in figure["layout"]:
        figure["layout"]["meta"] |= {
            "axes": elements.axes_of(view, "bins", "log", "before", "clip"),
            "text": plain(graphs.histograms(analysis, outside)),
            **({} if scene.domain is WHOLE else {"slice": counts_of(analysis.features)}),
        }
    bins = of_levels(dict(zip("XY", counts, strict=False)) if len(counts) > 1 else {"": counts[0]})
    caption = COLUMNS[view.foreground] if scene.before else "foreground voxels"
    caption += OUTLINED if scene.domain is WHOLE else ""
    caption += f"; {bins}" if bins else ""
    why = f"{bins}. {WHY}" if bins else ""
    heading = head_of_used(analysis, TITLE, caption, why)
    return {HEAD.output: heading, FIGURE.output: figure}


def counts_of(features: Features) -> dict[str, Any]:
    """Return what the lesson says of a slice: zeros, foreground and all voxels."""
    return {
        "zeros": [round(float((features.voxels[i] == 0).mean()), 4) for i in features.shown],
        "kept": len(features.values),
        "voxels": int(features.mask.size),
    }


CARD = Card(
    "histograms",
    "views",
    "analysis",
    FIT | CLASSES | {"bins", "log", "before", "names"},
    (HEAD, FIGURE),
    draw,
    of_domain=True,
)
