"""Histograms of intensities: numpy's, or with whole numbers of intensities in each bin."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboard.core import sampling

# Values counted at once: 8 MB in float64.
COUNTED_AT_ONCE = 2**20
# With fewer levels in each bin, equal bins that hold now one more and now one less show a comb: the
# teeth are higher than the noise of the counts in a slice.
LEVELS_IN_A_BIN = 10
# Values that are looked at to find the distance of two levels.
LOOKED_AT = 2**11
# A value lies on a level if it is this close, in distances of two levels; slopes are rounded.
CLOSE = 1e-3
# numpy's bins of a constant reach this far to both sides; farther if float64 cannot place them.
AROUND = 0.5


@dataclass(frozen=True, eq=False)
class Histogram:
    """Counts of intensities in equal bins.

    Attributes
    ----------
    counts : ndarray of int, shape (bins,)
    edges : ndarray, shape (bins + 1,)
    levels : int
        The intensities that each bin holds, if they are few and evenly spaced, as whole numbers
        are; 0 for the bins of `numpy.histogram`.
    """

    counts: NDArray[np.int64]
    edges: NDArray[np.float64]
    levels: int = 0

    @property
    def width(self) -> float:
        """Width of a bin in intensity units."""
        return float(self.edges[1] - self.edges[0])


def histogram(values: NDArray[Any], bins: int) -> Histogram | None:
    """Count the finite values in equal bins from their minimum to their maximum.

    Parameters
    ----------
    values : ndarray
        Below 1e300 in size.
    bins : int
        If the intensities are evenly spaced levels, such as whole numbers, and fewer than
        `LEVELS_IN_A_BIN` for each bin, about as many: the edges then lie between the levels.

    Returns
    -------
    Histogram or None
        The result of `numpy.histogram`, or one of levels; None if no value is finite.
    """
    parts = list(_finite_parts(values)) if values.size <= COUNTED_AT_ONCE else None
    low, high = np.inf, -np.inf
    for part in parts or _finite_parts(values):
        low, high = min(low, float(part.min())), max(high, float(part.max()))
    if low > high:
        return None
    first = next(iter(parts or _finite_parts(values)))
    if (distance := _distance(first, low, high, bins)) and (
        found := _of_levels(parts or _finite_parts(values), low, high, distance, bins)
    ):
        return found
    if low < high and (high - low) / bins <= np.spacing(max(abs(low), abs(high))):
        # The values differ by rounding only, and numpy cannot place edges between them.
        high = low
    around = 0.0 if low < high else max(AROUND, bins * float(np.spacing(abs(low))))
    counts, edges = np.zeros(bins, dtype=np.int64), np.zeros(bins + 1)
    for part in parts or _finite_parts(values):
        in_part, edges = np.histogram(
            np.minimum(part, high), bins=bins, range=(low - around, high + around)
        )
        counts += in_part
    return Histogram(counts, edges)


def _distance(some: NDArray[np.float64], low: float, high: float, bins: int) -> float | None:
    """Return the distance of two levels, if there may be few and evenly spaced ones."""
    if low == high:
        return None
    looked_at = np.unique(np.append(some[:: -(-some.size // LOOKED_AT)], (low, high)))
    gaps = np.diff(looked_at)
    whole = high - low < 2**53 and bool((gaps == np.rint(gaps)).all())
    distance = float(np.gcd.reduce(gaps.astype(np.int64))) if whole else float(gaps.min())
    if not whole and CLOSE * distance < np.spacing(max(abs(low), abs(high))):
        return None
    levels = round((high - low) / distance)
    return (high - low) / levels if levels < LEVELS_IN_A_BIN * bins else None


def _of_levels(
    parts: Sequence[NDArray[np.float64]] | Iterator[NDArray[np.float64]],
    low: float,
    high: float,
    distance: float,
    bins: int,
) -> Histogram | None:
    """Count whole numbers of levels in each bin; None if a value lies between two levels."""
    levels = round((high - low) / distance)
    each = max(round(levels / bins), 1)
    counts = np.zeros(levels // each + 1, dtype=np.int64)
    for part in parts:
        level = (part - low) / distance
        nearest = np.rint(level)
        if (np.abs(level - nearest) > CLOSE).any():
            return None
        counts += np.bincount(nearest.astype(np.int64) // each, minlength=counts.size)
    # Half-way between two levels, where float64 has a number there.
    below = 0.5 if distance / 2 >= np.spacing(max(abs(low), abs(high))) else 0.0
    edges = low + distance * (each * np.arange(counts.size + 1, dtype=np.float64) - below)
    return Histogram(counts, edges, each)


def _finite_parts(values: NDArray[Any]) -> Iterator[NDArray[np.float64]]:
    """Yield the finite values in parts, so that the largest slices are not copied."""
    flat = values.ravel(order="K")
    for part in sampling.parts(flat.size, COUNTED_AT_ONCE):
        # Edges in float32 would differ from those of the file's float64 intensities.
        finite = flat[part][np.isfinite(flat[part])].astype(np.float64)
        if finite.size:
            yield finite
