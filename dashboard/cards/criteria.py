"""What speaks for each number of components: criteria, stability and a picture of each."""

from dashboard.cards import elements
from dashboard.cards.card import FIT, UNFINISHED, Card, Drawn, Tab
from dashboard.cards.head import head_of_used
from dashboard.cards.markup import render
from dashboard.core.mixture.criteria import SEEDS
from dashboard.core.mixture.recipe import COMPONENTS
from dashboard.figures import criteria
from dashboard.services.analyses import Analyses
from dashboard.services.scene.scene import Scene
from dashboard.words import graphs

TAB = Tab("criteria", "Criteria")
FIGURE, TABLE = elements.graph("view-criteria"), elements.table("criteria-table")
# Of BIC, ICL and AIC.
COLUMNS = ("bic", "icl", "aic")


def draw(scene: Scene, analyses: Analyses) -> Drawn:
    """Return the figure, and the numbers with a button for each number of components.

    The browser draws the picture of each (assets/views/thumbnails.mjs). Before the first fit there
    is nothing to show.
    """
    progress, shown = analyses.criteria(scene), scene.view.components
    if not progress.items and not progress.done:
        return {UNFINISHED: 0}
    fits = {one.model.components: one for one in progress.items}
    fitting = not progress.done and len(fits) == len(progress.items)
    figure = criteria.criteria(fits, shown, done=not fitting)
    if fits:
        figure["layout"]["meta"] = {
            "axes": elements.axes_of(scene.view, "mix", "foreground"),
            "text": graphs.criteria(fits, shown),
        }
    table = render(
        "criteria.html",
        head=head_of_used(analyses.analyse(scene)),
        fits=fits,
        shown=shown,
        columns=COLUMNS,
        lowest={n: min((getattr(fit, n) for fit in fits.values()), default=0) for n in COLUMNS},
        highest=max((fit.model.log_likelihood for fit in fits.values()), default=0),
        seeds=SEEDS,
        done=progress.done,
        steps=len(progress.items),
        most=2 * len(COMPONENTS),
        fitting=fitting,
        stable=scene.recipe.start == "kmeans",
    )
    return {FIGURE.output: figure, TABLE.output: table} | (
        {} if progress.done else {UNFINISHED: len(progress.items)}
    )


CARD = Card("criteria", "criteria", TAB, FIT, (FIGURE, TABLE), draw, of_domain=True)
