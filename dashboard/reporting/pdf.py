"""A report as a PDF of two pages, by matplotlib: the figures, and the words and numbers."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import accumulate

from matplotlib.backends.backend_pdf import PdfPages
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from dashboard.figures.paper import A4, DPI, plotted, settle
from dashboard.reporting.content import Content, content
from dashboard.reporting.drawing import CLASSES_WIDTH, HEIGHT, WIDTH, Part, parts, rows
from dashboard.reporting.results import Results
from dashboard.reporting.setting import Line, wrapped
from dashboard.reporting.steps import Steps
from dashboard.reporting.text import QUIET, second_page

# In mm.
PAPER = (210, 297)
MARGIN = 12
# Between a caption and the next figure.
GAP = 2
TITLE, SUBTITLE, CAPTION = 14, 9, 7  # points


def pdf(results: Results) -> Steps:
    """Make a report as PDF; the same results give the same bytes."""
    words, drawn, buffer = content(results), parts(results), io.BytesIO()
    about = {"Title": f"{words.title} – NeuroMix report", "CreationDate": None}
    steps = len(drawn) + 3
    with PdfPages(buffer, metadata=about) as pages:
        first = Figure(figsize=A4, layout="constrained")
        for done, _ in enumerate(_draw(first, words, drawn), start=1):
            yield done / steps
        settle(first)
        yield (len(drawn) + 1) / steps
        pages.savefig(first, dpi=DPI)
        yield (len(drawn) + 2) / steps
        pages.savefig(_second(words), dpi=DPI)
    return buffer.getvalue()


def _draw(page: Figure, words: Content, drawn: Sequence[Part]) -> Iterator[Part]:
    """Draw the figures on their page, each in a cell of a grid; yield each before it is drawn.

    Its caption is below it.
    """
    head = list(_head(words))
    lines = [[_caption(part) for part in row] for row in rows(drawn)]
    heights = [MARGIN + sum(line.height for line in head) + GAP]
    for row, captions in zip(rows(drawn), lines, strict=True):
        heights.append(max(part.size[1] for part in row))
        heights.append(sum(line.height for line in max(captions, key=len)) + GAP)
    heights.append(max(PAPER[1] - sum(heights), 0.1))
    grid = page.add_gridspec(
        len(heights), 4, height_ratios=heights,
        width_ratios=[MARGIN, WIDTH - CLASSES_WIDTH, CLASSES_WIDTH, MARGIN],
    )  # fmt: skip
    _write(page, head, MARGIN)
    tops = [0, *accumulate(heights)]
    for number, (row, captions) in enumerate(zip(rows(drawn), lines, strict=True)):
        for place, (part, caption) in enumerate(zip(row, captions, strict=True)):
            yield part
            cells = slice(1, 3) if len(row) == 1 else 1 + place
            part.draw(page.add_subfigure(grid[1 + 2 * number, cells]))
            left = 0 if place == 0 else WIDTH - CLASSES_WIDTH
            _write(page, [replace(line, left=left) for line in caption], tops[2 + 2 * number])


def _head(words: Content) -> Iterator[Line]:
    for text, style in (
        (words.title, Line("", TITLE, weight="bold")),
        (words.subtitle, Line("", SUBTITLE, QUIET)),
        (words.problem, Line("", SUBTITLE)),
    ):
        for line in wrapped(text, WIDTH, style.size, style.weight):
            yield replace(style, text=line)


def _caption(part: Part) -> list[Line]:
    return [Line(text, CAPTION, QUIET) for text in wrapped(part.caption, part.size[0] - 4, CAPTION)]


def _second(words: Content) -> Figure:
    page = Figure(figsize=A4)
    text = second_page(words, WIDTH, HEIGHT)
    for line in text.lines:
        _write(page, [line], MARGIN + line.top)
    for top in text.rules:
        across = (MARGIN / PAPER[0], 1 - MARGIN / PAPER[0])
        y = 1 - (MARGIN + top) / PAPER[1]
        page.add_artist(Line2D(across, (y, y), color="#9aa5b1", linewidth=0.5))
    return page


def _write(page: Figure, lines: Sequence[Line], top: float) -> None:
    """Write lines below each other, the first one's upper edge at `top` mm."""
    for line in lines:
        page.text(
            (MARGIN + line.left) / PAPER[0],
            1 - (top + line.height * 0.8) / PAPER[1],
            plotted(line.text),
            fontsize=line.size,
            color=line.colour,
            weight=line.weight,
            ha=line.align,
            va="baseline",
            in_layout=False,
        )
        top += line.height
