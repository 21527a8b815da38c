"""The criteria by number of components."""

from dashboard.cards.card import NUMBERS, Card, Drawn
from dashboard.cards.head import head_of_used, output
from dashboard.figures import criteria
from dashboard.figures.style import message
from dashboard.ids import ViewId
from dashboard.services.workspace import Workspace
from dashboard.view import View

HEAD, FIGURE = output("criteria"), f"{ViewId.CRITERIA}.figure"


def draw(workspace: Workspace, view: View) -> Drawn:
    """Return the head and the figure."""
    figure = criteria.criteria(workspace.criteria(view), view.components)
    return {HEAD: head_of_used(workspace.analyse(view)), FIGURE: figure}


CARD = Card(
    "criteria", "criteria", NUMBERS, (HEAD, FIGURE), draw,
    lambda text: {HEAD: "", FIGURE: message(text)},
    tab="criteria",
)  # fmt: skip
