"""What the maps are called, and what they show."""

from typing import Any

from dashboard.core.mixture.recipe import COMPONENTS
from dashboard.view import Map

_OF_CLASSES: dict[Any, tuple[str, str]] = {
    f"probability-{k}": (f"Probability of class {k}", f"posterior of class {k}, 0 to 100 %")
    for k in COMPONENTS
}
# Value of the View -> the title of the card, and what each colour says.
MAPS: dict[Map, tuple[str, str]] = {
    "labels": ("Label map", "most probable class of each voxel"),
    "uncertainty": ("Uncertainty", "entropy of the class probabilities, 0 to 1"),
    **_OF_CLASSES,
    "disagreement": (
        "Disagreement",
        "between the fits to this slice and to the whole head: half the sum of the absolute "
        "differences of their class probabilities, 0 to 1",
    ),
    "reference": ("Reference", "labels of the reference"),
    "difference": ("Difference", "where the labels differ from the reference"),
}
