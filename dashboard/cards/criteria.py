"""The criteria by number of components."""

from dashboard.cards.card import FIT, Card, Drawn
from dashboard.cards.head import head_of_used, output
from dashboard.figures import criteria
from dashboard.figures.style import message
from dashboard.ids import ViewId
from dashboard.services.analyses import Analyses
from dashboard.services.scene.scene import Scene

HEAD, FIGURE = output("criteria"), f"{ViewId.CRITERIA}.figure"


def draw(scene: Scene, analyses: Analyses) -> Drawn:
    """Return the head and the figure."""
    figure = criteria.criteria(analyses.criteria(scene), scene.view.components)
    return {HEAD: head_of_used(analyses.analyse(scene)), FIGURE: figure}


CARD = Card(
    "criteria", "criteria", FIT, (HEAD, FIGURE), draw,
    lambda text: {HEAD: "", FIGURE: message(text)},
    tab="criteria",
)  # fmt: skip
