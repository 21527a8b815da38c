"""The heads of images X and Y; the browser draws their pictures."""

from html import escape
from typing import Literal

from dashboard.cards.card import IMAGES, Card, Drawn
from dashboard.cards.head import head, output
from dashboard.services.analyses import Analyses
from dashboard.services.scene.scene import Scene
from dashboard.view import fields_of

ELSEWHERE = (
    "X and Y are on different grids. You see the slice of Y that is nearest to that of X in mm."
)


def _card(which: Literal["x", "y"], fields: frozenset[str]) -> Card:
    name = f"image-{which}"
    outputs = (output(name), f"problem-{name}.html")
    usual = f"raw intensities, image {which.upper()}"

    def draw(scene: Scene, _: Analyses) -> Drawn:
        image: str = getattr(scene.view, which)
        volume = scene.images.get(image)
        if volume is None:
            values = head(image, caption=usual), escape(scene.images.problem(image) or "")
        else:
            title = scene.images.own.open(image).label  # a badge says whether it is resampled
            caption, explained, problem = usual, "", ""
            if which == "y" and not scene.on_one_grid:
                caption, problem = _of_other_grid(scene, usual)
                explained = ELSEWHERE
            values = head(title, done_to=[volume], caption=caption, explained=explained), problem
        return dict(zip(outputs, values, strict=True))

    def failed(text: str) -> Drawn:
        return dict(zip(outputs, (head(f"Image {which.upper()}"), escape(text)), strict=True))

    return Card(name, "views", fields, outputs, draw, failed)


def _of_other_grid(scene: Scene, usual: str) -> tuple[str, str]:
    """Return the caption with the slice of Y, and the reason if there is none."""
    cut = scene.cut_of_y
    if cut is None:
        return usual, escape(f"{scene.view.y} has no slice here.")
    return f"slice {cut.index}, nearest in mm", ""


CARD_X = _card("x", IMAGES)
# Y on its own grid follows the slice of X.
CARD_Y = _card("y", IMAGES | fields_of("place"))
