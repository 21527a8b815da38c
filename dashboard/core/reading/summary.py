"""Summary statistics of a volume, computed chunk by chunk.

No array as large as a volume is made: counts, extremes, mean and digest are running ones, and
percentiles come from an evenly spaced sample.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboard.core import sampling
from dashboard.core.reading.sample import Others, Sample, most_frequent
from dashboard.core.reading.texture import Runs, Texture

# Percent of the voxels beyond each end of a clipped range.
CLIP_LEVELS = ("0.1", "0.5", "1")
# And beyond each end of a window of grey values.
WINDOW_LEVELS = ("0.5", "1", "2")
LEVELS = tuple(dict.fromkeys(CLIP_LEVELS + WINDOW_LEVELS))
# A constant background covers a third of a box or more. Dark air has one value in up to a fifth
# of the voxels of 8-bit averages; it is not constant and cannot be removed by its value.
BACKGROUND_SHARE = 0.25
# Sample size for percentiles, which are stable far below this.
SAMPLED_VOXELS = 2_000_000
# Voxels processed at once: 2 MiB in float64, which stay in the CPU cache.
CHUNK_VOXELS = 2**18
# Sums are also held as many times smaller, for intensities whose sum overflows.
SMALLER = 2.0**-64
# Distinct intensities that are listed: parcellations have some hundred labels, 8-bit images 256.
MAX_DISTINCT = 1024
# Whole numbers up to the rounding of programs, and of a slope in float32 by which they are stored.
WHOLE_WITHIN = 1e-5
WHOLE_ROUNDING = 2.5e-7
# Sample size for where the head lies.
PLACED_VOXELS = 2**19
# Share of the fullest slice: slices with fewer voxels of the head hold stray voxels.
EMPTY_SLICE = 0.005

Extents = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Intensities:
    """Summary statistics of all voxels of a volume, in the image's own unit.

    Attributes
    ----------
    low, high : float
        Smallest and largest finite intensity.
    window : tuple of float
        Black and white of grey pictures: the 0.5th percentile if there are negative intensities,
        otherwise 0; and the 99.5th percentile of the non-zero voxels.
    background : float
        The most frequent intensity.
    mean : float
        Of the finite voxels.
    background_share : float
        Share of the finite voxels with the most frequent intensity.
    voxels, zeros, negatives, nonfinite, saturated : int
        Counts of all voxels; and of those that are 0, below 0, NaN or infinite, exactly `high`.
    limits : mapping of str to tuple of float
        For each level p of `LEVELS`, the p-th and (100 - p)-th percentile of the finite voxels
        without the background.
    distinct : tuple of float, or None
        The finite intensities in ascending order; None if there are more than `MAX_DISTINCT`.
    whole : float
        Share of the finite voxels that are whole numbers, up to rounding. In an image of
        fractions below 0.5, small values are not taken for 0.
    extents : tuple of (int, int)
        For each stored axis, the first and the last slice that holds more than stray voxels of
        the head.
    texture : Texture
    """

    low: float
    high: float
    window: tuple[float, float]
    background: float
    mean: float
    background_share: float
    voxels: int
    zeros: int
    negatives: int
    nonfinite: int
    saturated: int
    limits: Mapping[str, tuple[float, float]]
    distinct: tuple[float, ...] | None
    whole: float
    extents: Extents
    texture: Texture

    @property
    def finite(self) -> int:
        """Number of voxels that are neither NaN nor infinite."""
        return self.voxels - self.nonfinite

    @property
    def has_constant_background(self) -> bool:
        """Whether the most frequent intensity is a background that can be removed by its value."""
        return self.background_share >= BACKGROUND_SHARE

    @property
    def has_two_values(self) -> bool:
        """Whether nearly all voxels besides the background are of one value."""
        first, last = self.limits[CLIP_LEVELS[0]]
        return first == last


class Summary:
    """Running statistics of a volume of a given shape, whose voxels come in storage order."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        self.voxels = int(np.prod(shape, dtype=np.int64))
        self.nonfinite = 0
        self._shape = shape
        self._sample = Sample(sampling.step(self.voxels, SAMPLED_VOXELS), self.voxels)
        self._placed = Sample(sampling.step(self.voxels, PLACED_VOXELS, shape), self.voxels)
        self._finite = 0
        self._low, self._high = np.inf, -np.inf
        self._sum = self._reduced = 0.0
        self._zeros = self._negatives = self._saturated = self._whole = 0
        self._distinct: NDArray[Any] | None = np.empty(0, dtype=np.float32)
        self._runs = Runs(self.voxels)
        self._hash = hashlib.sha256(" ".join(map(str, shape)).encode())

    @property
    def digest(self) -> str:
        """Hash of shape and intensities."""
        return self._hash.hexdigest()

    @np.errstate(all="ignore")
    def add(self, values: NDArray[Any]) -> None:
        """Add the next voxels, as float32 or float64."""
        # Equal numbers get equal bits: no -0, and one kind of NaN.
        plain = np.add(values, 0.0, dtype="<f8")
        known = np.isfinite(values)
        finite = values
        if not known.all():
            plain[np.isnan(plain)] = np.nan
            finite = values[known]
            self.nonfinite += values.size - finite.size
        self._hash.update(plain.data)
        self._placed.add(values)
        self._runs.add(values)
        if not finite.size:
            return
        self._count(finite)
        self._sample.add(finite)
        self._list_distinct(finite)
        self._finite += finite.size

    @np.errstate(all="ignore")
    def intensities(self) -> Intensities:
        """Return the statistics of all voxels; at least one must be finite."""
        ordered = self._sample.values
        ordered.sort()
        background = most_frequent(ordered)
        others, nonzero = Others(ordered, background), Others(ordered, 0.0)
        share = 1 - others.size / ordered.size
        bulk = others if _is_background(background, share) else Others(ordered, np.inf)
        white = nonzero.percentile(99.5) if nonzero.size else self._high
        if self._low < 0:
            black = min(0.0, Others(ordered, np.inf).percentile(0.5))
        else:
            black = 0.0 if white > 0 else self._low
        fractions = max(-self._low, self._high) < 0.5
        distinct = None if self._distinct is None else tuple(self._distinct.tolist())
        limits = {
            level: (bulk.percentile(float(level)), bulk.percentile(100 - float(level)))
            if bulk.size
            else (self._low, self._high)
            for level in LEVELS
        }
        constant = background if share >= BACKGROUND_SHARE else None
        head = _is_head(self._placed.values, constant, limits[CLIP_LEVELS[-1]])
        return Intensities(
            low=self._low,
            high=self._high,
            window=(black, white) if white > black else (black, black + 1.0),
            background=background,
            mean=self._mean,
            background_share=share,
            voxels=self.voxels,
            zeros=self._zeros,
            negatives=self._negatives,
            nonfinite=self.nonfinite,
            saturated=self._saturated,
            limits=limits,
            distinct=distinct,
            whole=(self._zeros if fractions else self._whole) / self._finite,
            extents=_extents(self._placed, self._shape, head),
            texture=self._runs.texture(background, (self._low, self._high), distinct),
        )

    @property
    def _mean(self) -> float:
        if np.isfinite(self._sum):
            return self._sum / self._finite
        return self._reduced / self._finite / SMALLER

    def _count(self, finite: NDArray[Any]) -> None:
        low, high = float(finite.min()), float(finite.max())
        total = finite.sum(dtype=np.float64)
        self._sum += float(total)
        whole = np.isfinite(total)
        self._reduced += float(total * SMALLER if whole else (finite * np.float64(SMALLER)).sum())
        if low <= 0:
            self._zeros += finite.size - int(np.count_nonzero(finite))
        if low < 0:
            self._negatives += int(np.count_nonzero(finite < 0))
        away = np.abs(finite - np.rint(finite))
        within = WHOLE_WITHIN + WHOLE_ROUNDING * np.abs(finite)
        self._whole += int(np.count_nonzero(away <= within))
        self._low = min(self._low, low)
        if high > self._high:
            self._high, self._saturated = high, 0
        if high == self._high:
            self._saturated += int(np.count_nonzero(finite == high))

    def _list_distinct(self, finite: NDArray[Any]) -> None:
        if self._distinct is None:
            return
        found = np.union1d(self._distinct, finite) + 0.0  # no -0
        self._distinct = found if found.size <= MAX_DISTINCT else None


def summarise(data: NDArray[Any]) -> Summary:
    """Summarise an array of intensities in storage order, such as one mapped from disk."""
    summary = Summary(data.shape)
    kind = np.float32 if data.dtype == np.float32 else np.float64
    chunks = np.nditer(
        data,
        flags=["external_loop", "buffered"],
        op_flags=["readonly"],
        op_dtypes=kind,
        order="F",
        casting="same_kind",
        buffersize=CHUNK_VOXELS,
    )
    for chunk in chunks:
        summary.add(np.asarray(chunk))
    return summary


def _extents(sample: Sample, shape: tuple[int, ...], head: NDArray[Any]) -> Extents:
    """Return the ends of the head along each axis; those of the box if nothing is in it."""
    positions = np.flatnonzero(head) * sample.step
    found = []
    for count in shape:
        held = np.bincount(positions % count, minlength=count)
        positions //= count
        most = int(held.max())
        # Without a head every slice holds as much as the fullest.
        full = np.flatnonzero(held > min(max(1, EMPTY_SLICE * most), most - 1))
        found.append((int(full[0]), int(full[-1])))
    return tuple(found)


def _is_head(
    values: NDArray[Any], background: float | None, ends: tuple[float, float]
) -> NDArray[Any]:
    """Return which voxels are of the head.

    They are all but the constant background; if there is none, those nearer to the mean of the
    bright voxels than to that of the dark ones. NaN and infinite ones are not.
    """
    head: NDArray[Any] = np.isfinite(values)
    if background is not None:
        return np.asarray(head & (values != values.dtype.type(background)))
    if head.mean() <= 1 - BACKGROUND_SHARE:
        return head
    # Clipped, because one hot voxel can lift a mean above all tissue.
    clipped = values[head]
    np.clip(clipped, *ends, out=clipped)
    bright = clipped > clipped.mean(dtype=np.float64)
    if bright.any():
        between = (clipped.mean(where=bright) + clipped.mean(where=~bright)) / 2
        head &= values > between
    return head


def _is_background(value: float, share: float) -> bool:
    return value == 0 or share >= BACKGROUND_SHARE
