"""The slice on screen within the graphs of the whole head: counts in their bins, and its points."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dashboard.core.mixture.features import Features
from dashboard.services.render import pictures

# The page draws it over the classes of the head, whose colours it makes lighter.
WHITE = ("#ffffff",)
# More bins than a graph can have.
MAX_BINS = 1000


@dataclass(frozen=True)
class Bins:
    """Equal bins of a histogram.

    Attributes
    ----------
    low, high : float
        The outermost edges, in intensity units.
    count : int
    """

    low: float
    high: float
    count: int

    @classmethod
    def parse(cls, text: str) -> "Bins":
        """Read "low:high:count".

        Raises
        ------
        ValueError
            If the text is anything else.
        """
        low, high, count = text.split(":")
        found = cls(*_range(low, high), int(count))
        if not 0 < found.count <= MAX_BINS:
            raise ValueError(text)
        return found


Extent = tuple[pictures.Range, pictures.Range]


def parse_extent(text: str) -> Extent:
    """Read "left:right:bottom:top", in intensity units.

    Raises
    ------
    ValueError
        If the text is anything else.
    """
    left, right, bottom, top = text.split(":")
    return _range(left, right), _range(bottom, top)


def _range(low: str, high: str) -> pictures.Range:
    found = float(low), float(high)
    if not (found[0] < found[1] and np.isfinite(found).all()):
        raise ValueError(low)
    return found


def counts(found: Features, bins: Sequence[Bins]) -> list[list[int]]:
    """Count the foreground of a slice in the bins of each image that is shown."""
    counted = []
    for image, one in zip(found.shown, bins, strict=False):
        # The head's bins end at its own extremes, maybe rounded to float32.
        values = np.clip(found.values[:, image], one.low, one.high)
        counted.append(np.histogram(values, one.count, (one.low, one.high))[0].tolist())
    return counted


def cloud(found: Features, extent: Extent) -> bytes:
    """Draw the foreground of a slice as points within an extent, as PNG."""
    points: Any = found.values[:, list(found.xy)]
    drawn = pictures.cloud(points, extent) >= 0
    return pictures.labels(drawn.astype(np.uint8), WHITE)
