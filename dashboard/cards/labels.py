"""The label map: why there is none. The browser draws it, from addresses of maps."""

from dashboard.cards.card import NUMBERS, Card, Drawn
from dashboard.cards.head import head, head_of_used, output
from dashboard.services.workspace import Workspace
from dashboard.view import View

HEAD, PROBLEM = output("labels"), "labels-problem.html"
TITLE = "Label map"


def draw(workspace: Workspace, view: View) -> Drawn:
    """Return the head, and why there is no mixture."""
    analysis = workspace.analyse(view)
    return {
        HEAD: head_of_used(analysis, TITLE, "likeliest class of each voxel"),
        PROBLEM: analysis.problem or "",
    }


CARD = Card(
    "labels", "views", NUMBERS, (HEAD, PROBLEM), draw,
    lambda text: {HEAD: head(TITLE), PROBLEM: text},
)  # fmt: skip
