"""What is said of histograms: of voxels that they do not show, and of bins of their own."""

from collections.abc import Mapping, Sequence

from dashboard.core.histogram import Histogram
from dashboard.core.mixture.features import Features
from dashboard.core.mixture.foreground import Foreground
from dashboard.words.numbers import counted, percent

WHY = (
    "The image has few distinct intensities. Bins of equal width would hold one more here and one "
    "less there, and look like a comb. Each bin holds a whole number of intensities instead."
)

NOT_SHOWN = ", not shown"
OUTSIDE: dict[Foreground, str] = {
    "positive": "not above 0",
    "nonzero": "zeros",
    "background": "background",
    "mask": "outside the mask",
}


def left_out(features: Features) -> str:
    """Return which share of a slice is not in the foreground: "86 % zeros, not shown"."""
    outside = ~features.mask
    if not outside.any():
        return ""
    rule = features.recipe.foreground
    # The rule "above 0" mostly leaves out zeros alone.
    fitted = features.voxels[: features.mixed]
    if rule == "positive" and all((image >= 0).all() for image in fitted):
        rule = "nonzero"
    return f"{percent(float(outside.mean()))} {OUTSIDE[rule]}{NOT_SHOWN}"


def of_levels(drawn: Mapping[str, Sequence[Histogram | None]]) -> str:
    """Return the bins of each image whose bins hold whole numbers of intensities.

    Parameters
    ----------
    drawn : mapping of str to sequence of Histogram or None
        By image: "X: 47 bins of 3 intensities"; of an image without a name, "47 bins of 3
        intensities". Empty if all bins are numpy's.
    """
    notes = []
    for image, histograms in drawn.items():
        pairs = [(len(h.counts), h.levels) for h in histograms if h and h.levels]
        if pairs:
            bins = [f"{counted(count, 'bin')} of {each}" for count, each in dict.fromkeys(pairs)]
            unit = "intensity" if pairs[-1][1] == 1 else "intensities"
            name = f"{image}: " if image else ""
            notes.append(f"{name}{', '.join(bins)} {unit}")
    return "; ".join(notes)
