"""The look that all figures share.

Text and grid take the theme from app.css, so that light and dark share one figure.
"""

import base64
import html
from collections.abc import Mapping, Sequence
from textwrap import wrap
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboard.core.mixture.scaling import Scaling
from dashboard.core.precision import fits_single
from dashboard.core.processing import Step
from dashboard.view import Axes
from dashboard.words.scalings import UNITS
from dashboard.words.steps import badge

Figure = dict[str, Any]
# Of classes by their number.
NO_NAMES: Mapping[int, str] = MappingProxyType({})

FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
# Legible on both a white and a dark page.
NEUTRAL = "#8b95a1"
NEUTRAL_FILL = "rgba(139, 149, 161, 0.35)"
NEUTRAL_GRID = "rgba(139, 149, 161, 0.22)"
INK = "#5b6672"
CLEAR = "rgba(0, 0, 0, 0)"
# Characters of a line of a sentence instead of data.
LINE_LENGTH = 45


def plain(text: str) -> str:
    """Return a text escaped for Plotly, so that no file name becomes markup."""
    return html.escape(text, quote=False)


def elided(text: str, most: int) -> str:
    """Return a text of at most `most` characters; a longer one loses its middle."""
    if len(text) <= most:
        return text
    tail = (most - 1) // 2
    return f"{text[: most - 1 - tail]}…{text[len(text) - tail :]}"


def axis_title(name: str, steps: Sequence[Step], *, what: str = "", most: int) -> str:
    """Return the title of an axis of intensities; a second line says what was done to them.

    Parameters
    ----------
    name : str
        Of the image.
    steps : sequence of Step
        As in `Volume.processing` and `Features.facts`.
    what : str
        Follows the name.
    most : int
        Characters that fit into a line.
    """
    title = plain(elided(name, max(most - len(what), 8))) + what
    done = ", ".join(map(badge, steps))
    return f"{title}<br>{plain(done)}" if done else title


def unit_of(scaling: Scaling, axes: Axes) -> str:
    """Return what follows the name of an image on an axis: the unit, if it is scaled."""
    return "" if axes == "raw" else f" ({UNITS[scaling]})"


def typed(values: NDArray[Any]) -> dict[str, str]:
    """Return numbers as a typed array, which the browser need not parse."""
    code = "i4" if values.dtype.kind != "f" else "f4" if fits_single(values) else "f8"
    numbers = values.astype(f"<{code}")
    return {"dtype": code, "bdata": base64.b64encode(numbers.tobytes()).decode()}


def layout(**options: Any) -> dict[str, Any]:
    """Return a transparent layout with the page's font."""
    return {
        "autosize": True,
        "paper_bgcolor": CLEAR,
        "plot_bgcolor": CLEAR,
        "font": {"family": FONT, "size": 11, "color": INK},
        "showlegend": False,
        "hoverlabel": {"font": {"family": FONT, "size": 12}},
        "dragmode": False,
        "modebar": {"bgcolor": CLEAR, "color": NEUTRAL, "activecolor": "#3b5bdb"},
        **options,
    }


def axis(title: str = "", **options: Any) -> dict[str, Any]:
    """Return a quiet axis with a fine grid."""
    return {
        # No standoff: Plotly would measure every label at every step.
        "title": {"text": title, "font": {"size": 11}},
        "gridcolor": NEUTRAL_GRID,
        "zeroline": False,
        "linecolor": NEUTRAL,
        "showline": True,
        "ticks": "outside",
        "ticklen": 3,
        "tickcolor": NEUTRAL,
        "tickfont": {"size": 11},
        "nticks": 6,
        "tickangle": 0,
        # Plotly would measure every label at every step to hide those past the edge.
        "ticklabeloverflow": "allow",
        "exponentformat": "power",
        "minexponent": 5,
        **options,
    }


def message(sentence: str) -> Figure:
    """Return a figure with a sentence instead of data."""
    whole = " ".join(plain(sentence).split())
    lines = wrap(whole, LINE_LENGTH, break_long_words=False, break_on_hyphens=False)
    note = {
        "text": "<br>".join(lines),
        "x": 0.5,
        "y": 0.5,
        "xref": "paper",
        "yref": "paper",
        "showarrow": False,
        "font": {"size": 13},
    }
    hidden = {"visible": False, "range": [0, 1], "fixedrange": True}
    return {
        "data": [],
        "layout": layout(
            annotations=[note], xaxis=hidden, yaxis=hidden, margin={"l": 8, "r": 8, "t": 8, "b": 8}
        ),
    }


def span(*parts: NDArray[np.float64]) -> tuple[float, float]:
    """Return an axis range around all values that ends on round numbers.

    Neighbouring slices then mostly share their axes: they can be compared, and the browser need
    not redraw the axes.
    """
    low, high = min(float(part.min()) for part in parts), max(float(part.max()) for part in parts)
    # Farther apart than float64 can place them.
    least = 8 * float(np.spacing(max(-low, high)))
    eighth = max((high - low) / 8, float(np.finfo(np.float64).tiny))
    step = max(round_up(eighth) if high > low else 1.0, least)
    return step * float(np.floor(low / step - 0.1)), step * float(np.ceil(high / step + 0.1))


def round_up(value: float) -> float:
    """Return the next of 1, 2, 2.5, 5, 10 times a power of ten."""
    power = 10.0 ** np.floor(np.log10(value))
    return float(power * next(m for m in (1, 2, 2.5, 5, 10) if m * power >= value * (1 - 1e-9)))
