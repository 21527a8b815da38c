"""A report as one HTML file: no script, nothing from elsewhere, and two pages of A4 on paper."""

import base64
from hashlib import sha256
from pathlib import Path

from jinja2 import Environment, FileSystemLoader

from dashboard.figures.paper import as_svg
from dashboard.reporting.content import content
from dashboard.reporting.drawing import HEIGHT, WIDTH, Part, parts, rows
from dashboard.reporting.results import Results
from dashboard.reporting.steps import Steps
from dashboard.reporting.text import LARGEST, SHORT, SMALLEST, STEP, second_page

_TEMPLATES = Path(__file__).parent / "templates"
_templates = Environment(
    loader=FileSystemLoader(_TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True
)


def _named(points: float) -> str:
    """Return the name of a size of text in the style sheet."""
    return f"{points * 100:.0f}"


_SIZES = [SMALLEST - STEP + STEP * n for n in range(round((LARGEST - SMALLEST) / STEP) + 2)]
STYLE = (_TEMPLATES / "report.css").read_text(encoding="utf-8") + "".join(
    f"@media print {{ .size-{_named(size)} {{ font-size: {size}pt; }} }}\n" for size in _SIZES
)
# What a browser may load for it: its own style and figures, and nothing else.
POLICY = (
    "default-src 'none'; img-src data:; style-src "
    f"'sha256-{base64.b64encode(sha256(STYLE.encode()).digest()).decode()}'"
)


def html(results: Results) -> Steps:
    """Make a report as HTML; the same results give the same bytes."""
    words, drawn = content(results), rows(parts(results))
    count, done = sum(map(len, drawn)), 0
    figures: list[list[tuple[Part, str]]] = []
    for row in drawn:
        figures.append([])
        for part in row:
            done += 1
            yield done / (count + 1)
            svg = as_svg(part.draw, *part.size)
            figures[-1].append((part, base64.b64encode(svg).decode()))
    page = _templates.get_template("report.html").render(
        content=words,
        rows=figures,
        style=STYLE,
        policy=POLICY,
        size=_named(second_page(words, WIDTH, HEIGHT).size - STEP),
        short=SHORT,
    )
    return page.encode()
