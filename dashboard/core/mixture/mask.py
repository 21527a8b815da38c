"""What a mask marks: its two values, or the limit at which fractions, labels and others are cut."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from dashboard.core.facts import FileCode, Notice
from dashboard.core.once import once
from dashboard.core.reading.summary import BACKGROUND_SHARE, Intensities
from dashboard.core.volume import Volume

Kind = Literal["constant", "two-values", "noise", "fractions", "labels", "intensities"]

# Of the range: two values that programs blur by less are still two values.
NOISE = 1e-3
# Of the range, at either end of it.
TENTH = 0.1
# Of the voxels above 0: after interpolation the inside of a mask is still near its largest value,
# and a tenth of a probability map is near 0 or 1. In a brain, 3 % are so bright and 7 % so dark.
MANY = 0.15
# Fractions also lie below the middle. Intensities can all be far from a negative background.
SOME = 0.005
# What programs write for "inside". In a map of labels these are rarely the largest number.
FULL = (1.0, 100.0, 255.0)
# Splines overshoot at corners: the values of a mask of 0 and 1 then reach from -0.3 to 1.4.
OVERSHOOT = 0.5
# In units of a label: headers that scale 8-bit numbers round them by half a step.
ROUNDING = 0.05
# Labels that a header scales are few values, and multiples of one.
FEW = 16
# Of the voxels above 0: interpolated labels are still whole inside a region.
MOSTLY = 0.5
# Of the largest label, in scaled maps: less is noise around 0. FreeSurfer's numbers reach 14,175.
NO_LABEL = 1e-6
# Of neighbours: labels are the same in most of a region, whole intensities rarely, and whole
# fractions only if they are the largest.
RUNS = 0.3
# The voxels above 0 are marked.
ABOVE_ZERO = (-np.inf, 0.0)
# Voxels looked at in one go: 8 MB in float64.
CHUNK = 2**20


@dataclass(frozen=True)
class Mask:
    """Which voxels a mask marks.

    Attributes
    ----------
    kind : str
        Two clean values; two values with noise; fractions of one value, as after interpolation;
        labels; or intensities.
    outside : tuple of float
        The values from one to the other, ends included, are not marked; nor are NaN and infinity.
    marked, above_zero, voxels, nonfinite : int
        Voxels that are marked; above 0; all; NaN or infinite.
    low, high : float
        The smallest and the largest finite value.
    values : int
        How many labels there are besides 0; 0 if unknown, or if these are no labels.
    """

    kind: Kind
    outside: tuple[float, float]
    marked: int
    above_zero: int
    voxels: int
    nonfinite: int
    low: float
    high: float
    values: int

    def marks(self, values: NDArray[Any]) -> NDArray[np.bool_]:
        """Return which of some voxels are marked."""
        return _is_marked(values, self.outside)

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What to know of a mask that is not 0 and one other value."""
        return tuple(_notices(self))


@once
def mask_of(volume: Volume) -> Mask:
    """Return which voxels a volume marks if it is the mask.

    - Of two values, the one that is not 0, or else the larger.
    - Of fractions, such as of a mask that was interpolated, those above half the largest; the same
      for two values with noise.
    - Of labels, those above 0.
    - Of intensities, such as a brain without its skull, those that are not the background.
    """
    facts = volume.intensities
    kind, outside, values = _limit(volume.data, facts)
    above_zero = facts.voxels - facts.zeros - facts.negatives - facts.nonfinite
    if kind == "two-values" and outside[0] == -np.inf:
        marked = facts.saturated
    elif outside == ABOVE_ZERO:
        marked = above_zero
    else:
        marked = sum(int(_is_marked(chunk, outside).sum()) for chunk in _chunks(volume.data))
    return Mask(
        kind=kind,
        outside=outside,
        marked=marked,
        above_zero=above_zero,
        voxels=facts.voxels,
        nonfinite=facts.nonfinite,
        low=facts.low,
        high=facts.high,
        values=values,
    )


def _is_marked(values: NDArray[Any], outside: tuple[float, float]) -> NDArray[np.bool_]:
    first, last = outside
    return np.asarray(((values > last) | (values < first)) & np.isfinite(values))


def _limit(data: NDArray[Any], facts: Intensities) -> tuple[Kind, tuple[float, float], int]:
    """Return the kind of a mask, which values are outside, and the number of labels."""
    low, high, distinct = facts.low, facts.high, facts.distinct or ()
    if low == high:
        return "constant", (0.0, 0.0), 0
    if len(distinct) == 2:
        outside = (low / 2, np.inf) if high == 0 else (-np.inf, low + (high - low) / 2)
        return "two-values", outside, 0
    whole = facts.whole == 1
    several = whole and len(set(map(round, distinct))) > 2
    if several and len(distinct) <= FEW:
        return _labels(distinct, least=0.5)
    if distinct and not _full(high) and _are_scaled_labels(distinct):
        return _labels(distinct)
    inside = (None if whole else _full(high, OVERSHOOT)) or high
    shares = _shares(data, facts, inside)
    unit = low >= -OVERSHOOT and 0.5 < high <= 1 + OVERSHOOT
    half = 0.5 if unit else (inside if abs(low) <= OVERSHOOT * high else low + high) / 2
    if shares.between == 0 and not several:
        return "noise", (-np.inf, half), 0
    fractions = _full(high) and shares.top >= MANY if whole else unit or _full(high)
    if shares.runs >= RUNS and not fractions and (distinct or whole):
        if distinct:
            return _labels(distinct, least=0.5 if whole else None)
        return "labels", (-np.inf, 0.5), 0
    if not whole and not fractions and high > 1 and shares.whole >= MOSTLY:  # between labels
        return "labels", (-np.inf, 0.5), 0
    constant = facts.background_share >= BACKGROUND_SHARE
    ends = (shares.top, shares.bottom if unit else 0)
    if max(ends) >= MANY and (unit or shares.lower >= SOME):
        return "fractions", (-np.inf, half), 0
    return "intensities", (facts.background,) * 2 if constant else ABOVE_ZERO, 0


def _labels(
    distinct: tuple[float, ...], *, least: float | None = None
) -> tuple[Kind, tuple[float, float], int]:
    """Return the limit of labels, of which none is smaller than `least`: 0, or above its noise."""
    least = NO_LABEL * distinct[-1] if least is None else least
    labels = [value for value in distinct if value >= least]
    noise = any(0 < value < least for value in distinct)
    return "labels", (-np.inf, labels[0] / 2) if noise else ABOVE_ZERO, len(labels)


def _full(high: float, overshoot: float = NOISE) -> float | None:
    """Return the value that means "inside" if the largest one is that, or a little more."""
    return next((v for v in FULL if v * (1 - NOISE) <= high <= v * (1 + overshoot)), None)


def _are_scaled_labels(distinct: tuple[float, ...]) -> bool:
    """Return whether a few values are 0 and about multiples of the smallest."""
    steps = np.array([value for value in distinct if value > 0])
    if not steps.size or len(distinct) > FEW:
        return False
    steps /= steps[0]
    return bool((np.abs(steps - np.rint(steps)) <= 2 * ROUNDING).all())


@dataclass(frozen=True)
class _Shares:
    """How the voxels above the background are spread over the range.

    Shares near the largest value, near the background, below the middle, below the largest value,
    and within rounding of whole numbers; and the share of neighbours in the file that are equal,
    without the largest value.
    """

    top: float
    bottom: float
    lower: float
    between: float
    whole: float
    runs: float


def _shares(data: NDArray[Any], facts: Intensities, inside: float) -> _Shares:
    low, high = facts.low, facts.high
    span = high - low
    outside = facts.background if facts.background < low + span / 2 else low
    counts = np.zeros(8, dtype=np.int64)
    for chunk in _chunks(data):
        shown = (chunk > outside + NOISE * span) & np.isfinite(chunk)
        up = chunk[shown]
        both = shown[1:] & shown[:-1] & (chunk[1:] < high - NOISE * span)
        counts += [
            up.size,
            np.count_nonzero(up > inside - TENTH * span),
            np.count_nonzero(up < outside + TENTH * span),
            np.count_nonzero(up < (outside + inside) / 2),
            np.count_nonzero(up < high - NOISE * span),
            np.count_nonzero(np.abs(up - np.rint(up)) <= ROUNDING),
            np.count_nonzero(both & (chunk[1:] == chunk[:-1])),
            np.count_nonzero(both),
        ]
    above, top, bottom, lower, between, whole, equal, pairs = counts.tolist()
    some = max(above, 1)
    return _Shares(
        top / some, bottom / some, lower / some, between / some, whole / some, equal / max(pairs, 1)
    )


def _chunks(data: NDArray[Any]) -> Iterator[NDArray[Any]]:
    flat = data.ravel(order="K")
    for start in range(0, flat.size, CHUNK):
        yield flat[start : start + CHUNK]


def _notices(mask: Mask) -> Iterator[Notice]:
    first, last = mask.outside
    counts = {"marked": mask.marked, "voxels": mask.voxels}
    match mask.kind:
        case "constant" if not mask.nonfinite or not mask.marked:
            yield Notice(FileCode.MASK_CONSTANT, {"value": mask.low, **counts})
        case "two-values" if mask.low != 0:
            inside, other = (mask.high, mask.low) if last < np.inf else (mask.low, mask.high)
            left = mask.voxels - mask.nonfinite - mask.marked
            facts = {"inside": inside, "other": other, "left": left, **counts}
            yield Notice(FileCode.MASK_VALUES, facts)
        case "noise" | "fractions":
            code = FileCode.MASK_NOISE if mask.kind == "noise" else FileCode.MASK_FRACTIONS
            facts = {"low": mask.low, "high": mask.high, "limit": last}
            yield Notice(code, {**facts, "above_zero": mask.above_zero, **counts})
        case "labels":
            facts = {"labels": mask.values, "low": mask.low, "limit": last, **counts}
            yield Notice(FileCode.MASK_LABELS, facts)
        case "intensities":
            background = None if first == -np.inf else first
            yield Notice(FileCode.MASK_INTENSITIES, {"background": background, **counts})
    if mask.nonfinite:
        yield Notice(FileCode.MASK_NAN, {"count": mask.nonfinite})
