"""The cards' HTML: templates, and a sentence if there is nothing to show."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader

from dashboard.words.numbers import measure, ordinal

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
    """Return a sentence as HTML, for a card with nothing to show."""
    return render("sentence.html", text=text)
