"""Findings in one or two sentences: what was found, and what it does to the plots."""

from collections.abc import Callable

from dashboard.core.check.findings import Code, Finding
from dashboard.words import intensities, notices, steps
from dashboard.words.grids import other_grids, overlay
from dashboard.words.numbers import counted
from dashboard.words.parts import Images, Sentence
from dashboard.words.pattern import say_of


def sentence(finding: Finding) -> Sentence:
    """Return a finding as a sentence."""
    words = SENTENCES[finding.code]
    return say_of(words, finding) if isinstance(words, str) else words(finding)


def _unreadable(finding: Finding) -> Sentence:
    ends = {"shown": "shown", "mask": "used as the mask", "fitted": "fitted"}
    return say_of("{reason} It cannot be {end}.", finding, end=ends[finding.facts["use"]])


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
    return say_of(f"{{images}} holds {{volumes:volumes}}. {used}.", finding)


def _lost_position(finding: Finding) -> Sentence:
    instead = "the identity" if finding.facts["identity"] else "nothing"
    idle = "Nothing is fitted" if finding.severity == "problem" else "{It} {is} not used"
    return say_of(
        "{images} {has} the shape of {of:image} but {instead} for {its} position, as if {its} "
        "header had been lost. "
        f"{idle} until {{it}} {{takes}} the position of {{of:image}}; resampling would move "
        "{them}.",
        finding,
        instead=instead,
    )


def _scales(finding: Finding) -> Sentence:
    more = finding.facts["more"]
    end = f" {counted(more, 'more pair')} of images differ{'s' * (more == 1)} as much."
    return (notices.sentence(finding.facts["notice"]) + (end if more else ""),)


# A pattern of `say`, or what makes the sentence.
SENTENCES: dict[Code, str | Callable[[Finding], Sentence]] = {
    Code.UNREADABLE: _unreadable,
    Code.LEFT_OUT: "{reason} It is left out.",
    Code.MORE_LEFT_OUT: "{images} cannot be read either and {is} left out.",
    Code.NOT_CHECKED: (
        "{checked} of {all} images are checked. The others are checked when you choose them."
    ),
    Code.FILE: lambda f: say_of(
        "{images}: {notice}", f, notice=notices.sentence(f.facts["notice"])
    ),
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
    Code.THICK: lambda f: say_of(
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
    Code.BACKGROUND_REMOVED: intensities.background("{they} left out."),
    Code.BACKGROUND_KEPT: intensities.background(
        "The rule “{rule}” keeps {them}, so air takes a class of its own."
    ),
    Code.BACKGROUND_TAKES_OTHERS: intensities.background(
        "The rule “{rule}” removes {them}, and also {taken} of the other voxels, which are 0 or "
        "negative."
    ),
    Code.NEGATIVES_REMOVED: intensities.negatives(
        ", as after z-scoring. The rule “above 0” excludes them from every plot and from the fit."
    ),
    Code.NEGATIVES_KEPT: intensities.negatives(". They take part in the fit, as they should."),
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
