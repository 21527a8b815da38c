"""A card: one part of the page that shows data."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from dashboard.services.analyses import Analyses
from dashboard.services.scene.scene import Scene
from dashboard.view import fields_of

Group = Literal["views", "files", "criteria"]
# Values of the page's elements, by "element-id.property".
Drawn = Mapping[str, Any]

IMAGES = fields_of("images")
FIT = fields_of("images", "place", "model")
# How classes are drawn, besides the numbers.
CLASSES = frozenset({"palette", "hidden"})


@dataclass(frozen=True)
class Card:
    """One part of the page that shows data.

    Attributes
    ----------
    id : str
        Its name in the table of cards and in addresses.
    group : {"views", "files", "criteria"}
        Cards of a group are asked for together.
    fields : frozenset of str
        The View's fields it depends on; it is redrawn only when one of them changes.
    outputs : tuple of str
        The properties it fills, each as "element-id.property".
    draw : callable
        Returns a value for each output.
    failed : callable
        Returns a value for each output from a sentence that says why there is nothing to draw.
    tab : str or None
        The tab that shows it.
    """

    id: str
    group: Group
    fields: frozenset[str]
    outputs: tuple[str, ...]
    draw: Callable[[Scene, Analyses], Drawn]
    failed: Callable[[str], Drawn]
    tab: str | None = None
