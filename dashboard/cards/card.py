"""A card: one part of the page that shows data."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from dash.development.base_component import Component

from dashboard.cards.elements import Part
from dashboard.services.analyses import Analyses
from dashboard.services.scene.scene import Scene
from dashboard.view import Panel, fields_of

Group = Literal["views", "files", "criteria", "idle"]
# The rows of the page (dashboard/ui/frame.py).
Row = Literal["check", "images", "analysis"]
# Values of the page's elements, by "element-id.property".
Drawn = Mapping[str, Any]

# Beside the values of what is drawn: there is more to come, and the page should ask again.
UNFINISHED = "unfinished"

IMAGES = fields_of("images")
PLACE = fields_of("place")
FIT = IMAGES | PLACE | fields_of("model")
# How classes are drawn, besides the numbers.
CLASSES = frozenset({"palette", "hidden", "colours"})
# What classes are called, and counted together with.
TISSUES = frozenset({"names", "tissues"})


@dataclass(frozen=True)
class Tab:
    """A tab at the end of the page: its value in the View, and its title."""

    value: Panel
    title: str


@dataclass(frozen=True)
class Card:
    """One part of the page that shows data.

    Attributes
    ----------
    id : str
        Its name in the table of cards and in addresses.
    group : {"views", "files", "criteria", "idle"}
        Cards of a group are asked for together. The page is settled without those of "idle", which
        it asks for when it has rested.
    slot : {"check", "images", "analysis"} or Tab
        Where it stands: in a row of the page, or in a tab. Cards of one slot keep their order in
        the table.
    fields : frozenset of str
        The View's fields it depends on; it is redrawn only when one of them changes.
    parts : tuple of Part
        What it consists of, in order.
    draw : callable
        Returns a value for each output.
    of_domain : bool
        Whether it shows the voxels of the fit. With the whole head in the fit, the place on screen
        does not count among its fields.
    """

    id: str
    group: Group
    slot: Row | Tab
    fields: frozenset[str]
    parts: tuple[Part, ...]
    draw: Callable[[Scene, Analyses], Drawn]
    of_domain: bool = False

    @property
    def tab(self) -> Panel | None:
        """The value of the tab that shows it."""
        return self.slot.value if isinstance(self.slot, Tab) else None

    @property
    def outputs(self) -> tuple[str, ...]:
        """The properties it fills, each as "element-id.property"."""
        return tuple(part.output for part in self.parts if part.output)

    def elements(self) -> list[Component]:
        """Return new elements, for one page."""
        return [part.element() for part in self.parts]

    def failed(self, sentence: str) -> Drawn:
        """Return a value for each output from a sentence that says why there is nothing to draw."""
        return {part.output: part.failed(sentence) for part in self.parts if part.output}
