"""Findings in one or two sentences: first what it does to the plots, then where and why.

The closed check shows as much of the worst finding as one line holds, so its consequence stands
before the names of images, which can be long.
"""

from collections.abc import Callable

from dashboard.core.check.findings import Code, Finding
from dashboard.words import intensities, notices, steps
from dashboard.words.grids import other_grids, overlay
from dashboard.words.numbers import counted
from dashboard.words.parts import Images, Sentence, say_of

# Of more unreadable files, the others are only counted.
REASONS = 12


def sentence(finding: Finding) -> Sentence:
    """Return a finding as a sentence."""
    words = SENTENCES[finding.code]
    return say_of(words, finding) if isinstance(words, str) else words(finding)


def _unreadable(finding: Finding) -> Sentence:
    leads = {"shown": "Not shown", "mask": "The mask is not used", "fitted": "Not fitted"}
    return say_of("{lead}. {reason}", finding, lead=leads[finding.facts["use"]])


def _more_left_out(finding: Finding) -> Sentence:
    reasons = finding.facts["reasons"]
    more = len(reasons) - REASONS
    end = f" {counted(more, 'more file')} cannot be read." if more > 0 else ""
    return ("Also left out. " + " ".join(reasons[:REASONS]) + end,)


def _series(finding: Finding) -> Sentence:
    b0, taken = finding.facts["b0"], finding.facts.get("taken")
    if taken is None:
        used = "Used as {several:,} images: {images} holds {volumes:volumes}."
    elif b0:
        mean = "The b0 volume" if b0 == 1 else "The mean of the {b0:,} b0 volumes"
        used = mean + " of {images} is used. The file holds {volumes:volumes}."
    elif len(taken.volumes) == taken.held:
        used = "The mean of all {volumes:volumes} of {images} is used."
    elif len(taken.volumes) == 1:
        used = "Volume {taken.volumes[0]:,} of {images}, counted from 0, is used."
        used += " The file holds {volumes:volumes}."
    else:
        used = (
            f"The mean of {len(taken.volumes):,} of the {{volumes:volumes}} of {{images}} is used."
        )
    return say_of(used, finding)


def _lost_position(finding: Finding) -> Sentence:
    gives = "the identity as {its} position" if finding.facts["identity"] else "no position"
    idle = "Nothing is fitted" if finding.severity == "problem" else "Not used"
    return say_of(
        f"{idle}. {{images}} {{has}} the shape of {{of:image}}, but {{its}} header gives {gives}, "
        "as if it had been lost. Give {them} the position of {of:image}; resampling would move "
        "{them}.",
        finding,
    )


def _scales(finding: Finding) -> Sentence:
    more = finding.facts["more"]
    end = f" {counted(more, 'more pair')} of images differ{'s' * (more == 1)} as much."
    return (notices.sentence(finding.facts["notice"]) + (end if more else ""),)


# A pattern of `say`, or what makes the sentence.
SENTENCES: dict[Code, str | Callable[[Finding], Sentence]] = {
    Code.UNREADABLE: _unreadable,
    Code.LEFT_OUT: "Left out. {reason}",
    Code.MORE_LEFT_OUT: _more_left_out,
    Code.NOT_CHECKED: (
        "{checked} of {all} images are checked. The others are checked when you choose them."
    ),
    Code.FILE: lambda f: say_of(
        "{notice} Found in {images}.", f, notice=notices.sentence(f.facts["notice"])
    ),
    Code.SERIES: _series,
    Code.SAME_VOXELS: (
        "Nothing can be fitted: {images} are identical, so their joint distribution is a line."
    ),
    Code.SAME_VOXELS_UNUSED: "Only one of these is used, because they are identical: {images}.",
    Code.LINEAR_COPIES: (
        "Nothing can be fitted: {images} are copies of each other up to scale and offset, so "
        "their joint distribution is a line."
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
        "Too few voxels to separate classes reliably: even the largest slice of {images} has fewer "
        "than {fewer_than:,}."
    ),
    Code.FLAT: "The other planes show a single line: {images} {is} one voxel thick.",
    Code.THICK: lambda f: say_of(
        "Partial-volume voxels at tissue borders blur the classes: {images} {was} measured with "
        "voxels up to {mm:number} mm long.",
        f,
        mm=round(f.facts["mm"], 1),
    ),
    Code.SHEARED: (
        "Shapes are skewed in the pictures, which show the axes at right angles: those of {images} "
        "are up to {degrees:.1f}° off. The fit and volumes in mL are not affected."
    ),
    Code.CONSTANT: "Nothing to fit: every voxel of {images} is {value:number}.",
    Code.TWO_VALUES: (
        "Nothing to separate: nearly every voxel of {images} is {values[0]:number} or "
        "{values[1]:number}, as in a mask."
    ),
    Code.NEARLY_EMPTY: (
        "Most slices hold too few voxels for a mixture: only {not_zero:percent} of {images} is not "
        "0."
    ),
    Code.BACKGROUND_REMOVED: intensities.background(
        "The background is left out: it is {values}, not 0, in {images} ({share} of the voxels)."
    ),
    Code.BACKGROUND_KEPT: intensities.background(
        "Air takes a class: the background is {values}, not 0, in {images} ({share} of the "
        "voxels), and the rule “{rule}” keeps it."
    ),
    Code.BACKGROUND_TAKES_OTHERS: intensities.background(
        "The rule “{rule}” removes tissue: {taken} of the non-background voxels of {images} are 0 "
        "or negative. The background is {values}, not 0 ({share} of the voxels)."
    ),
    Code.NEGATIVES_REMOVED: intensities.negatives(
        "Negative voxels are left out of every plot and of the fit, by the rule “above 0”: {share} "
        "of {images}, down to {low:number}, as after z-scoring."
    ),
    Code.NEGATIVES_KEPT: intensities.negatives(
        "Negative voxels take part in the fit, as they should: {share} of {images}, down to "
        "{low:number}."
    ),
    Code.SOME_NEGATIVES: intensities.some_negatives,
    Code.SATURATED: intensities.saturated,
    Code.CLIPPED: lambda f: say_of(
        "Intensities are clipped at the {percent:g} and {high:g} percentiles of each image.",
        f,
        high=100 - f.facts["percent"],
    ),
    Code.OUTLIERS: intensities.outliers,
    Code.NONFINITE: intensities.nonfinite,
    Code.SCALES: _scales,
    Code.FAR_GROUP: intensities.far_group,
    Code.FEW_FITTED: intensities.few_fitted,
    Code.AIR: intensities.air,
    Code.AIR_NOISE: intensities.air_noise,
    Code.NO_BACKGROUND: intensities.no_background,
}
