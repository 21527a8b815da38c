"""Histograms of intensities, as numpy counts them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

# Values counted at once: 8 MB in float64.
COUNTED_AT_ONCE = 2**20


@dataclass(frozen=True, eq=False)
class Histogram:
    """Counts of intensities in equal bins.

    Attributes
    ----------
    counts : ndarray of int, shape (bins,)
    edges : ndarray, shape (bins + 1,)
    """

    counts: NDArray[np.int64]
    edges: NDArray[np.float64]

    @property
    def width(self) -> float:
        """Width of a bin in intensity units."""
        return float(self.edges[1] - self.edges[0])


def histogram(values: NDArray[Any], bins: int) -> Histogram | None:
    """Count the finite values in equal bins from their minimum to their maximum.

    Returns
    -------
    Histogram or None
        The result of `numpy.histogram`; None if no value is finite.
    """
    parts = list(_finite_parts(values)) if values.size <= COUNTED_AT_ONCE else None
    low, high = np.inf, -np.inf
    for part in parts or _finite_parts(values):
        low, high = min(low, float(part.min())), max(high, float(part.max()))
    if low > high:
        return None
    if low < high and (high - low) / bins <= np.spacing(max(abs(low), abs(high))):
        # The values differ by rounding only, and numpy cannot place edges between them.
        high = low
    counts, edges = np.zeros(bins, dtype=np.int64), np.zeros(bins + 1)
    for part in parts or _finite_parts(values):
        found, edges = np.histogram(np.minimum(part, high), bins=bins, range=(low, high))
        counts += found
    return Histogram(counts, edges)


def _finite_parts(values: NDArray[Any]) -> Iterator[NDArray[np.float64]]:
    """Yield the finite values in parts, so that the largest slices are not copied."""
    flat = values.ravel(order="K")
    for start in range(0, flat.size, COUNTED_AT_ONCE):
        part = flat[start : start + COUNTED_AT_ONCE]
        # Edges in float32 would differ from those of the file's float64 intensities.
        finite = part[np.isfinite(part)].astype(np.float64)
        if finite.size:
            yield finite
