"""How the values of a mask are spread between the background and the largest."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboard.core import sampling
from dashboard.core.reading.summary import Intensities

# Of the range: two values that programs blur by less are still two values.
NOISE = 1e-3
# Splines overshoot at corners: the values of a mask of 0 and 1 then reach from -0.4 to 1.6.
OVERSHOOT = 0.7
# Bins from the background to the largest value. In the lowest tenth is what is left of the
# background by smoothing, and by splines, which swing around it.
BINS = 100
LOWEST = BINS // 10
# Share of the voxels above the lowest tenth in one bin. Of brains the fullest bin has 0.05, of
# masks after interpolation 0.07 and more, even of lesions.
PLATEAU = 0.06
# In units of a label: headers that scale 8-bit numbers round them by half a step.
ROUNDING = 0.05
# Voxels looked at in one go: 8 MB in float64.
CHUNK = 2**20


@dataclass(frozen=True)
class Spread:
    """Values above the background.

    Attributes
    ----------
    plateaus : tuple of float
        Values that many voxels have, up to half a bin, ascending.
    bottom, lower : float
        Shares in the lowest tenth of the range, and below its middle.
    whole : float
        Share of whole numbers, up to `ROUNDING`, above the lowest tenth and not in the fullest bin.
    runs : float
        Share of neighbours in the file that are equal, without those in the fullest bin.
    is_blurred : bool
        Whether any voxel is neither background nor the largest, up to noise.
    """

    plateaus: tuple[float, ...]
    bottom: float
    lower: float
    whole: float
    runs: float
    is_blurred: bool


def spread(data: NDArray[Any], facts: Intensities) -> Spread:
    """Describe the values of a volume that has at least two."""
    low, high = facts.low, facts.high
    span = high - low
    outside = _outside(facts)
    edges = np.linspace(outside, high, BINS + 1)
    bins, pairs, equal, whole = np.zeros((4, BINS), np.int64)
    between = np.int64(0)
    for chunk in chunks(data):
        shown = (chunk > outside + NOISE * span) & np.isfinite(chunk)
        both, second = shown[1:] & shown[:-1], chunk[1:]
        up = chunk[shown]
        bins += np.histogram(up, edges)[0]
        pairs += np.histogram(second[both], edges)[0]
        equal += np.histogram(second[both & (second == chunk[:-1])], edges)[0]
        whole += np.histogram(up[np.abs(up - np.rint(up)) <= ROUNDING], edges)[0]
        between += np.count_nonzero(up < high - NOISE * span)
    total = max(bins.sum(), 1)
    rest = np.arange(BINS) != LOWEST + bins[LOWEST:].argmax()
    upper = rest & (np.arange(BINS) >= LOWEST)
    return Spread(
        plateaus=tuple(_plateaus(bins[LOWEST:], edges[LOWEST:])),
        bottom=float(bins[:LOWEST].sum() / total),
        lower=float(bins[: BINS // 2].sum() / total),
        whole=float(whole[upper].sum() / max(bins[upper].sum(), 1)),
        runs=float(equal[rest].sum() / max(pairs[rest].sum(), 1)),
        is_blurred=bool(between),
    )


def _outside(facts: Intensities) -> float:
    """Return the value of the background; 0 if splines swing around it."""
    if facts.background < (facts.low + facts.high) / 2:
        return facts.background
    return 0.0 if -OVERSHOOT * facts.high <= facts.low < 0 else facts.low


def chunks(data: NDArray[Any]) -> Iterator[NDArray[Any]]:
    """Yield voxels in storage order."""
    flat = data.ravel(order="K")
    for part in sampling.parts(flat.size, CHUNK):
        yield flat[part]


def _plateaus(bins: NDArray[np.int64], edges: NDArray[np.float64]) -> Iterator[float]:
    """Yield the middle of the fullest of neighbouring bins that many voxels are in."""
    total = max(int(bins.sum()), 1)
    # Of few voxels, many can be in one bin by chance.
    full = np.flatnonzero(bins >= PLATEAU * total + 3 * np.sqrt(PLATEAU * total))
    for group in np.split(full, np.flatnonzero(np.diff(full) > 1) + 1):
        if group.size:
            fullest = int(group[bins[group].argmax()])
            is_last = fullest == len(bins) - 1
            yield float(edges[-1] if is_last else edges[fullest : fullest + 2].mean())
