"""Findings about intensities, and about what the foreground holds of them, in sentences."""

from collections.abc import Callable

from dashboard.core.check.findings import Finding
from dashboard.words.numbers import LEAST, number, percent, qualified
from dashboard.words.parts import Sentence
from dashboard.words.pattern import say_of

RULES = {"positive": "above 0", "nonzero": "not 0"}


def background(end: str) -> Callable[[Finding], Sentence]:
    """Return what says how a foreground rule treats a background that is not 0."""

    def sentence(finding: Finding) -> Sentence:
        facts = finding.facts
        values = list(dict.fromkeys(map(number, facts["values"])))
        several = len(values) > 1
        subject = "The backgrounds of {images} are" if several else "The background of {images} is"
        return say_of(
            subject + " {values} ({share} of the voxels), not 0. " + end,
            finding,
            values=", ".join(values),
            share=("at least " if len(finding.images) > 1 else "") + percent(facts["share"]),
            they="They are" if several else "It is",
            them="them" if several else "it",
            rule=RULES.get(facts["rule"]),
            taken=_up_to(facts.get("taken", 0), finding),
        )

    return sentence


def negatives(end: str) -> Callable[[Finding], Sentence]:
    """Return what says how a foreground rule treats many negative voxels."""

    def sentence(finding: Finding) -> Sentence:
        share = _share(finding.facts["negative"], finding)
        share = share[0].upper() + share[1:]
        pattern = "{share} of {images} are negative (minimum {low:number})"
        return say_of(pattern + end, finding, share=share)

    return sentence


def some_negatives(finding: Finding) -> Sentence:
    """Return which images have a few negative voxels, and whether these are fitted."""
    end = " They take part in the fit."
    if finding.facts["rule"] == "positive":
        end = " The rule “above 0” excludes them, which can leave holes inside the brain."
    return say_of(
        "{images} {has} a few negative values from interpolation or noise ({share}, minimum "
        "{low:number})." + end,
        finding,
        share=_share(finding.facts["negative"], finding),
    )


def saturated(finding: Finding) -> Sentence:
    """Return how many voxels are at the maximum."""
    facts = finding.facts
    maximum = "{bits}-bit maximum" if facts["bits"] else "the maximum"
    share = _share if facts["beside_background"] else _up_to
    return say_of(
        "{voxels:voxels} of {images} ({share}) are saturated at {highs:numbers} (" + maximum + "): "
        "the peak at the end of the histogram cannot be fitted by a Gaussian.",
        finding,
        share=share(facts["share"], finding),
    )


def outliers(finding: Finding) -> Sentence:
    """Return how far a few voxels lie outside the rest."""
    way = "up" if finding.facts["farthest"] > finding.facts["most"][1] else "down"
    return say_of(
        "A few voxels of {images} lie far outside the rest: {way} to {farthest:number}, while "
        "99.8 % are between {most[0]:number} and {most[1]:number}. They squeeze the histogram into "
        "a few bins and can take a class of their own.",
        finding,
        way=way,
    )


def nonfinite(finding: Finding) -> Sentence:
    """Return how many voxels are no numbers."""
    often = ", as is common for a background" if finding.facts["as_background"] else ""
    return say_of(
        "NaN or infinite values in {voxels:voxels} of {images} ({share:percent}){often}. "
        "Histograms and fits ignore them.",
        finding,
        often=often,
    )


def air(finding: Finding) -> Sentence:
    """Return that dark air is in the foreground."""
    advice = "" if finding.remedies else " Add a brain mask and choose it as the foreground."
    return say_of(
        "The background of {images} is not 0 ({few} is 0), so air is fitted as if it were tissue "
        "and takes a class of its own." + advice,
        finding,
        few=_few(finding),
    )


def air_noise(finding: Finding) -> Sentence:
    """Return that air is noise that no rule removes."""
    advice = "" if finding.remedies else " Add a brain mask and choose it as the foreground."
    return say_of(
        "Nothing removes the air of {images}: it is noise over the whole range of intensities "
        "({share} of the voxels), which is spread over all classes. A mask is needed." + advice,
        finding,
        share=_up_to(finding.facts["share"], finding),
    )


def far_group(finding: Finding) -> Sentence:
    """Return where a group of voxels lies, and whether it takes a component."""
    facts = finding.facts
    above = facts["group"][0] > facts["rest"][1]
    pattern = (
        "A group of voxels of {images} ({share:percent}) lies far {way} the rest, between "
        "{group[0]:number} and {group[1]:number}, while the rest is between {rest[0]:number} and "
        "{rest[1]:number}, as after an overflow in a converter. "
    )
    if facts["fitted"]:
        pattern += "It takes a component of the fit ({fitted:percent} of the foreground)."
    else:
        pattern += "The other images keep it out of this fit; without them it takes a component."
    if not finding.remedies:
        pattern += (
            " Clipping does not help against so many voxels; a mask or a new conversion does."
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
        "{share} of the head in {of:image} is foreground in {images}, so most of it is not fitted."
        + why,
        finding,
        share=share[0].upper() + share[1:],
    )


def no_background(finding: Finding) -> Sentence:
    """Return that nearly all voxels are in the foreground."""
    few = _few(finding)
    return say_of(
        "{few} of {images} is 0, so the fit includes nearly every voxel. This is right if the "
        "images show only tissue.",
        finding,
        few=few[0].upper() + few[1:],
    )


def _few(finding: Finding) -> str:
    """Return how little of the images is 0."""
    zeros = finding.facts["zeros"]
    if zeros < LEAST:
        return "hardly a voxel"
    return f"{'at most' if len(finding.images) > 1 else 'only'} {percent(zeros)}"


def _up_to(share: float, finding: Finding) -> str:
    """Return a share, or the largest of several images."""
    return qualified(share, "up to" if len(finding.images) > 1 else "")


def _share(share: float, finding: Finding) -> str:
    """Return a share of all voxels, or of those outside a background."""
    voxels = "non-background voxels" if finding.facts["beside_background"] else "voxels"
    return f"{_up_to(share, finding)} of the {voxels}"
