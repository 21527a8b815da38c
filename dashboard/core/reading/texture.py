"""How intensities lie beside each other, from runs of neighbours along the first stored axis."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

# Voxels in all runs together: shares of neighbours are stable far below this.
RUN_VOXELS = 2**18
# As in maps of tissues.
FEW_LEVELS = 8


@dataclass(frozen=True)
class Texture:
    """What tells regions of one value, smooth fields and images from each other.

    Attributes
    ----------
    flat : float
        Share of neighbours of the same intensity, among those that are both not background. With
        more than `FEW_LEVELS` intensities the least and the largest are left out, too: windowed
        images have large regions of both.
    step : float or None
        Mean difference of the other neighbours, counted in distinct intensities; None if these are
        too many.
    rough : float
        Mean difference of neighbours that are not background, in SD of such voxels.
    top, middle : float
        Shares of the voxels that are not 0: above 90 %, and from 10 to 90 %, of the largest.
    """

    flat: float
    step: float | None
    rough: float
    top: float
    middle: float


class Runs:
    """Samples of neighbouring voxels, taken while a volume of `voxels` voxels is read."""

    def __init__(self, voxels: int) -> None:
        self._share = min(1.0, RUN_VOXELS / max(voxels, 1))
        self._runs: list[NDArray[Any]] = []

    def add(self, values: NDArray[Any]) -> None:
        """Take a run from the start of the next voxels in storage order."""
        count = max(2, round(values.size * self._share))
        self._runs.append(values[:count].copy())

    @np.errstate(all="ignore")
    def texture(
        self, background: float, extremes: tuple[float, float], distinct: tuple[float, ...] | None
    ) -> Texture:
        """Describe the runs.

        Parameters
        ----------
        background : float
            The most frequent intensity.
        extremes : (float, float)
            The least and the largest.
        distinct : tuple of float, or None
            All intensities in ascending order.
        """
        few = distinct is not None and len(distinct) <= FEW_LEVELS
        left_out = (background, np.nan) if few else (background, *extremes)
        # NaN between the runs, because their ends are no neighbours.
        parts = [part for run in self._runs for part in (run, np.full(1, np.nan, run.dtype))]
        first, second = _neighbours(np.concatenate(parts or [np.empty(0)]), left_out)
        unequal = first != second
        step = None
        if distinct is not None:
            ranks = np.asarray(distinct)
            ends = (np.searchsorted(ranks, values[unequal]) for values in (first, second))
            step = _mean(np.abs(np.subtract(*ends)))
        differences = np.abs(np.subtract(first, second, out=second), out=second)
        spread = float(first.std(dtype=np.float64)) if first.size else 0.0
        return Texture(
            flat=1 - _mean(unequal) if first.size else 0.0,
            step=step,
            rough=_mean(differences) / spread if spread > 0 else 0.0,
            **self._ends(),
        )

    def _ends(self) -> dict[str, float]:
        values = np.concatenate(self._runs or [np.empty(0)])
        values = values[np.isfinite(values) & (values != 0)]
        if not values.size:
            return {"top": 0.0, "middle": 0.0}
        parts = values / np.abs(values).max()
        return {
            "top": _mean(parts > 0.9),
            "middle": _mean((parts >= 0.1) & (parts <= 0.9)),
        }


def _neighbours(run: NDArray[Any], left_out: Sequence[float]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return each pair of neighbours of which neither is left out, NaN or infinite."""
    kept = np.isfinite(run)
    for value in left_out:
        kept &= run != run.dtype.type(value)
    both = kept[:-1] & kept[1:]
    return run[:-1][both], run[1:][both]


def _mean(values: NDArray[Any]) -> float:
    return float(values.mean(dtype=np.float64)) if values.size else 0.0
