"""The text on the button of a remedy: a short order and its result."""

from dashboard.core.check.remedies import (
    Clip,
    KeepGrids,
    Remedy,
    ResampleTo,
    TakeVolumes,
    UseMask,
    UseOnly,
    UseRule,
)
from dashboard.words.numbers import times
from dashboard.words.parts import Images

RULES = {
    "background": "Remove the background",
    "nonzero": "Keep negative voxels",
    "positive": "Keep voxels above 0",
}
HOW = {"linear": "linear", "nearest": "nearest neighbour", "voxels": "no value changes"}


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


def _resample(remedy: ResampleTo) -> str:
    how = f"{times(remedy.voxel_size)} mm, {HOW[remedy.how]}"
    text = f"Resample {Images(remedy.moved)} to the grid of {remedy.grid} ({how})"
    # Two images are shown and fitted anyway; a mask or label map does not change the fit.
    if remedy.how == "nearest" or not (remedy.only or len(remedy.fitted) > 2):
        return text
    fitted = f"only {Images(remedy.fitted)}" if remedy.only else f"all {len(remedy.fitted)} images"
    return f"{text} and fit {fitted}"
