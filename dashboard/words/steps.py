"""Processing steps of an image, in a word and in a sentence."""

from dashboard.core.processing import Clipped, Placed, Resampled, Step
from dashboard.words.parts import Images, Sentence, say

# The usual words for steps.
BADGES = ("placed", "resampled", "reordered", "clipped")


def badge(step: Step) -> str:
    """Return the usual word for a step, or else its short form."""
    match step:
        case Placed():
            return "placed"
        case Resampled(how="voxels"):
            return "reordered"
        case Resampled():
            return "resampled"
        case Clipped():
            return "clipped"
    return str(step)


def resampled(images: Images, step: Resampled) -> Sentence:
    """Return how images came onto a grid, and what it did to their intensities."""
    ends = {
        "voxels": "reordered to the grid of {onto}. No value changed.",
        "picked": (
            "resampled to the grid of {onto}, which is coarser: some voxels keep their values, "
            "those between them are dropped."
        ),
        "nearest": "resampled to the grid of {onto} (nearest neighbour, no registration).",
        "linear": (
            "resampled to the grid of {onto} (linear, no registration). Interpolated intensities "
            "are smoother than measured ones."
        ),
    }
    return say("{images} {was} " + ends[step.how], images=images, onto=Images((step.onto,)))
