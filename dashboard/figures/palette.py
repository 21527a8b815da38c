"""The colours of the classes: a class has the same colour in every view, and in every fit."""

from collections.abc import Mapping, Sequence
from colorsys import hls_to_rgb
from itertools import cycle

from plotly.colors import sequential

from dashboard.view import Palette

# Contrast of a line with a white card: WCAG's least for graphics.
LINE_CONTRAST = 3

# Hexadecimal colours of classes 1..10.
PALETTES: dict[Palette, tuple[str, ...]] = {
    # Three of Okabe and Ito's colours, blue first because class 1 of a T1 image is fluid. The
    # others were searched: any two of the ten stay apart over the greys of a T1 at the usual
    # opacity, also in deuteranopia (tests/figures/test_palettes.py).
    "okabe": (
        "#56B4E9", "#E69F00", "#009E73", "#E40349", "#1702F4",
        "#DBC077", "#906695", "#215951", "#4D1188", "#600A1F",
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

# From 0 to 1: perceptually uniform, also for the colour-blind. Between two, colours are mixed.
# S. van der Walt and N. Smith, "A better default colormap for matplotlib", SciPy 2015.
RAMP: tuple[str, ...] = tuple(sequential.Viridis)
# By the numbers of `core.reference.difference`, of Okabe and Ito's set.
DIFFERENCES = {1: "#D55E00", 2: "#F0E442", 3: "#56B4E9"}
# Unlike every class, and the crosshair.
OUTLINE = "#00E5FF"
# Neighbouring numbers get distant hues: of turns by the golden ratio no two come together.
GOLDEN = 0.618034


# Greys, in turn, of classes that are like none of the whole head.
NEUTRALS = ("#9AA0A8", "#62686F", "#CBD0D6")


def class_colours(
    palette: Palette,
    own: Sequence[tuple[int, str]] = (),
    identities: Sequence[int | None] = (),
) -> tuple[str, ...]:
    """Return the colours of classes 1..10.

    Parameters
    ----------
    palette : {"okabe", "bright", "plain"}
    own : sequence of (int, str)
        As in the View: class and six hexadecimal digits. It goes before the palette.
    identities : sequence of int or None
        Of each class: 1..10, the place of its colour in the palette, or None for a grey. Its number
        for classes that have none here.
    """
    usual, greys = list(PALETTES[palette]), cycle(NEUTRALS)
    for number, identity in enumerate(identities, start=1):
        colour = next(greys) if identity is None else PALETTES[palette][identity - 1]
        usual[number - 1] = colour
    for number, colour in own:
        usual[number - 1] = f"#{colour}"
    return tuple(usual)


def ramp(steps: int) -> tuple[str, ...]:
    """Return evenly spaced colours of `RAMP`, as browsers mix them."""
    last, mixed = len(RAMP) - 1, []
    for step in range(steps):
        at = last * step / (steps - 1)
        low = min(int(at), last - 1)
        pair = zip(_rgb(RAMP[low]), _rgb(RAMP[low + 1]), strict=True)
        mixed.append(_hex([round(a + (b - a) * (at - low)) for a, b in pair]))
    return tuple(mixed)


def label_colours(
    labels: Sequence[int], partners: Mapping[int, int], classes: Sequence[str]
) -> dict[int, str]:
    """Return a colour of each label of a reference: that of the class which it matches.

    Others have a pale one of their own, which stays whatever the fit.

    Parameters
    ----------
    partners : mapping of int to int
        The label that matches a class.
    classes : sequence of str
        The colour of each class.
    """
    own = {label: label_colour(label) for label in labels}
    return own | {partners[k]: classes[k - 1] for k in sorted(partners, reverse=True)}


def label_colour(label: int) -> str:
    """Return the colour of a label that no class matches."""
    return _hex([round(255 * part) for part in hls_to_rgb(label * GOLDEN % 1, 0.68, 0.4)])


def on_white(colour: str) -> str:
    """Return a colour for lines on a white card: darker, if it would be too pale there."""
    rgb = _rgb(colour)
    darkened = ([round(part * share / 100) for part in rgb] for share in range(100, -1, -1))
    enough = next(one for one in darkened if 1.05 / (_luminance(one) + 0.05) >= LINE_CONTRAST)
    return _hex(enough)


def line_style() -> str:
    """Return the style sheet of the classes' lines in the light theme.

    A figure is the same in both themes; Plotly writes the colours of its lines as here.
    """
    colours = sorted({colour for colours in (*PALETTES.values(), NEUTRALS) for colour in colours})
    return "".join(
        ':root[data-mantine-color-scheme="light"] :is(#view-histograms, #view-joint) '
        f'.js-line[style*="{_written(colour)}"] {{ stroke: {darker} !important; }}\n'
        for colour in colours
        if (darker := on_white(colour)) != colour
    )


def _written(colour: str) -> str:
    return f"rgb({', '.join(map(str, _rgb(colour)))})"


def _rgb(colour: str) -> list[int]:
    return [int(colour[at : at + 2], 16) for at in (1, 3, 5)]


def _hex(rgb: Sequence[int]) -> str:
    return "#" + "".join(f"{part:02X}" for part in rgb)


def _luminance(rgb: Sequence[int]) -> float:
    """Return the relative luminance of sRGB in 0..255, by WCAG 2."""
    shares = [part / 255 for part in rgb]
    linear = [s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
