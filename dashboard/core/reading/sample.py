"""Evenly spaced values of a volume that is read chunk by chunk, and statistics of them in order."""

from typing import Any

import numpy as np
from numpy.typing import NDArray


class Sample:
    """Every n-th of the values that are added, starting with the first."""

    def __init__(self, step: int, values: int) -> None:
        self.step = step
        self._values: NDArray[Any] = np.empty(-(-values // step), dtype=np.float32)
        self._taken = self._passed = 0

    @property
    def values(self) -> NDArray[Any]:
        """Those taken so far, as float32 if all of them were."""
        return self._values[: self._taken]

    def add(self, values: NDArray[Any]) -> None:
        """Add the next values."""
        taken = values[-self._passed % self.step :: self.step]
        if taken.dtype == np.float64 and self._values.dtype != np.float64:
            self._values = self._values.astype(np.float64)
        self._values[self._taken : self._taken + taken.size] = taken
        self._taken += taken.size
        self._passed += values.size


def most_frequent(ordered: NDArray[Any]) -> float:
    """Return the value of the longest run; the smallest if there are several."""
    run, longer = 1, ordered.size + 1
    # A run of n exists if a value equals the one n - 1 places later. Search by bisection.
    while longer - run > 1:
        middle = (run + longer) // 2
        if (ordered[middle - 1 :] == ordered[: ordered.size - middle + 1]).any():
            run = middle
        else:
            longer = middle
    return float(ordered[(ordered[run - 1 :] == ordered[: ordered.size - run + 1]).argmax()])


class Others:
    """The values of an ordered sample without one value."""

    def __init__(self, ordered: NDArray[Any], value: float) -> None:
        self._ordered = ordered
        needle = ordered.dtype.type(value)  # another type would copy the sample
        self._first, last = (int(ordered.searchsorted(needle, side)) for side in ("left", "right"))
        self._gap = last - self._first
        self.size = ordered.size - self._gap

    @np.errstate(all="ignore")
    def percentile(self, percent: float) -> float:
        """Return a percentile as ``np.percentile`` does by default."""
        position = percent / 100 * (self.size - 1)
        index = int(position)
        low, high = self._at(index), self._at(min(index + 1, self.size - 1))
        return low if high == low else low + (high - low) * (position - index)

    def _at(self, index: int) -> float:
        return float(self._ordered[index if index < self._first else index + self._gap])
