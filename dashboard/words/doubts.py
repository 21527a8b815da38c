"""Reasons to doubt a fit, in sentences that end with what to do."""

from dashboard.core.facts import Notice
from dashboard.core.mixture.doubts import VOXELS_PER_PARAMETER, Doubt
from dashboard.words.numbers import listed
from dashboard.words.parts import Facts, Pattern, text


def sentence(doubt: Notice) -> str:
    """Return a reason to doubt a fit as a sentence."""
    return text(SENTENCES[Doubt(doubt.code)], doubt.facts)


def _collapsed(facts: Facts) -> str:
    one = len(facts["classes"]) == 1
    return (
        f"{_named(facts)} collapsed: {'its' if one else 'their'} intensities hardly differ, or lie "
        f"on a line. {'Its' if one else 'Their'} mean, SD and weight describe no tissue. Use fewer "
        "components, clip extreme intensities, or choose another scaling."
    )


def _empty(facts: Facts) -> str:
    return (
        f"{_named(facts)} no voxels: each is more likely in another class. Use fewer components "
        "or more starts."
    )


def _one_class(facts: Facts) -> str:
    share = "all" if facts["share"] == 1 else "{share:percent} of"
    return (
        f"Class {{class}} has {share} voxels, so the fit separates nothing. Clip extreme "
        "intensities, or choose another scaling or foreground."
    )


def _named(facts: Facts) -> str:
    numbers = [str(number) for number in facts["classes"]]
    which = listed(numbers)
    return f"Classes {which} have" if len(numbers) > 1 else f"Class {which} has"


SENTENCES: dict[Doubt, Pattern] = {
    Doubt.FLOOR: _collapsed,
    Doubt.EMPTY: _empty,
    Doubt.ONE_CLASS: _one_class,
    Doubt.FEW_VOXELS: (
        f"{{voxels:voxels}} for {{parameters:,}} free parameters: fewer than "
        f"{VOXELS_PER_PARAMETER} each, so the classes may be due to chance. Use fewer components, "
        "a simpler covariance, or a slice with more foreground."
    ),
    Doubt.NOT_CONVERGED: (
        "The fit did not converge within {iterations:,} iterations, so the classes may still "
        "change. Use a larger tolerance or fewer components."
    ),
    Doubt.BETTER_START: (
        "Another start fits better: the best of {starts} has a log-likelihood of {best:number} per "
        "voxel instead of {now:number}, and {changed:percent} of the voxels change class."
    ),
}
