"""What is unusual about the intensities of a study, and what it does to foreground and plots."""

from collections.abc import Callable, Iterator, Mapping

import numpy as np

from dashboard.core import sampling
from dashboard.core.check.findings import Choices, Finding, Remedy, names, number, percent
from dashboard.core.reading.summary import BACKGROUND_SHARE
from dashboard.core.volume import Intensities, Volume

# Interpolation and noise make up to some 3 % of a head negative, z-scores about half of it.
MANY_NEGATIVES = 0.05
# Nothing is left for a mixture in most slices.
NEARLY_EMPTY = 0.98
# The maximum of an image that was not cut off is one voxel, or a handful of whole numbers.
SATURATED_VOXELS = 50
# A share that can be passed over in silence.
SOME = 0.001
# Enough to stand in the histogram as a peak of its own, and to draw a component.
SATURATED_PEAK = 0.01
# Whole numbers at which scanners and converters cut off.
CEILINGS = {255.0: 8, 4095.0: 12, 32767.0: 15, 65535.0: 16}
# Beyond this many ranges of the middle 99.8 %, fewer than 5 of the 50 bins hold all of them.
FAR_OUT = 10
# An image of so few values has a histogram of bars, whatever was cut off.
FEW_VALUES = 16
# Voxels looked at to tell how often each value occurs: 0.01 % of them are ten.
SAMPLED = 100_000
# What was cut off stands this many times above so many values next to the maximum.
PEAK, NEIGHBOURS = 3, 10

KEEP_BACKGROUND = Remedy(
    "Keep voxels that differ from the background", {"foreground": "background"}
)
KEEP_NONZERO = Remedy("Keep voxels that are not 0", {"foreground": "nonzero"})
CLIP = Remedy("Clip at the 0.1 and 99.9 percentiles", {"clip": "0.1"})
UNCLIP = Remedy("Use all intensities", {"clip": "none"})

Images = Mapping[str, Volume]
Check = Callable[[Images, Choices], Iterator[Finding]]


def intensity_findings(images: Images, choices: Choices) -> Iterator[Finding]:
    """Yield what is unusual about the intensities of images that are plotted or fitted."""
    for check in (_nothing_in_it, _background, _some_negatives, _saturated, _clipping, _holes):
        yield from check(images, choices)


def is_empty(volume: Volume) -> bool:
    """Return whether an image holds next to nothing that a mixture could separate."""
    facts = volume.intensities
    few = facts.limits["0.1"][0] == facts.limits["0.1"][1]
    return few or facts.low == facts.high or facts.zeros / _finite(facts) > NEARLY_EMPTY


def _finite(facts: Intensities) -> int:
    return max(facts.voxels - facts.nonfinite, 1)


def _constant(facts: Intensities) -> bool:
    return facts.background_share >= BACKGROUND_SHARE


def _inside(facts: Intensities) -> float:
    """Return the number of finite voxels besides a constant background."""
    return _finite(facts) * (1 - facts.background_share * _constant(facts))


def _negatives_inside(facts: Intensities) -> float:
    """Return the number of negative voxels besides a constant background."""
    dark = _constant(facts) and facts.background < 0
    return max(facts.negatives - dark * facts.background_share * _finite(facts), 0)


def _nothing_in_it(images: Images, _: Choices) -> Iterator[Finding]:
    for name, volume in images.items():
        facts = volume.intensities
        share = facts.zeros / _finite(facts)
        if facts.low == facts.high:
            text = f"Every voxel of {name} is {number(facts.low)}: there is nothing to fit."
        elif facts.limits["0.1"][0] == facts.limits["0.1"][1]:
            text = (
                f"Besides {number(facts.background)}, {name} holds hardly any value but "
                f"{number(facts.limits['0.1'][0])}, like a mask: a mixture has nothing to separate."
            )
        elif share > NEARLY_EMPTY:
            text = (
                f"Only {percent(1 - share)} of {name} is not 0: most slices hold too few voxels "
                "for a mixture."
            )
        else:
            continue
        yield Finding("warning", text)


def _background(images: Images, choices: Choices) -> Iterator[Finding]:
    """Yield where the chosen foreground rule does not do what it is chosen for."""
    cases: dict[str, dict[str, Intensities]] = {}
    for name, volume in images.items():
        case = _case(volume.intensities, choices.foreground)
        cases.setdefault(case, {})[name] = volume.intensities
    rule = "above 0" if choices.foreground == "positive" else "not 0"
    for case, found in cases.items():
        if case == "removed":
            yield Finding("fact", f"{_most_frequent(found)}; they are left out.")
        elif case == "kept":
            yield Finding(
                "warning",
                f"{_most_frequent(found)}: “Keep voxels {rule}” keeps this background, which then "
                "counts as tissue and takes a component.",
                (KEEP_BACKGROUND,),
            )
        elif case == "removed with others":
            most = max(_not_positive(facts) for facts in found.values())
            yield Finding(
                "warning" if most >= MANY_NEGATIVES else "fact",
                f"{_most_frequent(found)}: “Keep voxels above 0” leaves this background out, and "
                f"with it {_up_to(most, found)} of the other voxels, which are 0 or less.",
                (KEEP_BACKGROUND,),
            )
        elif case == "negative":
            yield Finding(
                "warning",
                f"{_negative(found)}, as after z-scoring: “Keep voxels above 0” takes them out of "
                "every plot and of the fit.",
                (KEEP_NONZERO,),
            )
        elif case == "negative and kept":
            yield Finding("fact", f"{_negative(found)}; they take part, as they should.")


def _case(facts: Intensities, rule: str) -> str:
    """Return what a foreground rule does to an image, or nothing where all is well."""
    many = _negatives_inside(facts) >= MANY_NEGATIVES * _inside(facts)
    odd = _constant(facts) and facts.background != 0
    if facts.low == facts.high or rule == "mask":
        return ""
    if odd and rule == "background":
        return "removed"
    if odd and (facts.background > 0 or rule == "nonzero"):
        return "kept"
    if odd:
        return "removed with others" if _not_positive(facts) >= SOME else "removed"
    if many:
        return "negative" if rule == "positive" else "negative and kept"
    return ""


def _not_positive(facts: Intensities) -> float:
    """Return the share of 0 and less among the voxels besides a constant background."""
    return (_negatives_inside(facts) + facts.zeros) / max(_inside(facts), 1)


def _most_frequent(found: Mapping[str, Intensities]) -> str:
    values = list(dict.fromkeys(number(facts.background) for facts in found.values()))
    share = percent(min(facts.background_share for facts in found.values()))
    share = f"{'' if len(found) == 1 else 'at least '}{share} of the voxels"
    if len(values) == 1:
        return f"The most frequent value of {names(list(found))} is {values[0]} ({share}), not 0"
    return f"The most frequent values of {names(list(found))} are {names(values)} ({share}), not 0"


def _negative(found: Mapping[str, Intensities]) -> str:
    most = max(_negatives_inside(facts) / max(_inside(facts), 1) for facts in found.values())
    lowest = number(min(facts.low for facts in found.values()))
    share = _up_to(most, found)
    share = share[0].upper() + share[1:]
    return f"{share} of {names(list(found))}{_beside(found)} are negative, down to {lowest}"


def _beside(found: Mapping[str, Intensities]) -> str:
    return " besides the background" if any(map(_constant, found.values())) else ""


def _up_to(most: float, found: Mapping[str, Intensities]) -> str:
    """Return a share, or the largest of several images."""
    text = percent(most)
    return text if len(found) == 1 or text.startswith("<") else f"up to {text}"


def _some_negatives(images: Images, choices: Choices) -> Iterator[Finding]:
    """Yield one fact for all images with few negative voxels."""
    few = {
        name: volume.intensities
        for name, volume in images.items()
        if 0 < _negatives_inside(volume.intensities)
        < MANY_NEGATIVES * _inside(volume.intensities)
        and not (_constant(volume.intensities) and volume.intensities.background < 0)
    }  # fmt: skip
    if not few or choices.foreground == "mask":
        return
    most = max(facts.negatives / max(_inside(facts), 1) for facts in few.values())
    lowest = number(min(facts.low for facts in few.values()))
    end = "are left out by “above 0”" if choices.foreground == "positive" else "take part"
    yield Finding(
        "fact",
        f"{names(list(few))} {'hold' if len(few) > 1 else 'holds'} some negative voxels, as "
        f"interpolation and noise leave them ({_up_to(most, few)}{_beside(few)}, down to "
        f"{lowest}); they {end}.",
    )


def _saturated(images: Images, _: Choices) -> Iterator[Finding]:
    """Yield one finding for all images whose brightest voxels were cut off."""
    found = {
        name: volume.intensities
        for name, volume in images.items()
        if _is_saturated(volume.intensities) and _is_peak(volume)
    }
    if not found:
        return
    shares = [facts.saturated / max(_inside(facts), 1) for facts in found.values()]
    highs = list(dict.fromkeys(facts.high for facts in found.values()))
    bits = CEILINGS.get(highs[0]) if len(highs) == 1 else None
    limit = f", the largest number of {bits} bits" if bits else ""
    own = "its maximum" if len(found) == 1 else "the maximum"
    count = f"{next(iter(found.values())).saturated:,} voxels" if len(found) == 1 else "Many voxels"
    yield Finding(
        "warning" if max(shares) >= SATURATED_PEAK else "fact",
        f"{count} of {names(list(found))} ({_up_to(max(shares), found)}{_beside(found)}) are "
        f"exactly at {own} of {names([number(high) for high in highs])}{limit}, as if brighter "
        "ones had been cut off: the histogram ends in a peak that no Gaussian fits.",
    )


def _is_saturated(facts: Intensities) -> bool:
    is_background = facts.high == facts.background and _constant(facts)
    two_values = facts.limits["0.1"][0] == facts.limits["0.1"][1]
    many = facts.saturated >= max(SATURATED_VOXELS, SOME * _inside(facts))
    return many and not is_background and not two_values


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
        yield Finding(
            "fact",
            f"Intensities are clipped at the {choices.clip} and "
            f"{100 - float(choices.clip):g} percentiles of each image.",
            (UNCLIP,),
        )
        return
    for name, volume in images.items():
        facts = volume.intensities
        first, last = facts.limits["0.1"]
        above = facts.high - last
        below = first - facts.low if facts.background != facts.low else 0.0
        if last <= first or max(above, below) <= FAR_OUT * (last - first):
            continue
        end = f"up to {number(facts.high)}" if above >= below else f"down to {number(facts.low)}"
        yield Finding(
            "warning",
            f"A few voxels of {name} lie far outside the rest ({end}, where 99.8 % are between "
            f"{number(first)} and {number(last)}): they squeeze all others into a few bins and can "
            "take a component for themselves.",
            (CLIP,),
        )


def _holes(images: Images, _: Choices) -> Iterator[Finding]:
    for name, volume in images.items():
        facts = volume.intensities
        if not facts.nonfinite:
            continue
        share = facts.nonfinite / facts.voxels
        many = share >= BACKGROUND_SHARE
        # Resampling leaves them where the image was never measured.
        moved = any("onto the grid of" in step for step in volume.processing)
        yield Finding(
            "fact" if moved else "warning",
            f"{facts.nonfinite:,} voxels of {name} ({percent(share)}) are NaN or infinite"
            + (", as a background often is" if many else "")
            + ": they are never foreground and in no histogram.",
        )
