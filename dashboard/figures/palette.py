"""The colours of the classes: class k has the same colour in every view."""

from collections.abc import Sequence

from dashboard.view import Palette

# Hexadecimal colours of classes 1..10.
PALETTES: dict[Palette, tuple[str, ...]] = {
    # Okabe and Ito's colour-blind safe set without black, then three of Paul Tol's; blue comes
    # first because class 1 of a T1 image is fluid.
    "okabe": (
        "#56B4E9", "#E69F00", "#009E73", "#CC79A7", "#D55E00",
        "#0072B2", "#F0E442", "#882255", "#999999", "#44AA99",
    ),
    # Paul Tol's "bright" set, then three of his "muted".
    "bright": (
        "#4477AA", "#EE6677", "#228833", "#CCBB44", "#66CCEE",
        "#AA3377", "#BBBBBB", "#882255", "#999933", "#44AA99",
    ),
    # Hues that everybody can name, for slides; not colour-blind safe.
    "plain": (
        "#377EB8", "#E41A1C", "#4DAF4A", "#984EA3", "#FF7F00",
        "#FFD92F", "#A65628", "#F781BF", "#999999", "#17BECF",
    ),
}  # fmt: skip


def class_colours(palette: Palette, own: Sequence[tuple[int, str]] = ()) -> tuple[str, ...]:
    """Return the colours of classes 1..10: those of a palette, but for the classes with their own.

    Parameters
    ----------
    own : sequence of (int, str)
        As in the View: class and six hexadecimal digits.
    """
    chosen = {number: f"#{colour}" for number, colour in own}
    return tuple(chosen.get(k, usual) for k, usual in enumerate(PALETTES[palette], start=1))
