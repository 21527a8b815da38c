"""Findings about intensities, and about what the foreground holds of them, in sentences."""

from collections.abc import Callable

from dashboard.core.check.findings import Finding
from dashboard.words.numbers import LEAST, listed, number, percent, qualified
from dashboard.words.parts import Sentence, say_of

RULES = {"positive": "above 0", "nonzero": "non-zero"}


def background(pattern: str) -> Callable[[Finding], Sentence]:
    """Return what says how a foreground rule treats a background that is not 0."""

    def sentence(finding: Finding) -> Sentence:
        facts = finding.facts
        values = list(dict.fromkeys(map(number, facts["values"])))
        return say_of(
            pattern,
            finding,
            values=listed(values),
            share=("at least " if len(finding.images) > 1 else "") + percent(facts["share"]),
            rule=RULES.get(facts["rule"]),
            taken=_up_to(facts.get("taken", 0), finding),
        )

    return sentence


def negatives(pattern: str) -> Callable[[Finding], Sentence]:
    """Return what says how a foreground rule treats many negative voxels."""
    return lambda finding: say_of(
        pattern, finding, share=_share(finding.facts["negative"], finding)
    )


def some_negatives(finding: Finding) -> Sentence:
    """Return whether a few negative voxels are fitted, and which images have them."""
    pattern = "A few negative voxels of {images}, from interpolation or noise, take part in the fit"
    if finding.facts["rule"] == "positive":
        pattern = (
            "The rule “above 0” can leave holes inside the brain: it excludes a few negative "
            "voxels of {images} that interpolation or noise left"
        )
    return say_of(
        pattern + " ({share}, down to {low:number}).",
        finding,
        share=_share(finding.facts["negative"], finding),
    )


def saturated(finding: Finding) -> Sentence:
    """Return how many voxels are at the maximum."""
    facts = finding.facts
    maximum = "{bits}-bit maximum" if facts["bits"] else "the maximum"
    share = _share if facts["beside_background"] else _up_to
    return say_of(
        "A Gaussian cannot fit the peak at the end of the histogram: {voxels:voxels} of {images} "
        "({share}) are saturated at {highs:numbers} (" + maximum + ").",
        finding,
        share=share(facts["share"], finding),
    )


def outliers(finding: Finding) -> Sentence:
    """Return how far a few voxels lie outside the rest."""
    way = "up" if finding.facts["farthest"] > finding.facts["most"][1] else "down"
    return say_of(
        "A few extreme voxels squeeze the histogram into a few bins and can take a class of their "
        "own: {images} {goes} {way} to {farthest:number}, while 99.8 % of the voxels are between "
        "{most[0]:number} and {most[1]:number}.",
        finding,
        way=way,
        goes="go" if len(finding.images) > 1 else "goes",
    )


def nonfinite(finding: Finding) -> Sentence:
    """Return how many voxels are no numbers."""
    often = ", as is common for a background" if finding.facts["as_background"] else ""
    return say_of(
        "Histograms and fits ignore NaN and infinite values: {voxels:voxels} of {images} "
        "({share:percent}){often}.",
        finding,
        often=often,
    )


def air(finding: Finding) -> Sentence:
    """Return that dark air is in the foreground."""
    advice = "" if finding.remedies else " Add a brain mask and choose Foreground: mask."
    return say_of(
        "Air takes a class: the background is not 0 in {images}, so it is fitted as if it were "
        "tissue ({few} is 0)." + advice,
        finding,
        few=_few(finding),
    )


def air_noise(finding: Finding) -> Sentence:
    """Return that air is noise that no rule removes."""
    advice = "" if finding.remedies else " Add a brain mask and choose Foreground: mask."
    return say_of(
        "Air is spread over all classes: in {images} it is noise over the whole range of "
        "intensities ({share} of the voxels). Only a mask removes it." + advice,
        finding,
        share=_up_to(finding.facts["share"], finding),
    )


def far_group(finding: Finding) -> Sentence:
    """Return where a group of voxels lies, and whether it takes a component."""
    facts = finding.facts
    above = facts["group"][0] > facts["rest"][1]
    if facts["fitted"]:
        pattern = (
            "A far group of voxels takes a component of the fit ({fitted:percent} of the "
            "foreground): {share:percent} of {images} "
        )
    else:
        pattern = (
            "The other images keep a far group of voxels out of this fit; without them it takes a "
            "component: {share:percent} of {images} "
        )
    pattern += (
        "lies between {group[0]:number} and {group[1]:number}, far {way} the rest (from "
        "{rest[0]:number} to {rest[1]:number}), as after an overflow in a converter."
    )
    if not finding.remedies:
        pattern += (
            " Clipping cannot remove this many voxels: use a mask, or convert the file again."
        )
    return say_of(pattern, finding, way="above" if above else "below")


def few_fitted(finding: Finding) -> Sentence:
    """Return how little of the head is in the foreground, and why."""
    facts = finding.facts
    share = qualified(facts["share"], "only")
    if facts["rule"] == "mask":
        why = " The mask {mask:image} leaves out the rest."
    elif facts["least"]:
        why = " {least:image} has few foreground voxels there."
    else:
        why = " The images have few foreground voxels in common."
    return say_of(
        "Most of the head is not fitted: {share} of the head in {of:image} is foreground "
        "in {images}." + why,
        finding,
        share=share,
    )


def no_background(finding: Finding) -> Sentence:
    """Return that nearly all voxels are in the foreground."""
    return say_of(
        "The fit includes nearly every voxel: {few} of {images} is 0. This is right if the images "
        "show only tissue.",
        finding,
        few=_few(finding),
    )


def _few(finding: Finding) -> str:
    """Return how little of the images is 0."""
    zeros = finding.facts["zeros"]
    if zeros < LEAST:
        return "almost no voxel"
    return f"{'at most' if len(finding.images) > 1 else 'only'} {percent(zeros)}"


def _up_to(share: float, finding: Finding) -> str:
    """Return a share, or the largest of several images."""
    return qualified(share, "up to" if len(finding.images) > 1 else "")


def _share(share: float, finding: Finding) -> str:
    """Return a share of all voxels, or of those outside a background."""
    voxels = "non-background voxels" if finding.facts["beside_background"] else "voxels"
    return f"{_up_to(share, finding)} of the {voxels}"
