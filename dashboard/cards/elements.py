"""What cards are made of. A part knows its element, and what the card fills of it."""

from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import urlencode

from dash import dcc, html
from dash.development.base_component import Component

from dashboard.cards import head as heads
from dashboard.cards.markup import sentence
from dashboard.figures.style import message
from dashboard.ids import Control
from dashboard.view import View
from dashboard.widgets import Held, Html

GRAPH_CONFIG: Any = {
    "displaylogo": False,
    # Plotly's own "share" button would upload the figure, and with it a patient's data.
    "plotlyServerURL": "",
    "responsive": True,
    "doubleClick": False,  # assets/views/axes.mjs knows the whole ranges
    "modeBarButtonsToRemove": ["sendChartToCloud", "select2d", "lasso2d", "autoScale2d"],
    "toImageButtonOptions": {"scale": 2},
}
NOTHING_YET: dict[str, Any] = {
    "data": [],
    "layout": {
        "xaxis": {"visible": False},
        "yaxis": {"visible": False},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
    },
}


@dataclass(frozen=True)
class Part:
    """One element of a card.

    Attributes
    ----------
    element : callable
        Makes the element; each page gets its own, since its values are written into it.
    output : str
        The property that the card fills, as "element-id.property"; empty if it fills none.
    failed : callable
        Returns the value of the output from a sentence that says why there is nothing to draw.
    """

    element: Callable[[], Component]
    output: str = ""
    failed: Callable[[str], Any] = sentence


def head(card: str, title: str = "") -> Part:
    """Return a card's head; what fills it is made by `dashboard.cards.head`."""
    name = f"head-{card}"
    return Part(
        lambda: Html(id=name, className="head", html=""),
        f"{name}.html",
        lambda _: heads.head(title),
    )


def graph(name: str) -> Part:
    """Return a graph."""
    return Part(
        lambda: dcc.Graph(
            id=name, figure=NOTHING_YET, config=GRAPH_CONFIG, responsive=True, className="graph"
        ),
        f"{name}.figure",
        message,
    )


def axes_of(view: View, *fields: str) -> str:
    """Return what the axes of a graph mean: while that stays, a chosen range does, too.

    Parameters
    ----------
    fields : str
        Of the View, besides the images.
    """
    return urlencode({name: getattr(view, name) for name in ("study", "x", "y", "grid", *fields)})


def table(name: str) -> Part:
    """Return HTML that the card makes."""
    return Part(lambda: Html(id=name), f"{name}.html")


def picture(name: str) -> Part:
    """Return the place of a picture, which the browser draws (assets/views/pictures.mjs)."""
    return Part(lambda: html.Div(id=name, className="picture"))


def window(control: Control) -> Part:
    """Return the place of an image's scale and window, drawn by assets/views/window.mjs."""
    return Part(lambda: Held(id=control, value=[0, 1], className="scale"))


def problem(name: str) -> Part:
    """Return the sentence over a picture that cannot be shown."""
    return Part(
        lambda: Html(id=name, className="problem", role="status", html=""), f"{name}.html", escape
    )
