"""What a mask marks: its two values, or the limit at which fractions, labels and others are cut."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from dashboard.core.facts import FileCode, Notice
from dashboard.core.mixture.spread import BINS, NOISE, OVERSHOOT, ROUNDING, chunks, spread
from dashboard.core.once import once
from dashboard.core.reading.summary import Intensities
from dashboard.core.volume import Volume

Kind = Literal["constant", "two-values", "noise", "fractions", "labels", "intensities"]

# Of the voxels above the background: a tenth and more of a probability map is near 0. Of a brain,
# 7 % are so dark.
MANY = 0.15
# Fractions also lie below the middle. Intensities can all be far from a negative background.
SOME = 0.005
# What programs write for "inside". In a map of labels these are rarely the largest number.
FULL = (1.0, 100.0, 255.0)
# Labels that a header scales are few values, multiples of one, and none is a whole number.
FEW = 16
# Of the voxels above the background: interpolated labels are whole inside a region. Of numbers
# taken at random a tenth are.
OFTEN = 0.2
# Of the largest label, in scaled maps: less is noise around 0. FreeSurfer's numbers reach 14,175.
NO_LABEL = 1e-6
# Of neighbours: labels are the same in most of a region, whole intensities rarely, and fractions
# only where they are the largest.
RUNS = 0.3
# The voxels above 0 are marked.
ABOVE_ZERO = (-np.inf, 0.0)


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
    above_zero = facts.finite - facts.zeros - facts.negatives
    if kind == "two-values" and outside[0] == -np.inf:
        marked = facts.saturated
    elif outside == ABOVE_ZERO:
        marked = above_zero
    else:
        marked = sum(int(_is_marked(chunk, outside).sum()) for chunk in chunks(volume.data))
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
    if (
        len(distinct) <= FEW
        and _are_multiples(distinct)
        and not any(v and v.is_integer() for v in distinct)
    ):
        return _labels(distinct)
    found = spread(data, facts)
    inside = found.plateaus[-1] if found.plateaus else high
    inside = next((full for full in FULL if abs(inside - full) <= full / BINS), inside)
    unit = low >= -OVERSHOOT and 0.5 < high <= 1 + OVERSHOOT
    half = 0.5 if unit else (inside if abs(low) <= OVERSHOOT * high else low + inside) / 2
    if not found.is_blurred and not several:
        return "noise", (-np.inf, half), 0
    fractions = unit or (_is_full(inside) and (not whole or high in found.plateaus))
    labels = (whole or _are_multiples(distinct)) and not fractions
    if found.runs >= RUNS and labels:
        if distinct:
            return _labels(distinct, least=0.5 if whole else None)
        return "labels", (-np.inf, 0.5), 0
    if not whole and not unit and len(found.plateaus) > 1 and found.whole >= OFTEN:
        return "labels", (-np.inf, 0.5), 0  # interpolated
    upper = bool(found.plateaus) and inside > (high + max(low, 0)) / 2
    one = upper and len(found.plateaus) == 1 and found.lower >= SOME
    if one or (unit and (upper or found.bottom >= MANY)):
        return "fractions", (-np.inf, half), 0
    outside = (facts.background,) * 2 if facts.has_constant_background else ABOVE_ZERO
    return "intensities", outside, 0


def _labels(
    distinct: tuple[float, ...], *, least: float | None = None
) -> tuple[Kind, tuple[float, float], int]:
    """Return the limit of labels, of which none is smaller than `least`: 0, or above its noise."""
    least = NO_LABEL * distinct[-1] if least is None else least
    labels = [value for value in distinct if value >= least]
    noise = any(0 < value < least for value in distinct)
    return "labels", (-np.inf, labels[0] / 2) if noise else ABOVE_ZERO, len(labels)


def _is_full(value: float) -> bool:
    """Return whether a value is one of those that mean "inside"."""
    return any(abs(value - full) <= NOISE * full for full in FULL)


def _are_multiples(distinct: tuple[float, ...]) -> bool:
    """Return whether values are about multiples of their smallest difference."""
    values = np.array([0.0, *(value for value in distinct if value > 0)])
    if len(values) < 2:
        return False
    steps = values / np.diff(values).min()
    return bool((np.abs(steps - np.rint(steps)) <= 2 * ROUNDING).all())


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
