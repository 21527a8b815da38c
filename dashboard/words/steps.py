"""What was done to an image, in a word and in a sentence."""

from dashboard.core.processing import Clipped, Resampled, Step
from dashboard.words.parts import Images, Sentence, say

# The usual words for what was done to an image.
BADGES = ("resampled", "reordered", "clipped")


def badge(step: Step) -> str:
    """Return a step in a word, where it has a usual one, and else its short form."""
    match step:
        case Resampled(how="voxels"):
            return "reordered"
        case Resampled():
            return "resampled"
        case Clipped():
            return "clipped"
    return str(step)


def resampled(images: Images, step: Resampled) -> Sentence:
    """Return how images came onto a grid, and what it did to their intensities."""
    onto = Images((step.onto,))
    if step.how == "voxels":
        pattern = "{images} {was} reordered to the grid of {onto}. No value changed."
    elif step.how == "nearest":
        pattern = "{images} {was} resampled to the grid of {onto} (nearest neighbour)."
    else:
        pattern = (
            "{images} {was} resampled to the grid of {onto} (linear). Interpolated intensities are "
            "smoother than measured ones."
        )
    return say(pattern, images=images, onto=onto)
