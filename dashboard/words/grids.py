"""Differences of grids, in words."""

from collections.abc import Sequence

from dashboard.core.check.difference import Difference
from dashboard.core.check.findings import Code, Finding
from dashboard.core.check.grids import OtherGrid
from dashboard.core.grid.same import towards
from dashboard.words.numbers import counted, number, qualified, times
from dashboard.words.parts import Images, Sentence, say_of

# Of more grids, only the number is given.
DESCRIBED = 2


def difference(what: Difference) -> str:
    """Return how a grid differs from the first one: "64 × 64 × 30 instead of 256 × …"."""
    axes = "axes {1} instead of {0}".format(*what.orders) if what.orders else ""
    if what.is_reordering:
        return f"the same voxels in another storage order ({axes}); resampling only reorders them"
    if what.shift_mm and not what.shapes:
        return ", ".join(filter(None, [_shift(what), axes]))
    parts = []
    if what.shapes:
        parts.append("{1} instead of {0} voxels".format(*map(times, what.shapes)))
    if what.shift_mm:
        parts[0] += " of the same size"
    if what.sizes:
        parts.append("{1} instead of {0} mm".format(*_apart(*what.sizes)))
    if parts and what.upright:
        parts[-1] += " (from left, back and foot)"
    parts.append(axes)
    if what.rotation:
        parts.append(f"rotated by {what.rotation:{'.1f' if what.rotation >= 1 else '.2g'}}°")
    crops = "; resampling only crops or pads" if what.shift_mm and what.is_whole else ""
    return ", ".join(filter(None, parts)) + crops


def _shift(what: Difference) -> str:
    mm, voxels = what.shift_mm or (0, 0, 0), what.shift_voxels or (0, 0, 0)
    length = round(sum(part**2 for part in voxels) ** 0.5, 2)
    size = (
        f"{number(length) if length else 'less than 0.01'} {'voxel' if length == 1 else 'voxels'}"
    )
    return f"shifted by {size} ({towards(mm)})"


def _apart(one: Sequence[float], other: Sequence[float]) -> tuple[str, str]:
    """Write two voxel sizes with enough digits to show their difference."""
    for digits in range(3, 9):
        written = times(one, digits), times(other, digits)
        if written[0] != written[1]:
            break
    return written


def other_grids(finding: Finding) -> Sentence:
    """Return which images are on other grids, how these differ, and what it does to the fit."""
    facts = finding.facts
    pattern = "Nothing can be fitted. {images} {is} not on the grid of {target:image}{how}."
    if finding.code == Code.OTHER_GRID_LEFT_OUT:
        pattern = "Left out of the fit: {images}. {It} {is} not on the grid of {target:image}{how}."
    if facts["apart"]:
        gap = " (centres {gap:.0f} mm apart)" if len(facts["apart"]) == 1 else ""
        pattern += " No overlap with {target:image}: {apart}" + gap + "."
    if facts["coverage"] is not None:
        little = qualified(facts["coverage"], "only")
        pattern += f" {little[0].upper() + little[1:]} of {{target:image}} is covered."
    if facts["copies"]:
        pattern += " Once reordered, {it} {is} identical to {target:image}."
    if facts.get("more"):
        pattern += f" Also left out: {counted(facts['more'], 'other image')}."
    return say_of(pattern, finding, apart=Images(facts["apart"]), how=_how(facts["grids"]))


def overlay(finding: Finding) -> Sentence:
    """Return which masks or label maps are on another grid, and what that prevents."""
    idle = "Nothing is fitted" if finding.severity == "problem" else "Not used"
    return say_of(
        idle + ". {images} {is} not on the grid of {target:image}: {how}. Resample {them}.",
        finding,
        how=difference(finding.facts["difference"]),
    )


def _how(found: Sequence[OtherGrid]) -> Sentence:
    """Return how each of a few grids differs, with its images if there are several grids."""
    if len(found) == 1:
        return (f": {difference(found[0].difference)}",)
    if all(group.difference.is_reordering for group in found):
        return (": the same voxels in other storage orders; resampling only reorders them",)
    if len(found) > DESCRIBED:
        return (f" but on {len(found)} others",)
    return tuple(
        part
        for group in found
        for part in (". ", Images(group.images), f": {difference(group.difference)}")
    )
