"""What the cards' HTML shares: templates, numbers, sentences."""

import math
from pathlib import Path

from jinja2 import Environment, FileSystemLoader


def measure(value: float) -> str:
    """Return a number with three or more significant digits and a proper minus sign."""
    size = abs(value)
    if size == 0:
        return "0"
    digits = max(2 - math.floor(math.log10(size)), 0) if math.isfinite(size) else 0
    plain = 1e-3 <= size < 1e6
    return (f"{value:,.{digits}f}" if plain else f"{value:.3g}").replace("-", "−")


def ordinal(number: int) -> str:
    """Return a whole number as its place in a row: 1st, 2nd, 11th, 23rd."""
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{'th' if number % 100 in (11, 12, 13) else ending}"


_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True
)
_templates.globals["zip"] = zip
_templates.filters["measure"] = measure
_templates.filters["ordinal"] = ordinal


def render(name: str, **values: object) -> str:
    """Fill one of the templates beside this module; they escape all that is put into them."""
    return _templates.get_template(name).render(**values)


def sentence(text: str) -> str:
    """Return a sentence that stands where there is nothing to show, as HTML."""
    return render("sentence.html", text=text)
