"""Groups of voxels far outside the rest, as a converter's overflow leaves them."""

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from dashboard.core.check.findings import Code, Finding
from dashboard.core.check.intensities import FEW_VALUES, SOME
from dashboard.core.check.remedies import Clip
from dashboard.core.check.sample import Sample
from dashboard.core.mixture import recipe
from dashboard.core.volume import Volume

LEVELS: tuple[recipe.Clip, ...] = ("0.1", "0.5", "1")
# In ranges of the rest. Tissues are closer together: partial volumes lie between them.
GAP = 3.0
# In gaps. Tissue between 300 and 900 is also far from air below 5, but differs more in itself.
WIDEST = 0.5
# Of the voxels near the faces of the box.
MOST = 0.5
# Fewer voxels of a sample may be single outliers.
FEWEST = 10

Values = NDArray[np.float64]


def group_findings(images: Mapping[str, Volume], sample: Sample | None) -> Iterator[Finding]:
    """Yield images of the fit in which a group of voxels lies far outside the rest."""
    if sample is None:
        return
    for name, values in sample.values.items():
        facts = images[name].intensities
        kept = sample.own[name]
        if facts.has_constant_background:
            kept = kept & (values != facts.background)
        found = _far_group(values[kept], values[kept & sample.middle])
        if found is None:
            continue
        low, high, rest = found
        inside = (values >= low) & (values <= high)
        if high < rest[0] and inside[sample.border].mean() > MOST:
            continue  # dark air, as in a CT
        share = float(inside.sum() / np.isfinite(values).sum())
        fitted = float((inside & sample.fitted).sum() / max(sample.fitted.sum(), 1))
        # To the ends of the whole image, which a sample may miss.
        ends = (low, facts.high) if low > rest[1] else (facts.low, high)
        found_out = {"group": ends, "rest": rest, "share": share, "fitted": fitted}
        remedies = _clipping(images[name], ends)
        yield Finding(Code.FAR_GROUP, "warning", (name,), found_out, remedies)


def _far_group(values: Values, middle: Values) -> tuple[float, float, tuple[float, float]] | None:
    """Return the ends of what lies beyond the widest gap, and those of the rest.

    The rest is the side with more of the `middle` of the box, where the head is.
    """
    if values.size < 2 * FEWEST:
        return None
    ordered = np.sort(values)
    steps = np.diff(ordered)
    if np.count_nonzero(steps) < FEW_VALUES:
        return None
    # Single outliers have gaps of their own; only gaps with enough voxels on both sides count.
    place = FEWEST - 1 + int(steps[FEWEST - 1 : steps.size - FEWEST + 1].argmax())
    below, above = ordered[: place + 1], ordered[place + 1 :]
    bright = np.count_nonzero(middle >= above[0]) > middle.size / 2
    group, rest = (below, above) if bright else (above, below)
    first, last = map(float, np.percentile(rest, (0.1, 99.9)))
    width = float(np.subtract(*np.percentile(group, (95, 5))))
    gap = steps[place]
    if gap < GAP * max(last - first, -first, last) or width > WIDEST * gap:
        return None
    if group.size < SOME * values.size:
        return None
    return float(group[0]), float(group[-1]), (first, last)


def _clipping(volume: Volume, group: tuple[float, float]) -> tuple[Clip, ...]:
    """Return the mildest clipping that brings a group to the rest; none if it is too large."""
    for level in LEVELS:
        first, last = volume.intensities.limits[level]
        if last < group[0] or first > group[1]:
            return (Clip(level),)
    return ()
