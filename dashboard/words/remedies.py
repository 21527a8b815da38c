"""The text on the button of a remedy: a short order and its result."""

from dashboard.core.check.effects import Effect, Outcome
from dashboard.core.check.remedies import (
    Clip,
    KeepGrids,
    Remedy,
    ResampleTo,
    TakePosition,
    TakeVolumes,
    UseMask,
    UseOnly,
    UseRule,
)
from dashboard.words.numbers import counted, times
from dashboard.words.parts import Images

RULES = {
    "background": "Remove the background",
    "nonzero": "Keep negative voxels",
    "positive": "Keep voxels above 0",
}
HOW = {
    "linear": "linear",
    "nearest": "nearest neighbour",
    "voxels": "no value changes",
    "picked": "voxels between are dropped",
}


def label(remedy: Remedy) -> str:
    """Return a remedy as an order."""
    match remedy:
        case UseRule(rule):
            return RULES[rule]
        case UseMask(mask):
            return f"Keep only voxels in {mask}"
        case Clip("none"):
            return "Undo the clipping"
        case Clip(percent):
            return f"Clip at the {percent} and {100 - float(percent):g} percentiles"
        case ResampleTo():
            return _resample(remedy)
        case TakePosition("", images):
            return f"Undo the position of {Images(images)}"
        case TakePosition(of, images):
            use = " and use it as the mask" if remedy.mask else ""
            return f"Give {Images(images)} the position of {of}{use}"
        case KeepGrids():
            return "Undo the resampling"
        case UseOnly(instead=(shown, hidden)):
            return f"Show {shown} instead of {hidden}"
        case UseOnly(images):
            return f"Use only {Images(images)}"
        case TakeVolumes(take="mean", count=count):
            return f"Use the mean of all {count:,} volumes"
        case TakeVolumes(count=1):
            return "Use the b0 volume"
        case TakeVolumes(count=count):
            return f"Use the mean of the {count:,} b0 volumes"


def effect(tried: Effect) -> str:
    """Return what a remedy does to the foreground of the volume.

    Such as "fits 12,591 voxels of the volume instead of 310".
    """
    before, after = tried.before, tried.after
    if not after.voxels or (before.images, before.voxels) == (after.images, after.voxels):
        return ""
    what = _voxels(after)
    instead = _number(before) if before.voxels else "none"
    if before.images != after.images or not before.voxels:
        what = f"{counted(after.images, 'image')} in {what}"
        was = f"{before.images:,} in " if before.voxels else ""
        instead = f"{was}{instead}"
    return f"fits {what} instead of {instead}"


def _voxels(outcome: Outcome) -> str:
    return f"{_number(outcome)} voxel{'s' if outcome.voxels != 1 else ''} of the volume"


def _number(outcome: Outcome) -> str:
    """Return the number of voxels, with three digits if it is an estimate."""
    if outcome.exact:
        return f"{outcome.voxels:,}"
    return f"about {float(f'{outcome.voxels:.3g}'):,.0f}"


def _resample(remedy: ResampleTo) -> str:
    how = f"{times(remedy.voxel_size)} mm, {HOW[remedy.how]}"
    text = f"Resample {Images(remedy.moved)} to the grid of {remedy.grid} ({how})"
    # Two images are shown and fitted anyway; a mask or label map does not change the fit.
    if remedy.how == "nearest" or not (remedy.only or len(remedy.fitted) > 2):
        return text
    fitted = f"only {Images(remedy.fitted)}" if remedy.only else f"all {len(remedy.fitted)} images"
    return f"{text} and fit {fitted}"
