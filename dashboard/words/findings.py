"""What a check found, in one or two sentences: what it is, and what it does to the plots."""

from collections.abc import Callable

from dashboard.core.check.findings import Code, Finding
from dashboard.core.processing import Taken
from dashboard.words import notices, steps
from dashboard.words.grids import difference, other_grids
from dashboard.words.numbers import LEAST, counted, number, percent, qualified
from dashboard.words.parts import Images, Sentence, say

RULES = {"positive": "above 0", "nonzero": "not 0", "background": "not background"}


def sentence(finding: Finding) -> Sentence:
    """Return what a finding says."""
    return SENTENCES[finding.code](finding)


def _unreadable(finding: Finding) -> Sentence:
    ends = {"shown": "be shown", "mask": "be the mask", "fitted": "be fitted"}
    return (f"{finding.facts['reason']} It cannot {ends[finding.facts['use']]}.",)


def _series(finding: Finding) -> Sentence:
    b0, taken = finding.facts["b0"], finding.facts["taken"]
    if b0:
        used = "Its b0 volume is used" if b0 == 1 else f"The mean of its {b0:,} b0 volumes is used"
    else:
        used = _taken(taken)
    held = counted(finding.facts["volumes"], "volume")
    return say("{images} holds {held}. {used}.", images=_of(finding), held=held, used=used)


def _taken(taken: Taken) -> str:
    if len(taken.volumes) == taken.held:
        return "The mean of all is used"
    if len(taken.volumes) == 1:
        return f"Volume {taken.volumes[0]:,} is used, counting from 0"
    return f"The mean of {len(taken.volumes):,} of them is used"


def _copies(pattern: str) -> Callable[[Finding], Sentence]:
    line = " Their joint distribution is a line, which no mixture can fit."
    return lambda finding: say(pattern + line, images=_of(finding))


def _overlay(finding: Finding) -> Sentence:
    not_used = "nothing is fitted" if finding.severity == "problem" else "{it} {is} not used"
    return say(
        "{images} {is} not on the grid of {target}: {what}. {It} would mark the wrong voxels, so "
        f"{not_used}.",
        images=_of(finding),
        target=Images((finding.facts["target"],)),
        what=difference(finding.facts["difference"]),
    )


def _two_values(finding: Finding) -> Sentence:
    values = " and ".join(map(number, finding.facts["values"]))
    return say(
        "{images} {has} hardly any value but {values}, like a mask. There is nothing for a "
        "mixture to separate.",
        images=_of(finding),
        values=values,
    )


def _background(end: str) -> Callable[[Finding], Sentence]:
    """Return what says how a background that is not 0 is treated."""

    def sentence(finding: Finding) -> Sentence:
        images, facts = _of(finding), finding.facts
        values = list(dict.fromkeys(map(number, facts["values"])))
        several = len(values) > 1
        subject = "The backgrounds of {images} are" if several else "The background of {images} is"
        return say(
            subject + " {values} ({share} of the voxels), not 0. " + end,
            images=images,
            values=", ".join(values),
            share=("at least " if images.several else "") + percent(facts["share"]),
            they="They are" if several else "It is",
            them="them" if several else "it",
            rule=RULES.get(facts["rule"], ""),
            taken=_up_to(facts.get("taken", 0), images),
        )

    return sentence


def _negatives(end: str) -> Callable[[Finding], Sentence]:
    """Return what says how negative voxels are treated."""

    def sentence(finding: Finding) -> Sentence:
        share = _up_to(finding.facts["negative"], _of(finding))
        return say(
            "{share} of {images}{beside} is negative, down to {low}" + end,
            share=share[0].upper() + share[1:],
            images=_of(finding),
            beside=_beside(finding),
            low=number(finding.facts["low"]),
        )

    return sentence


def _some_negatives(finding: Finding) -> Sentence:
    removed = finding.facts["rule"] == "positive"
    end = "The rule “above 0” removes them." if removed else "They take part in the fit."
    return say(
        "{images} {has} a few negative voxels from interpolation or noise ({share}, down to "
        "{low}). {end}",
        images=_of(finding),
        share=_share(finding.facts["negative"], finding),
        low=number(finding.facts["low"]),
        end=end,
    )


def _saturated(finding: Finding) -> Sentence:
    facts, images = finding.facts, _of(finding)
    highs = ", ".join(map(number, facts["highs"]))
    bits = f", the largest {facts['bits']}-bit number" if facts["bits"] else ""
    return say(
        "{voxels} of {images} ({share}) are at the maximum of {highs}{bits}. Brighter ones were "
        "probably cut off: the histogram ends in a peak that no Gaussian fits.",
        voxels=counted(facts["voxels"], "voxel"),
        images=images,
        share=_share(facts["share"], finding),
        highs=highs,
        bits=bits,
    )


def _outliers(finding: Finding) -> Sentence:
    farthest, (low, high) = finding.facts["farthest"], finding.facts["most"]
    return say(
        "A few voxels of {images} lie far outside the rest: {end}, while 99.8 % are between {low} "
        "and {high}. They squeeze the histogram into a few bins and can take a class of their own.",
        images=_of(finding),
        end=f"{'up' if farthest > high else 'down'} to {number(farthest)}",
        low=number(low),
        high=number(high),
    )


def _nonfinite(finding: Finding) -> Sentence:
    facts = finding.facts
    return say(
        "{voxels} of {images} ({share}) {are} NaN or infinite{often}. Histograms and fits "
        "ignore such voxels.",
        voxels=counted(facts["voxels"], "voxel"),
        images=_of(finding),
        share=percent(facts["share"]),
        are="is" if facts["voxels"] == 1 else "are",
        often=", as a background often is" if facts["as_background"] else "",
    )


def _air(finding: Finding) -> Sentence:
    advice = " Add a brain mask to the study and choose it as the foreground."
    few = _few(finding)
    return say(
        "The air around the head takes a class of its own, because {few} of {images} is 0. The "
        "tissues share the other classes." + ("" if finding.remedies else advice),
        few=few[0].lower() + few[1:],
        images=_of(finding),
    )


def _no_background(finding: Finding) -> Sentence:
    return say(
        "{few} of {images} is 0, so the fit includes nearly every voxel. This is right if the "
        "images show only tissue.",
        few=_few(finding),
        images=_of(finding),
    )


def _scales(finding: Finding) -> Sentence:
    more = finding.facts["more"]
    end = f" {counted(more, 'more pair')} of images differ{'s' * (more == 1)} as much."
    return (notices.sentence(finding.facts["notice"]) + (end if more else ""),)


def _of(finding: Finding) -> Images:
    return Images(finding.images)


def _few(finding: Finding) -> str:
    """Return how much of the images is 0, where that is little."""
    zeros = finding.facts["zeros"]
    if zeros < LEAST:
        return "Hardly a voxel"
    return f"{'At most' if len(finding.images) > 1 else 'Only'} {percent(zeros)}"


def _up_to(share: float, images: Images) -> str:
    """Return a share, or the largest of several images."""
    return qualified(share, "up to" if images.several else "")


def _share(share: float, finding: Finding) -> str:
    """Return a share in parentheses: of all voxels, or of those outside a background."""
    beside = _beside(finding)
    return _up_to(share, _of(finding)) + (f" of those{beside}" if beside else "")


def _beside(finding: Finding) -> str:
    return " outside the background" if finding.facts["beside_background"] else ""


def _say(pattern: str, write: Callable[[Finding], dict[str, str]] | None = None) -> Callable[
    [Finding], Sentence
]:  # fmt: skip
    """Return what fills a finding's images, and what `write` makes of its facts, in a pattern."""
    return lambda f: say(pattern, images=_of(f), **(write(f) if write else {}))


SENTENCES: dict[Code, Callable[[Finding], Sentence]] = {
    Code.UNREADABLE: _unreadable,
    Code.LEFT_OUT: lambda f: (f"{f.facts['reason']} It is left out.",),
    Code.MORE_LEFT_OUT: _say("{images} cannot be read either and {is} left out."),
    Code.NOT_CHECKED: lambda f: (
        f"{f.facts['checked']} of {f.facts['all']} images are checked. The others are checked "
        "when you choose them.",
    ),
    Code.FILE: _say(
        "{images}: {notice}", lambda f: {"notice": notices.sentence(f.facts["notice"])}
    ),
    Code.SERIES: _series,
    Code.SAME_VOXELS: _copies("{images} hold the same voxels."),
    Code.SAME_VOXELS_UNUSED: _say("{images} hold the same voxels. Only one of them is used."),
    Code.LINEAR_COPIES: _copies("{images} are copies of each other up to scale and offset."),
    Code.OTHER_GRID: other_grids,
    Code.OTHER_GRID_LEFT_OUT: other_grids,
    Code.OTHER_GRID_UNUSED: lambda f: say(
        "Left out of the fit: {images}. {It} {is} not on the grid of {target}.",
        images=_of(f),
        target=Images((f.facts["target"],)),
    ),
    Code.OVERLAY_OFF_GRID: _overlay,
    Code.RESAMPLED: lambda f: steps.resampled(_of(f), f.facts["step"]),
    Code.TINY: _say(
        "{images} {is} tiny: even the largest slice has fewer than {voxels} voxels, too few to "
        "separate classes reliably.",
        lambda f: {"voxels": f"{f.facts['fewer_than']:,}"},
    ),
    Code.FLAT: _say("{images} {is} one voxel thick. In the other planes you see a single line."),
    Code.THICK: _say(
        "{images} {was} measured with voxels up to {mm} mm long. Voxels at borders hold two "
        "tissues, which blurs the classes.",
        lambda f: {"mm": number(round(f.facts["mm"], 1))},
    ),
    Code.CONSTANT: _say(
        "Every voxel of {images} is {value}. There is nothing to fit.",
        lambda f: {"value": number(f.facts["value"])},
    ),
    Code.TWO_VALUES: _two_values,
    Code.NEARLY_EMPTY: _say(
        "Only {share} of {images} is not 0. Most slices hold too few voxels for a mixture.",
        lambda f: {"share": percent(f.facts["not_zero"])},
    ),
    Code.BACKGROUND_REMOVED: _background("{they} left out."),
    Code.BACKGROUND_KEPT: _background(
        "The rule “{rule}” keeps {them}, so air takes a class of its own."
    ),
    Code.BACKGROUND_TAKES_OTHERS: _background(
        "The rule “{rule}” removes {them}, and also {taken} of the other voxels, which are 0 or "
        "less."
    ),
    Code.NEGATIVES_REMOVED: _negatives(
        ", as after z-scoring. The rule “above 0” removes these voxels from every plot and from "
        "the fit."
    ),
    Code.NEGATIVES_KEPT: _negatives(". These voxels take part in the fit, as they should."),
    Code.SOME_NEGATIVES: _some_negatives,
    Code.SATURATED: _saturated,
    Code.CLIPPED: lambda f: (
        f"Intensities are clipped at the {f.facts['percent']:g} and "
        f"{100 - f.facts['percent']:g} percentiles of each image.",
    ),
    Code.OUTLIERS: _outliers,
    Code.NONFINITE: _nonfinite,
    Code.SCALES: _scales,
    Code.AIR: _air,
    Code.NO_BACKGROUND: _no_background,
}
