"""Images X and Y, whose pictures the browser draws: their heads."""

from html import escape
from typing import Literal

from dashboard.cards import elements
from dashboard.cards.card import Card, Drawn
from dashboard.cards.head import head
from dashboard.ids import Control
from dashboard.services.analyses import Analyses
from dashboard.services.scene.scene import Scene
from dashboard.services.studies.naming import short_name
from dashboard.view import fields_of

ELSEWHERE = (
    "X and Y are on different grids. You see the slice of Y that is nearest to that of X in mm."
)
# In the place of Y, if X stands alone.
CERTAINTY, OF_CLASS = "Certainty", "posterior of the most probable class"


def _card(which: Literal["x", "y"], fields: frozenset[str]) -> Card:
    name = f"image-{which}"
    own_head = elements.head(name, f"Image {which.upper()}")
    problem = elements.problem(f"problem-{name}")
    usual = f"raw intensities, image {which.upper()}"

    def draw(scene: Scene, _: Analyses) -> Drawn:
        image: str = getattr(scene.view, which)
        if which == "y" and scene.view.x == image and scene.problem is None:
            # The browser draws it (assets/views/pictures.mjs).
            return {own_head.output: head(CERTAINTY, caption=OF_CLASS), problem.output: ""}
        volume, reason = (named := scene.images.named(image)).volume, named.problem
        if volume is None:
            why = escape(reason.short if reason else "")
            called = short_name(scene.files, image)
            heading = head(called, caption=usual, full=image)
            return {own_head.output: heading, problem.output: why}
        own = scene.images.own.open(image)  # a badge says whether it is resampled
        caption, explained, why = usual, "", ""
        if which == "y" and not scene.on_one_grid:
            caption, why = _of_other_grid(scene, usual)
            explained = ELSEWHERE
        heading = head(
            own.short_label,
            done_to=[volume],
            caption=caption,
            explained=explained,
            full=own.label,
        )
        return {own_head.output: heading, problem.output: why}

    window = elements.window(Control[f"WINDOW_{which.upper()}"])
    parts = (own_head, elements.picture(f"view-{name}"), window, problem)
    return Card(name, "views", "images", fields, parts, draw)


def _of_other_grid(scene: Scene, usual: str) -> tuple[str, str]:
    """Return the caption with the slice of Y, and the reason if there is none."""
    cut = scene.cut_of_y
    if cut is None:
        return usual, escape(f"{scene.view.y} has no slice here.")
    return f"slice {cut.index}, nearest in mm", ""


OWN = frozenset({"study", "grid", "position"})
CARD_X = _card("x", OWN | {"x"})
# Y on its own grid follows the slice of X.
CARD_Y = _card("y", OWN | {"x", "y"} | fields_of("place"))
