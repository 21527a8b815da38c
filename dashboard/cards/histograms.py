"""The histograms before and after the foreground rule."""

from dashboard.cards import elements
from dashboard.cards.card import CLASSES, FIT, Card, Drawn
from dashboard.cards.head import head_of_used
from dashboard.core.mixture.foreground import Foreground
from dashboard.figures import histograms
from dashboard.figures.palette import class_colours
from dashboard.services.analyses import Analyses
from dashboard.services.scene.scene import Scene
from dashboard.words.bins import WHY, of_levels

TITLE = "Histograms"
HEAD, FIGURE = elements.head("histograms", TITLE), elements.graph("view-histograms")
# The two columns.
COLUMNS: dict[Foreground, str] = {
    "positive": "before and after zero removal",
    "nonzero": "all voxels, and those that are not 0",
    "background": "before and after background removal",
    "mask": "all voxels, and those in the mask",
}


def draw(scene: Scene, analyses: Analyses) -> Drawn:
    """Return the head and the figure."""
    view, analysis = scene.view, analyses.analyse(scene)
    pairs = histograms.counted(analysis, view.bins)
    figure = histograms.histograms(
        analysis,
        pairs,
        log=view.log,
        colours=class_colours(view.palette, view.colours),
        hidden=view.hidden,
    )
    bins = of_levels(dict(zip("XY", pairs, strict=False)) if len(pairs) > 1 else {"": pairs[0]})
    caption = COLUMNS[view.foreground] + (f"; {bins}" if bins else "")
    why = f"{bins}. {WHY}" if bins else ""
    heading = head_of_used(analysis, TITLE, caption, why)
    return {HEAD.output: heading, FIGURE.output: figure}


CARD = Card(
    "histograms", "views", "analysis", FIT | CLASSES | {"bins", "log"}, (HEAD, FIGURE), draw
)
