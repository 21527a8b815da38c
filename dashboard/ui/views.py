"""The elements of the cards; what they show is in the cards' own modules."""

from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from dashboard.core.mixture.recipe import COMPONENTS
from dashboard.ids import Control, ViewId
from dashboard.ui.components import Checks, Html, SliceSlider
from dashboard.view import View

GRAPH_CONFIG = {
    "displaylogo": False,
    # Plotly's own "share" button would upload the figure, and with it a patient's data.
    "plotlyServerURL": "",
    "responsive": True,
    "doubleClick": "reset",
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


def image_row() -> html.Div:
    """Return the three pictures: X, Y and the labels over X."""
    return html.Div(
        [
            _image_card("image-x", _picture(ViewId.IMAGE_X), _problem("problem-image-x")),
            _image_card("image-y", _picture(ViewId.IMAGE_Y), _problem("problem-image-y")),
            _image_card("labels", _picture(ViewId.LABELS), _problem("labels-problem"), _legend()),
        ],
        className="images",
    )


def slice_bar() -> html.Div:
    """Return the slice slider with play button, position and readout."""
    return html.Div(
        [
            html.Button(
                id=Control.PLAY, className="icon-button play", type="button",
                title="Play through the slices (space)",
                **{"aria-label": "Play through the slices", "aria-pressed": "false"},
            ),
            html.Button(
                "‹", id="slice-back", className="icon-button", type="button",
                title="Previous slice (←)", **{"aria-label": "Previous slice"},
            ),
            SliceSlider(id=Control.SLICE, value=0, max=1),
            html.Button(
                "›", id="slice-forward", className="icon-button", type="button",
                title="Next slice (→)", **{"aria-label": "Next slice"},
            ),
            html.Output(id="position", className="position"),
            html.Div(
                "Point at a voxel, or tap it, to read its values.",
                id="readout", className="readout",
            ),
        ],
        className="slice-bar",
    )  # fmt: skip


def analysis_row() -> html.Div:
    """Return histograms, joint view, and the tabs with components, criteria and headers."""
    return html.Div(
        [
            _card("histograms", _graph(ViewId.HISTOGRAMS)),
            _card("joint", _graph(ViewId.JOINT)),
            html.Section(_tabs(), className="card tabs-card"),
        ],
        className="analysis",
    )


def _card(name: str, graph: dcc.Graph) -> html.Section:
    return html.Section([_head(name), graph], className="card")


def _image_card(name: str, *content: Any) -> html.Section:
    """Return the card of a picture, with what lies over it."""
    stack = html.Div(list(content), className="stack")
    return html.Section([_head(name), stack], className="card image-card")


def _head(name: str) -> Html:
    return Html(id=f"head-{name}", className="head", html="")


def _picture(name: ViewId) -> html.Div:
    """Return the place of a picture, which the browser draws (assets/views/pictures.mjs)."""
    return html.Div(id=name, className="picture")


def _problem(name: str) -> Html:
    return Html(id=name, className="problem", role="status", html="")


def _graph(name: ViewId) -> dcc.Graph:
    return dcc.Graph(
        id=name, figure=NOTHING_YET, config=GRAPH_CONFIG, responsive=True, className="graph"
    )


def _legend() -> Checks:
    return Checks(
        id=Control.HIDDEN,
        options=[
            {
                "value": str(number),
                "label": str(number),
                "name": f"Hide class {number}",
                "className": f"class-chip class-{number}",
            }
            for number in COMPONENTS
        ],
        value=[],
        label="Classes",
        title="Click a class to hide it in every view",
        className="legend",
    )


def _tabs() -> dmc.Tabs:
    tabs = {"components": "Components", "criteria": "Criteria", "header": "File headers"}
    panels: dict[str, list[Any]] = {
        "components": [Html(id=ViewId.COMPONENTS), Html(id=ViewId.AGREEMENT)],
        "criteria": [_graph(ViewId.CRITERIA)],
        "header": [Html(id=ViewId.HEADER)],
    }
    return dmc.Tabs(
        [
            dmc.TabsList([dmc.TabsTab(text, value=value) for value, text in tabs.items()]),
            *(
                dmc.TabsPanel([_head(value), *panel], value=value)
                for value, panel in panels.items()
            ),
        ],
        id=Control.PANEL,
        value=View.panel,
        keepMounted=False,
        className="tabs",
    )
