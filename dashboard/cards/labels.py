"""The label map, which the browser draws: its head, and the classes to hide."""

from html import escape

from dashboard.cards import elements
from dashboard.cards.card import FIT, Card, Drawn
from dashboard.cards.head import head_of_used
from dashboard.core.mixture.recipe import COMPONENTS
from dashboard.ids import Control
from dashboard.services.analyses import Analyses
from dashboard.services.scene.scene import Scene
from dashboard.widgets import Checks

TITLE = "Label map"
HEAD, PROBLEM = elements.head("labels", TITLE), elements.problem("labels-problem")


def draw(scene: Scene, analyses: Analyses) -> Drawn:
    """Return the head, and the reason if there is no fit."""
    analysis = analyses.analyse(scene)
    return {
        HEAD.output: head_of_used(analysis, TITLE, "most probable class of each voxel"),
        PROBLEM.output: escape(analysis.problem or ""),
    }


def _legend() -> Checks:
    return Checks(
        id=Control.HIDDEN,
        options=[
            {
                "value": str(number),
                "label": str(number),
                "name": f"Hide class {number}",
                "className": f"class-chip class-{number}",
            }
            for number in COMPONENTS
        ],
        value=[],
        label="Classes",
        title="Click a class to hide it in every view",
        className="legend",
    )


PARTS = (HEAD, elements.picture("view-labels"), PROBLEM, elements.Part(_legend))
CARD = Card("labels", "views", "images", FIT, PARTS, draw)
