"""What figures on paper share: how they look, which characters they have, and their files."""

import io
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.figure import Figure, FigureBase
from matplotlib.font_manager import get_font

MM = 1 / 25.4  # in inches, as matplotlib counts
A4 = (210 * MM, 297 * MM)
# What scatter plots and pictures are drawn with: two pixels in the finest line of a printer's
# screen.
DPI = 200
# Decimals of a position in a figure: on a page less than a thousandth of a millimetre.
PLACES = 6
GREY = "#8b95a1"
FONT = "DejaVu Sans"  # comes with matplotlib, so that a report is the same on every machine
STAND_IN = "\N{WHITE SQUARE}"

# Once per process: contexts of settings would change those of all threads. Nothing else here draws
# with matplotlib, and a file of settings on the machine must not change a report.
matplotlib.rcdefaults()
matplotlib.rcParams.update(
    {
        "font.family": FONT,
        "font.size": 6.5,
        "axes.titlesize": 7,
        "axes.titlepad": 3,
        "axes.labelpad": 1.5,
        "axes.linewidth": 0.5,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.formatter.limits": (-4, 6),
        "xtick.major.width": 0.5,
        "ytick.major.width": 0.5,
        "xtick.major.size": 2,
        "ytick.major.size": 2,
        "xtick.major.pad": 1.5,
        "ytick.major.pad": 1.5,
        "figure.constrained_layout.w_pad": 0.03,
        "figure.constrained_layout.h_pad": 0.03,
        # The ids within a file are random by default.
        "svg.hashsalt": "NeuroMix",
        "pdf.fonttype": 3,  # a subset of type 42 holds the time at which it was made
    }
)


@dataclass(frozen=True)
class Look:
    """How results are drawn.

    Attributes
    ----------
    colours : sequence of str
        Hexadecimal colour of each class.
    hidden : collection of int
        Classes that are left out of pictures and plots.
    called : mapping of int to str
        The names of classes that have one.
    bins : int
        Of histograms.
    log : bool
        Whether counts are on a logarithmic axis.
    """

    colours: Sequence[str]
    hidden: Collection[int] = ()
    called: Mapping[int, str] = field(default_factory=dict)
    bins: int = 50
    log: bool = False


def plotted(text: str) -> str:
    """Return a text as matplotlib draws it as it is: no formula, no break, no missing character."""
    return known(" ".join(text.split())).replace("$", r"\$")


def known(text: str) -> str:
    """Return a text with a stand-in for each character that the font does not have."""
    return "".join(c if ord(c) in characters() else STAND_IN for c in text)


@cache
def characters() -> frozenset[int]:
    """Return the characters that the font has."""
    return frozenset(get_font(font_file("DejaVuSans.ttf")).get_charmap())


def font_file(name: str) -> Path:
    """Return where matplotlib keeps a font."""
    return Path(matplotlib.get_data_path()) / "fonts" / "ttf" / name


def settle(figure: Figure) -> None:
    """Lay a figure out, to the same digits each time.

    The solver's last digits depend on where its variables lie in memory.
    """
    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    for part in figure.subfigs:
        part.bbox_relative.set_points(np.round(part.bbox_relative.get_points(), PLACES))
    for plot in figure.axes:
        plot.set_position(np.round(plot.get_position(original=True).bounds, PLACES).tolist())


def as_svg(draw: Callable[[FigureBase], None], width: float, height: float) -> bytes:
    """Return a drawing as a file of its own, the same for the same results; sizes are in mm."""
    figure = Figure(figsize=(width * MM, height * MM), layout="constrained")
    draw(figure)
    settle(figure)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="svg", dpi=DPI, metadata={"Date": None})
    return buffer.getvalue()
