"""The criteria by number of components, as curves and as numbers."""

from dashboard.cards import elements
from dashboard.cards.card import FIT, Card, Drawn, Tab
from dashboard.cards.head import head_of_used
from dashboard.cards.markup import render
from dashboard.figures import criteria
from dashboard.services.analyses import Analyses
from dashboard.services.scene.scene import Scene
from dashboard.words import graphs

TAB = Tab("criteria", "Criteria")
FIGURE, TABLE = elements.graph("view-criteria"), elements.table("criteria-table")


def draw(scene: Scene, analyses: Analyses) -> Drawn:
    """Return the figure, and the numbers with a button for each number of components."""
    fits, shown = analyses.criteria(scene), scene.view.components
    figure = criteria.criteria(fits, shown)
    if fits:
        figure["layout"]["meta"] = {
            "axes": elements.axes_of(scene.view, "mix", "foreground"),
            "text": graphs.criteria(fits, shown),
        }
    head = head_of_used(analyses.analyse(scene))
    table = render(
        "criteria.html",
        head=head,
        fits=fits,
        shown=shown,
        bic=min((fit.bic for fit in fits.values()), default=0),
        aic=min((fit.aic for fit in fits.values()), default=0),
    )
    return {FIGURE.output: figure, TABLE.output: table}


CARD = Card("criteria", "criteria", TAB, FIT, (FIGURE, TABLE), draw, of_domain=True)
