"""The second page of a report as lines of text, in the largest size that fits."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from dashboard.reporting.content import Content
from dashboard.reporting.numbers import Table
from dashboard.reporting.setting import Line, columns, wrapped

QUIET = "#52606d"
# Of the text, in points: the largest, and the smallest that can be read.
LARGEST, SMALLEST, STEP = 8.0, 4.5, 0.25
# Settings side by side, and the characters of each.
SETTINGS, SHORT = 5, 22
# Characters of half a SHA-256.
HALF = 32


@dataclass
class Column:
    """Text from top to bottom; lengths are in mm, sizes in points.

    Attributes
    ----------
    width : float
    size : float
        Of usual text.
    lines : list of Line
    rules : list of float
        Heights at which a line goes across.
    top : float
        Where the next line begins.
    """

    width: float
    size: float
    lines: list[Line] = field(default_factory=list)
    rules: list[float] = field(default_factory=list)
    top: float = 0

    def heading(self, text: str) -> None:
        """Add a heading."""
        self.top += self.size * 0.2
        self._line(Line(text, self.size * 1.15, weight="bold"))
        self.top += self.size * 0.05

    def paragraph(
        self, text: str, *, scale: float = 1, colour: str = Line.colour, indent: float = 0
    ) -> None:
        """Add a text, its lines as wide as the column."""
        size = self.size * scale
        for line in wrapped(text, self.width - indent, size):
            self._line(Line(line, size, colour, left=indent))
        self.top += size * 0.06

    def table(self, table: Table, *, scale: float = 0.95) -> None:
        """Add a table under its title; long texts take several lines of their cells."""
        self.heading(table.title)
        size = self.size * scale
        widths = columns([table.columns, *table.rows], self.width, size)
        for number, row in enumerate((table.columns, *table.rows)):
            self._row(row, widths, size, table.texts, header=number == 0)
        self.top += size * 0.08
        for note in table.notes:
            self.paragraph(note, scale=0.9, colour=QUIET)

    def _row(
        self,
        row: tuple[str, ...],
        widths: list[float],
        size: float,
        texts: frozenset[int],
        *,
        header: bool,
    ) -> None:
        left, deepest, start = 0.0, self.top, self.top
        gutter = size * 0.4
        for number, (cell, wide) in enumerate(zip(row, widths, strict=True)):
            bold = header or number == 0
            style = Line("", size, weight="bold" if bold else "normal")
            is_text = number in texts
            place = replace(style, left=left if is_text else left + wide - gutter,
                            align="left" if is_text else "right")  # fmt: skip
            self.top = start
            for line in wrapped(cell, wide - gutter, size, style.weight):
                self._line(replace(place, text=line))
            deepest = max(deepest, self.top)
            left += wide
        self.top = max(deepest, start + style.height)
        if header:
            self.rules.append(self.top)
            self.top += 0.4

    def grid(self, pairs: tuple[tuple[str, str], ...], *, scale: float = 0.9) -> None:
        """Add names and values side by side, and below them those that take more room."""
        size, wide = self.size * scale, self.width / SETTINGS
        short = [pair for pair in pairs if len("".join(pair)) <= SHORT]
        for start in range(0, len(short), SETTINGS):
            top = self.top
            for number, (name, value) in enumerate(short[start : start + SETTINGS]):
                self.top = top
                self._line(Line(f"{name}: {value}", size, left=number * wide))
        for name, value in pairs:
            if len(name + value) > SHORT:
                self.paragraph(f"{name}: {value}", scale=scale)

    def _line(self, line: Line) -> None:
        self.lines.append(replace(line, top=self.top))
        self.top += line.height


def second_page(words: Content, width: float, height: float) -> Column:
    """Return the second page in the largest size with which it fits."""
    for column in _tried(words, width):
        if column.top <= height:
            break
    return column


def _tried(words: Content, width: float) -> Iterator[Column]:
    size = LARGEST
    while size >= SMALLEST:
        yield _filled(words, Column(width, size))
        size -= STEP


def _halved(files: Table) -> Table:
    """Return the table of the files with each hash, the last of a row, in two lines."""
    halves = [(*row[:-1], f"{row[-1][:HALF]}\n{row[-1][HALF:]}") for row in files.rows]
    return replace(files, rows=tuple(halves))


def _filled(words: Content, column: Column) -> Column:
    column.paragraph(words.running, scale=0.9, colour=QUIET)
    for doubt in words.doubts:
        column.paragraph(doubt)
    for table in words.numbers:
        column.table(table)
    column.heading("Check of the images")
    for severity, sentence in words.findings or (("fact", "Nothing unusual was found."),):
        kind = "" if severity == "fact" else f"{severity.capitalize()}. "
        column.paragraph(kind + sentence, scale=0.95)
    column.table(_halved(words.files), scale=0.8)
    column.heading("Settings")
    column.grid(words.settings)
    column.paragraph(f"The link to this view: {words.link}", scale=0.9, colour=QUIET)
    if words.methods:
        column.heading("Methods")
        column.paragraph(words.methods)
        for number, source in enumerate(words.sources, start=1):
            column.paragraph(f"{number}. {source}", scale=0.85, indent=2)
    column.paragraph(f"{words.versions}.", scale=0.9, colour=QUIET)
    return column
