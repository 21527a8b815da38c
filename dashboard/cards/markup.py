"""The cards' HTML: templates, and a sentence if there is nothing to show."""

import json
import re
from pathlib import Path

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup, escape

from dashboard.services.scene.remedies import changes
from dashboard.words import findings, numbers, remedies, spaces, steps

# Blanks within a product of lengths, and between a number and its unit.
_WITHIN = re.compile(r"(?<=\d) (?=[×%]|mm\b)|(?<=×) (?=\d)")

# Shorter names fit; of longer ones the end, which tells what an image is, stays in sight.
UNCUT, KEPT_END = 10, 6

_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.globals["zip"] = zip
_templates.filters.update(
    coefficient=numbers.coefficient,
    correlation=numbers.correlation,
    criterion=numbers.criterion,
    measure=numbers.measure,
    number=numbers.number,
    ordinal=numbers.ordinal,
    percent=numbers.percent,
    plain=numbers.plain,
    times=numbers.times,
    whole=numbers.whole,
    badge=steps.badge,
    space=spaces.NAMES.get,
    sentence=findings.sentence,
    label=remedies.label,
    effect=remedies.effect,
    changes=changes,
    unbroken=lambda text: _WITHIN.sub("\N{NO-BREAK SPACE}", text),
    # Not |tojson, which would leave double quotes as they are: this is escaped like any other text.
    as_json=lambda value: json.dumps(value, ensure_ascii=False),
)


def halves(name: str) -> Markup:
    """Return a name as HTML of which app.css cuts the middle where it has no room."""
    if len(name) <= UNCUT:
        return escape(name)
    middle = len(name) - KEPT_END
    return Markup('<span class="cut"><span>{}</span><span>{}</span></span>').format(
        name[:middle], name[middle:]
    )


_templates.filters["halves"] = halves


def render(name: str, **values: object) -> str:
    """Fill one of the templates beside this module; they escape all that is put into them."""
    return _templates.get_template(name).render(**values)


def sentence(text: str) -> str:
    """Return a sentence as HTML, for a card with nothing to show."""
    return render("sentence.html", text=text)
