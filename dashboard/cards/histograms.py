"""The histograms before and after the foreground rule."""

from dashboard.cards.card import LOOK, NUMBERS, Card, Drawn
from dashboard.cards.head import head, head_of_used, output
from dashboard.core.mixture.foreground import Foreground
from dashboard.figures import histograms
from dashboard.figures.palette import class_colours
from dashboard.figures.style import message
from dashboard.ids import ViewId
from dashboard.services.workspace import Workspace
from dashboard.view import View

HEAD, FIGURE = output("histograms"), f"{ViewId.HISTOGRAMS}.figure"
TITLE = "Histograms"
# The two columns.
COLUMNS: dict[Foreground, str] = {
    "positive": "before and after zero removal",
    "nonzero": "all voxels, and those that are not 0",
    "background": "before and after background removal",
    "mask": "all voxels, and those in the mask",
}


def draw(workspace: Workspace, view: View) -> Drawn:
    """Return the head and the figure."""
    analysis = workspace.analyse(view)
    figure = histograms.histograms(
        analysis,
        bins=view.bins,
        log=view.log,
        colours=class_colours(view.palette),
        hidden=view.hidden,
    )
    return {HEAD: head_of_used(analysis, TITLE, COLUMNS[view.foreground]), FIGURE: figure}


CARD = Card(
    "histograms", "views", NUMBERS | LOOK | {"bins", "log"}, (HEAD, FIGURE), draw,
    lambda text: {HEAD: head(TITLE), FIGURE: message(text)},
)  # fmt: skip
