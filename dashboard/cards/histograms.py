"""The histograms before and after the foreground rule."""

from dashboard.cards.card import CLASSES, FIT, Card, Drawn
from dashboard.cards.head import head, head_of_used, output
from dashboard.core.mixture.foreground import Foreground
from dashboard.figures import histograms
from dashboard.figures.palette import PALETTES
from dashboard.figures.style import message
from dashboard.ids import ViewId
from dashboard.services.analyses import Analyses
from dashboard.services.scene.scene import Scene

HEAD, FIGURE = output("histograms"), f"{ViewId.HISTOGRAMS}.figure"
TITLE = "Histograms"
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
    figure = histograms.histograms(
        analysis,
        bins=view.bins,
        log=view.log,
        colours=PALETTES[view.palette],
        hidden=view.hidden,
    )
    return {HEAD: head_of_used(analysis, TITLE, COLUMNS[view.foreground]), FIGURE: figure}


CARD = Card(
    "histograms", "views", FIT | CLASSES | {"bins", "log"}, (HEAD, FIGURE), draw,
    lambda text: {HEAD: head(TITLE), FIGURE: message(text)},
)  # fmt: skip
