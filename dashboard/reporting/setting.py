"""Type setting in one font: widths of words, broken lines, and columns of a table. No state."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from matplotlib.font_manager import get_font
from matplotlib.ft2font import LoadFlags

from dashboard.figures.paper import font_file, known

Weight = Literal["normal", "bold"]
FILES: dict[Weight, str] = {"normal": "DejaVuSans.ttf", "bold": "DejaVuSans-Bold.ttf"}
MM_PER_POINT = 25.4 / 72
# From one line of text to the next, in its size.
LEADING = 1.25
# Widths are measured in this size, in points.
MEASURED = 100
# Between the columns of a table, in its size.
GUTTER = 1.2


@dataclass(frozen=True)
class Line:
    """A line of text.

    Attributes
    ----------
    text : str
    size : float
        In points.
    colour : str
    left : float
        Where it begins, or ends if it is aligned to the right, in mm.
    top : float
        Its upper edge, downwards in mm.
    """

    text: str
    size: float
    colour: str = "#1f2933"
    left: float = 0
    top: float = 0
    weight: Weight = "normal"
    align: Literal["left", "right"] = "left"

    @property
    def height(self) -> float:
        """In mm."""
        return self.size * LEADING * MM_PER_POINT


def width(text: str, size: float, weight: Weight = "normal") -> float:
    """Return the width of a text in mm."""
    return _width(text, weight) * size / MEASURED


def wrapped(text: str, most: float, size: float, weight: Weight = "normal") -> list[str]:
    """Break a text into lines of at most `most` mm; words that are longer are broken, too."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for word in _pieces(paragraph, most, size, weight):
            longer = f"{line} {word}" if line else word
            if line and width(longer, size, weight) > most:
                lines.append(line)
                line = word
            else:
                line = longer
        lines += [line] if line else []
    return lines


def _pieces(text: str, most: float, size: float, weight: Weight) -> Iterator[str]:
    for word in text.split():
        # Into pieces of one length: no line has a letter or two.
        length = len(word)
        while length > 1 and any(
            width(word[start : start + length], size, weight) > most
            for start in range(0, len(word), length)
        ):
            length = -(-len(word) // (-(-len(word) // length) + 1))
        yield from (word[start : start + length] for start in range(0, len(word), length))


def columns(table: Sequence[Sequence[str]], total: float, size: float) -> list[float]:
    """Return the widths of a table's columns in mm, gutters included: `total` together.

    Columns that would be wider than a common limit are cut down to it; room that is left is spread
    evenly.
    """
    gutter = GUTTER * size * MM_PER_POINT
    natural = [
        max(width(line, size, "bold") for row in table for line in row[column].split("\n")) + gutter
        for column in range(len(table[0]))
    ]
    low, high = 0.0, max(natural)
    if sum(natural) <= total:
        spare = (total - sum(natural)) / len(natural)
        return [one + spare for one in natural]
    for _ in range(40):
        limit = (low + high) / 2
        if sum(min(one, limit) for one in natural) > total:
            high = limit
        else:
            low = limit
    return [min(one, low) for one in natural]


@lru_cache(2**14)
def _width(text: str, weight: Weight) -> float:
    font = get_font(font_file(FILES[weight]))
    font.set_size(MEASURED, 72)
    font.set_text(known(text), 0, flags=LoadFlags.NO_HINTING)
    return float(font.get_width_height()[0]) / 64 * MM_PER_POINT
