"""What is said of the pictures of X and Y, which the browser draws from addresses of slices."""

from typing import Literal

from dashboard.cards.card import Card, Drawn
from dashboard.cards.head import head, output
from dashboard.core.errors import NeuroMixError
from dashboard.core.grid.nearest import nearest_slices
from dashboard.core.grid.same import same_grid
from dashboard.core.volume import Volume
from dashboard.services.workspace import Workspace
from dashboard.view import View

ELSEWHERE = "X and Y lie on different grids: Y is shown at its slice nearest in mm to that of X"


def _card(which: Literal["x", "y"], fields: frozenset[str]) -> Card:
    name = f"image-{which}"
    outputs = (output(name), f"problem-{name}.html")

    def draw(workspace: Workspace, view: View) -> Drawn:
        image: str = getattr(view, which)
        caption, explained, problem = f"raw intensities, image {which.upper()}", "", ""
        try:
            volume = workspace.volume(view.study, image, view.grid)
            title = workspace.volume(view.study, image).label  # a badge says if it is resampled
        except NeuroMixError as error:
            return dict(zip(outputs, (head(image, caption=caption), str(error)), strict=True))
        if which == "y" and (x := _on_another_grid(workspace, view, volume)):
            slices = nearest_slices(x, volume, view.plane)
            there = slices[min(view.slice or 0, len(slices) - 1)]
            explained = ELSEWHERE
            if there is None:
                problem = f"No slice of {image} here."
            else:
                caption = f"slice {there}, nearest in mm"
        drawn = head(title, done_to=[volume], caption=caption, explained=explained)
        return dict(zip(outputs, (drawn, problem), strict=True))

    def failed(text: str) -> Drawn:
        return dict(zip(outputs, (head(f"Image {which.upper()}"), text), strict=True))

    return Card(name, "views", fields, outputs, draw, failed)


def _on_another_grid(workspace: Workspace, view: View, y: Volume) -> Volume | None:
    try:
        x = workspace.volume(view.study, view.x, view.grid)
    except NeuroMixError:
        return None
    return None if same_grid(x, y) else x


CARD_X = _card("x", frozenset({"study", "grid", "x"}))
# Also of X and the slice: on another grid than X's, Y is shown where X's slice lies.
CARD_Y = _card("y", frozenset({"study", "grid", "x", "y", "plane", "slice"}))
