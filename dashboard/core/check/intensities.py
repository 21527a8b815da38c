"""Unusual intensities, and their effect on foreground and plots."""

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

import numpy as np

from dashboard.core import sampling
from dashboard.core.check.findings import Choices, Code, Finding, Severity
from dashboard.core.check.remedies import Clip, UseRule
from dashboard.core.processing import Resampled
from dashboard.core.reading.summary import BACKGROUND_SHARE, Intensities
from dashboard.core.volume import Volume

# Interpolation and noise make up to 3 % of a head negative, z-scores about half of it.
MANY_NEGATIVES = 0.05
# With more zeros, most slices have nothing to fit.
NEARLY_EMPTY = 0.98
# Without saturation, one voxel or a few whole numbers are at the maximum.
SATURATED_VOXELS = 50
# A negligible share.
SOME = 0.001
# Enough for a peak of its own in the histogram, and for a component.
SATURATED_PEAK = 0.01
# Maxima of scanners and converters, with their number of bits.
CEILINGS = {255.0: 8, 4095.0: 12, 32767.0: 15, 65535.0: 16}
# In ranges of the middle 99.8 %: with larger outliers, fewer than 5 of the 50 bins hold the rest.
FAR_OUT = 10
# An image with so few values has a histogram of bars, saturated or not.
FEW_VALUES = 16
# Voxels sampled to count values: 0.01 % are ten.
SAMPLED = 100_000
# A saturated maximum is this many times more frequent than the values next to it.
PEAK, NEIGHBOURS = 3, 10

# Effects of the foreground rule; for `BACKGROUND_TAKES_OTHERS` it depends on the share.
SEVERITY: dict[Code, Severity] = {
    Code.BACKGROUND_REMOVED: "fact",
    Code.BACKGROUND_KEPT: "warning",
    Code.BACKGROUND_TAKES_OTHERS: "warning",
    Code.NEGATIVES_REMOVED: "warning",
    Code.NEGATIVES_KEPT: "fact",
}
REMEDIES = {
    Code.BACKGROUND_KEPT: UseRule("background"),
    Code.BACKGROUND_TAKES_OTHERS: UseRule("background"),
    Code.NEGATIVES_REMOVED: UseRule("nonzero"),
}

Images = Mapping[str, Volume]
Check = Callable[[Images, Choices], Iterator[Finding]]


def intensity_findings(
    images: Images, choices: Choices, overflowing: Collection[str] = ()
) -> Iterator[Finding]:
    """Yield unusual intensities of images that are shown or fitted.

    Those that are `overflowing` are not also called saturated.
    """
    for check in (_nothing_in_it, _background, _some_negatives, _clipping, _holes):
        yield from check(images, choices)
    yield from _saturated({n: v for n, v in images.items() if n not in overflowing})


def is_empty(volume: Volume) -> bool:
    """Return whether an image has almost nothing to fit."""
    facts = volume.intensities
    alike = facts.has_two_values or facts.low == facts.high
    return alike or facts.zeros / facts.finite > NEARLY_EMPTY


def keeps_background(facts: Intensities, rule: str) -> bool:
    """Return whether a rule keeps a constant background that is not 0."""
    return _case(facts, rule) == Code.BACKGROUND_KEPT


def _inside(facts: Intensities) -> float:
    """Return the number of finite voxels without a constant background."""
    return facts.finite * (1 - facts.background_share * facts.has_constant_background)


def _negatives_inside(facts: Intensities) -> float:
    """Return the number of negative voxels without a constant background."""
    dark = facts.has_constant_background and facts.background < 0
    return max(facts.negatives - dark * facts.background_share * facts.finite, 0)


def _nothing_in_it(images: Images, _: Choices) -> Iterator[Finding]:
    for name, volume in images.items():
        facts = volume.intensities
        share = facts.zeros / facts.finite
        if facts.low == facts.high:
            yield Finding(Code.CONSTANT, "warning", (name,), {"value": facts.low})
        elif facts.has_two_values:
            values = (facts.background, facts.limits["0.1"][0])
            yield Finding(Code.TWO_VALUES, "warning", (name,), {"values": values})
        elif share > NEARLY_EMPTY:
            yield Finding(Code.NEARLY_EMPTY, "warning", (name,), {"not_zero": 1 - share})


def _background(images: Images, choices: Choices) -> Iterator[Finding]:
    """Yield images in which the foreground rule keeps background or removes tissue."""
    cases: dict[Code, dict[str, Intensities]] = {}
    for name, volume in images.items():
        if case := _case(volume.intensities, choices.foreground):
            cases.setdefault(case, {})[name] = volume.intensities
    for case, found in cases.items():
        facts: dict[str, Any] = {"rule": choices.foreground}
        if case in (Code.NEGATIVES_REMOVED, Code.NEGATIVES_KEPT):
            facts |= _negatives(found)
        else:
            facts |= _most_frequent(found)
        severity, rule = SEVERITY[case], REMEDIES.get(case)
        if case == Code.NEGATIVES_REMOVED and all(map(_is_dark, found.values())):
            rule = UseRule("background")
        if case == Code.BACKGROUND_TAKES_OTHERS:
            facts["taken"] = max(_not_positive(f) for f in found.values())
            severity = "warning" if facts["taken"] >= MANY_NEGATIVES else "fact"
        yield Finding(case, severity, tuple(found), facts, (rule,) if rule else ())


def _case(facts: Intensities, rule: str) -> Code | None:
    """Return the effect of a foreground rule on an image, or None if there is none to report."""
    many = _negatives_inside(facts) >= MANY_NEGATIVES * _inside(facts)
    odd = facts.has_constant_background and facts.background != 0
    if facts.low == facts.high or rule == "mask":
        return None
    if odd and rule == "background":
        return Code.BACKGROUND_REMOVED
    if odd and (facts.background > 0 or rule == "nonzero"):
        return Code.BACKGROUND_KEPT
    if odd:
        others = _not_positive(facts) >= SOME
        return Code.BACKGROUND_TAKES_OTHERS if others else Code.BACKGROUND_REMOVED
    if many:
        return Code.NEGATIVES_REMOVED if rule == "positive" else Code.NEGATIVES_KEPT
    return None


def _is_dark(facts: Intensities) -> bool:
    """Return whether a negative value is so frequent that it is the air of a narrow box."""
    return facts.background < 0 and facts.background_share >= MANY_NEGATIVES


def _not_positive(facts: Intensities) -> float:
    """Return the share of voxels <= 0 among those without a constant background."""
    return (_negatives_inside(facts) + facts.zeros) / max(_inside(facts), 1)


def _most_frequent(found: Mapping[str, Intensities]) -> dict[str, Any]:
    """Return the most frequent value of each image, and the smallest of their shares."""
    return {
        "values": tuple(facts.background for facts in found.values()),
        "share": min(facts.background_share for facts in found.values()),
    }


def _negatives(found: Mapping[str, Intensities]) -> dict[str, Any]:
    """Return the largest share of negative voxels, and the lowest intensity."""
    return {
        "negative": max(_negatives_inside(f) / max(_inside(f), 1) for f in found.values()),
        "low": min(facts.low for facts in found.values()),
        "beside_background": _beside(found),
    }


def _beside(found: Mapping[str, Intensities]) -> bool:
    """Return whether shares exclude a constant background."""
    return any(facts.has_constant_background for facts in found.values())


def _some_negatives(images: Images, choices: Choices) -> Iterator[Finding]:
    """Yield one fact for all images with few negative voxels."""
    few = {
        name: volume.intensities
        for name, volume in images.items()
        if 0 < _negatives_inside(volume.intensities)
        < MANY_NEGATIVES * _inside(volume.intensities)
        and not (volume.intensities.has_constant_background and volume.intensities.background < 0)
    }  # fmt: skip
    if not few or choices.foreground == "mask":
        return
    facts = {"rule": choices.foreground, **_negatives(few)}
    yield Finding(Code.SOME_NEGATIVES, "fact", tuple(few), facts)


def _saturated(images: Images) -> Iterator[Finding]:
    """Yield one finding for all images with saturated voxels."""
    found = {
        name: volume.intensities
        for name, volume in images.items()
        if _is_saturated(volume.intensities) and _is_peak(volume)
    }
    if not found:
        return
    share = max(facts.saturated / max(_inside(facts), 1) for facts in found.values())
    highs = tuple(dict.fromkeys(facts.high for facts in found.values()))
    yield Finding(
        Code.SATURATED,
        "warning" if share >= SATURATED_PEAK else "fact",
        tuple(found),
        {
            "voxels": sum(facts.saturated for facts in found.values()),
            "share": share,
            "beside_background": _beside(found),
            "highs": highs,
            "bits": CEILINGS.get(highs[0]) if len(highs) == 1 else None,
        },
    )


def _is_saturated(facts: Intensities) -> bool:
    is_background = facts.high == facts.background and facts.has_constant_background
    many = facts.saturated >= max(SATURATED_VOXELS, SOME * _inside(facts))
    return many and not is_background and not facts.has_two_values


def _is_peak(volume: Volume) -> bool:
    """Return whether the maximum is more frequent than the values next to it."""
    sample = volume.data.reshape(-1, order="F")
    sample = sample[:: sampling.step(sample.size, SAMPLED, volume.shape)]
    values, counts = np.unique(sample[np.isfinite(sample)], return_counts=True)
    beside = counts[values < volume.intensities.high][-NEIGHBOURS:]
    if len(values) <= FEW_VALUES:
        return False
    share = volume.intensities.saturated / volume.intensities.voxels
    return share * sample.size > PEAK * float(np.median(beside))


def _clipping(images: Images, choices: Choices) -> Iterator[Finding]:
    if choices.clip != "none":
        facts: dict[str, Any] = {"percent": float(choices.clip)}
        yield Finding(Code.CLIPPED, "fact", facts=facts, remedies=(Clip("none"),))
        return
    for name, volume in images.items():
        found = volume.intensities
        first, last = found.limits["0.1"]
        above = found.high - last
        below = first - found.low if found.background != found.low else 0.0
        if last <= first or max(above, below) <= FAR_OUT * (last - first):
            continue
        facts = {"farthest": found.high if above >= below else found.low, "most": (first, last)}
        yield Finding(Code.OUTLIERS, "warning", (name,), facts, (Clip("0.1"),))


def _holes(images: Images, _: Choices) -> Iterator[Finding]:
    for name, volume in images.items():
        found = volume.intensities
        if not found.nonfinite:
            continue
        share = found.nonfinite / found.voxels
        facts = {
            "voxels": found.nonfinite,
            "share": share,
            "as_background": share >= BACKGROUND_SHARE,
        }
        # Resampled images are NaN outside their field of view.
        moved = any(isinstance(step, Resampled) for step in volume.processing)
        yield Finding(Code.NONFINITE, "fact" if moved else "warning", (name,), facts)
