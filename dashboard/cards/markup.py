"""What the cards' HTML shares: templates, and sentences in place of what cannot be shown."""

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
    """Return a sentence that stands where there is nothing to show, as HTML."""
    return render("sentence.html", text=text)
