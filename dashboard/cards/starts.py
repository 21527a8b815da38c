"""Whether another start of the fit fits better. It is asked for once the page has rested."""

from dashboard.cards import elements
from dashboard.cards.card import FIT, Card, Drawn
from dashboard.cards.components import TAB
from dashboard.cards.markup import render
from dashboard.services.analyses import Analyses
from dashboard.services.scene.scene import Scene
from dashboard.words import doubts

NOTE = elements.table("view-starts")


def draw(scene: Scene, analyses: Analyses) -> Drawn:
    """Return the sentence and the button; empty if no other start is better."""
    doubt = None if scene.problem else analyses.better_start(scene)
    if doubt is None:
        return {NOTE.output: ""}
    starts = doubt.facts["starts"]
    note = render(
        "doubt.html",
        text=doubts.sentence(doubt),
        button=f"Use the best of {starts} starts",
        changes={"starts": starts},
    )
    return {NOTE.output: note}


CARD = Card("starts", "idle", TAB, FIT, (NOTE,), draw, of_domain=True)
