"""The criteria by number of components."""

from dashboard.cards import elements
from dashboard.cards.card import FIT, Card, Drawn, Tab
from dashboard.cards.head import head_of_used
from dashboard.figures import criteria
from dashboard.services.analyses import Analyses
from dashboard.services.scene.scene import Scene

TAB = Tab("criteria", "Criteria")
HEAD, FIGURE = elements.head("criteria"), elements.graph("view-criteria")


def draw(scene: Scene, analyses: Analyses) -> Drawn:
    """Return the head and the figure."""
    figure = criteria.criteria(analyses.criteria(scene), scene.view.components)
    return {HEAD.output: head_of_used(analyses.analyse(scene)), FIGURE.output: figure}


CARD = Card("criteria", "criteria", TAB, FIT, (HEAD, FIGURE), draw)
