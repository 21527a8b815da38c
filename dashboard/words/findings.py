"""Findings in one or two sentences: what was found, and what it does to the plots."""

from collections.abc import Callable
from typing import Any

from dashboard.core.check.findings import Code, Finding
from dashboard.words import notices, steps
from dashboard.words.grids import other_grids, overlay
from dashboard.words.numbers import LEAST, counted, number, percent, qualified
from dashboard.words.parts import Images, Sentence, say

RULES = {"positive": "above 0", "nonzero": "not 0"}


def sentence(finding: Finding) -> Sentence:
    """Return a finding as a sentence."""
    words = SENTENCES[finding.code]
    return _say(words, finding) if isinstance(words, str) else words(finding)


def _say(pattern: str, finding: Finding, **more: Any) -> Sentence:
    """Fill a finding's images and facts, and what is made of them, into a pattern."""
    return say(pattern, **{"images": Images(finding.images), **finding.facts, **more})


def _unreadable(finding: Finding) -> Sentence:
    ends = {"shown": "shown", "mask": "used as the mask", "fitted": "fitted"}
    return _say("{reason} It cannot be {end}.", finding, end=ends[finding.facts["use"]])


def _series(finding: Finding) -> Sentence:
    b0, taken = finding.facts["b0"], finding.facts.get("taken")
    if taken is None:
        used = "It is used as {several:,} images"
    elif b0:
        used = "Its b0 volume is used" if b0 == 1 else "The mean of its {b0:,} b0 volumes is used"
    elif len(taken.volumes) == taken.held:
        used = "The mean of all is used"
    elif len(taken.volumes) == 1:
        used = "Volume {taken.volumes[0]:,} is used, counting from 0"
    else:
        used = f"The mean of {len(taken.volumes):,} of them is used"
    return _say(f"{{images}} holds {{volumes:volumes}}. {used}.", finding)


def _background(end: str) -> Callable[[Finding], Sentence]:
    """Return what says how a foreground rule treats a background that is not 0."""

    def sentence(finding: Finding) -> Sentence:
        facts = finding.facts
        values = list(dict.fromkeys(map(number, facts["values"])))
        several = len(values) > 1
        subject = "The backgrounds of {images} are" if several else "The background of {images} is"
        return _say(
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


def _negatives(end: str) -> Callable[[Finding], Sentence]:
    """Return what says how a foreground rule treats many negative voxels."""

    def sentence(finding: Finding) -> Sentence:
        share = _share(finding.facts["negative"], finding)
        share = share[0].upper() + share[1:]
        pattern = "{share} of {images} are negative (minimum {low:number})"
        return _say(pattern + end, finding, share=share)

    return sentence


def _some_negatives(finding: Finding) -> Sentence:
    end = " They take part in the fit."
    if finding.facts["rule"] == "positive":
        end = " The rule “above 0” excludes them, which can leave holes inside the brain."
    return _say(
        "{images} {has} a few negative values from interpolation or noise ({share}, minimum "
        "{low:number})." + end,
        finding,
        share=_share(finding.facts["negative"], finding),
    )


def _saturated(finding: Finding) -> Sentence:
    facts = finding.facts
    maximum = "{bits}-bit maximum" if facts["bits"] else "the maximum"
    share = _share if facts["beside_background"] else _up_to
    return _say(
        "{voxels:voxels} of {images} ({share}) are saturated at {highs:numbers} (" + maximum + "): "
        "the peak at the end of the histogram cannot be fitted by a Gaussian.",
        finding,
        share=share(facts["share"], finding),
    )


def _outliers(finding: Finding) -> Sentence:
    way = "up" if finding.facts["farthest"] > finding.facts["most"][1] else "down"
    return _say(
        "A few voxels of {images} lie far outside the rest: {way} to {farthest:number}, while "
        "99.8 % are between {most[0]:number} and {most[1]:number}. They squeeze the histogram into "
        "a few bins and can take a class of their own.",
        finding,
        way=way,
    )


def _nonfinite(finding: Finding) -> Sentence:
    often = ", as is common for a background" if finding.facts["as_background"] else ""
    return _say(
        "NaN or infinite values in {voxels:voxels} of {images} ({share:percent}){often}. "
        "Histograms and fits ignore them.",
        finding,
        often=often,
    )


def _air(finding: Finding) -> Sentence:
    advice = "" if finding.remedies else " Add a brain mask and choose it as the foreground."
    return _say(
        "The background of {images} is not 0 ({few} is 0), so air is fitted as if it were tissue "
        "and takes a class of its own." + advice,
        finding,
        few=_few(finding),
    )


def _lost_position(finding: Finding) -> Sentence:
    instead = "the identity" if finding.facts["identity"] else "nothing"
    idle = "Nothing is fitted" if finding.severity == "problem" else "{It} {is} not used"
    return _say(
        "{images} {has} the shape of {of:image} but {instead} for {its} position, as if {its} "
        "header had been lost. "
        f"{idle} until {{it}} {{takes}} the position of {{of:image}}; resampling would move "
        "{them}.",
        finding,
        instead=instead,
    )


def _air_noise(finding: Finding) -> Sentence:
    advice = "" if finding.remedies else " Add a brain mask and choose it as the foreground."
    return _say(
        "Nothing removes the air of {images}: it is noise over the whole range of intensities "
        "({share} of the voxels), which is spread over all classes. A mask is needed." + advice,
        finding,
        share=_up_to(finding.facts["share"], finding),
    )


def _far_group(finding: Finding) -> Sentence:
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
    return _say(pattern, finding, way="above" if above else "below")


def _few_fitted(finding: Finding) -> Sentence:
    facts = finding.facts
    share = qualified(facts["share"], "only")
    if facts["rule"] == "mask":
        why = " The mask {mask:image} leaves out the rest."
    elif facts["least"]:
        why = " {least:image} has few foreground voxels there."
    else:
        why = " The images have few foreground voxels in common."
    return _say(
        "{share} of the head in {of:image} is foreground in {images}, so most of it is not fitted."
        + why,
        finding,
        share=share[0].upper() + share[1:],
    )


def _no_background(finding: Finding) -> Sentence:
    few = _few(finding)
    return _say(
        "{few} of {images} is 0, so the fit includes nearly every voxel. This is right if the "
        "images show only tissue.",
        finding,
        few=few[0].upper() + few[1:],
    )


def _scales(finding: Finding) -> Sentence:
    more = finding.facts["more"]
    end = f" {counted(more, 'more pair')} of images differ{'s' * (more == 1)} as much."
    return (notices.sentence(finding.facts["notice"]) + (end if more else ""),)


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


# A pattern of `say`, or what makes the sentence.
SENTENCES: dict[Code, str | Callable[[Finding], Sentence]] = {
    Code.UNREADABLE: _unreadable,
    Code.LEFT_OUT: "{reason} It is left out.",
    Code.MORE_LEFT_OUT: "{images} cannot be read either and {is} left out.",
    Code.NOT_CHECKED: (
        "{checked} of {all} images are checked. The others are checked when you choose them."
    ),
    Code.FILE: lambda f: _say("{images}: {notice}", f, notice=notices.sentence(f.facts["notice"])),
    Code.SERIES: _series,
    Code.SAME_VOXELS: (
        "{images} are identical, so they cannot be fitted together: their joint distribution is a "
        "line."
    ),
    Code.SAME_VOXELS_UNUSED: "{images} are identical. Only one of them is used.",
    Code.LINEAR_COPIES: (
        "{images} are copies of each other up to scale and offset, so they cannot be fitted "
        "together: their joint distribution is a line."
    ),
    Code.OTHER_GRID: other_grids,
    Code.OTHER_GRID_LEFT_OUT: other_grids,
    Code.OTHER_GRID_UNUSED: (
        "Left out of the fit: {images}. {It} {is} not on the grid of {target:image}."
    ),
    Code.OVERLAY_OFF_GRID: overlay,
    Code.LOST_POSITION: _lost_position,
    Code.PLACED: "{images} {has} the position of {of:image}, because {it} lost {its} own.",
    Code.RESAMPLED: lambda f: steps.resampled(Images(f.images), f.facts["step"]),
    Code.TINY: (
        "{images} {is} tiny: even the largest slice has fewer than {fewer_than:,} voxels, too few "
        "to separate classes reliably."
    ),
    Code.FLAT: "{images} {is} one voxel thick. The other planes show a single line.",
    Code.THICK: lambda f: _say(
        "{images} {was} measured with voxels up to {mm:number} mm long. Partial-volume voxels at "
        "tissue borders blur the classes.",
        f,
        mm=round(f.facts["mm"], 1),
    ),
    Code.SHEARED: (
        "The axes of {images} are not at right angles (up to {degrees:.1f}° off). Pictures show "
        "them at right angles, so shapes are skewed. The fit and volumes in mL are not affected."
    ),
    Code.CONSTANT: "Every voxel of {images} is {value:number}. There is nothing to fit.",
    Code.TWO_VALUES: (
        "Nearly every voxel of {images} is {values[0]:number} or {values[1]:number}, as in a mask. "
        "A mixture has nothing to separate."
    ),
    Code.NEARLY_EMPTY: (
        "Only {not_zero:percent} of {images} is not 0. Most slices hold too few voxels for a "
        "mixture."
    ),
    Code.BACKGROUND_REMOVED: _background("{they} left out."),
    Code.BACKGROUND_KEPT: _background(
        "The rule “{rule}” keeps {them}, so air takes a class of its own."
    ),
    Code.BACKGROUND_TAKES_OTHERS: _background(
        "The rule “{rule}” removes {them}, and also {taken} of the other voxels, which are 0 or "
        "negative."
    ),
    Code.NEGATIVES_REMOVED: _negatives(
        ", as after z-scoring. The rule “above 0” excludes them from every plot and from the fit."
    ),
    Code.NEGATIVES_KEPT: _negatives(". They take part in the fit, as they should."),
    Code.SOME_NEGATIVES: _some_negatives,
    Code.SATURATED: _saturated,
    Code.CLIPPED: lambda f: _say(
        "Intensities are clipped at the {percent:g} and {high:g} percentiles of each image.",
        f,
        high=100 - f.facts["percent"],
    ),
    Code.OUTLIERS: _outliers,
    Code.NONFINITE: _nonfinite,
    Code.SCALES: _scales,
    Code.FAR_GROUP: _far_group,
    Code.FEW_FITTED: _few_fitted,
    Code.AIR: _air,
    Code.AIR_NOISE: _air_noise,
    Code.NO_BACKGROUND: _no_background,
}
