"""The head of the label map; the browser draws the map."""

from html import escape

from dashboard.cards.card import FIT, Card, Drawn
from dashboard.cards.head import head, head_of_used, output
from dashboard.services.analyses import Analyses
from dashboard.services.scene.scene import Scene

HEAD, PROBLEM = output("labels"), "labels-problem.html"
TITLE = "Label map"


def draw(scene: Scene, analyses: Analyses) -> Drawn:
    """Return the head, and the reason if there is no fit."""
    analysis = analyses.analyse(scene)
    return {
        HEAD: head_of_used(analysis, TITLE, "most probable class of each voxel"),
        PROBLEM: escape(analysis.problem or ""),
    }


CARD = Card(
    "labels", "views", FIT, (HEAD, PROBLEM), draw,
    lambda text: {HEAD: head(TITLE), PROBLEM: escape(text)},
)  # fmt: skip
