"""The cards that show data."""

from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from dashboard.core.mixture.slice_fit import COMPONENTS
from dashboard.ids import (
    CAPTION_HISTOGRAMS,
    CAPTION_JOINT,
    CAPTION_Y,
    LABELS_PROBLEM,
    PROBLEM_Y,
    TITLE_JOINT,
    TITLE_X,
    TITLE_Y,
    Control,
    ViewId,
)
from dashboard.ui.checks import Checks
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
PICTURES = (ViewId.IMAGE_X, ViewId.IMAGE_Y, ViewId.LABELS)
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
            _card(
                html.Span(id=TITLE_X), "raw intensities, image X", _graph(ViewId.IMAGE_X),
                "image-card", of="x",
            ),
            _card(
                html.Span(id=TITLE_Y), html.Span("raw intensities, image Y", id=CAPTION_Y),
                html.Div(
                    [
                        _graph(ViewId.IMAGE_Y),
                        html.Div(id=PROBLEM_Y, className="problem", role="status"),
                    ],
                    className="stack",
                ),
                "image-card", of="y",
            ),
            _card(
                "Label map", "most probable class of each voxel",
                html.Div(
                    [
                        _graph(ViewId.LABELS),
                        html.Div(id=LABELS_PROBLEM, className="problem", role="status"),
                        _legend(),
                    ],
                    className="stack",
                ),
                "image-card",
            ),
        ],
        className="images",
    )  # fmt: skip


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
            dmc.Slider(
                id=Control.SLICE, min=0, max=1, value=0, step=1, size="sm", updatemode="mouseup",
                className="slice-slider", label=None,
                **{"aria-label": "Slice"},
            ),
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
            _card(
                "Histograms", html.Span(id=CAPTION_HISTOGRAMS),
                _graph(ViewId.HISTOGRAMS),
            ),
            _card(
                html.Span("Joint distribution", id=TITLE_JOINT), html.Span(id=CAPTION_JOINT),
                _graph(ViewId.JOINT),
            ),
            html.Section(
                [html.B(className="facts-of-images", **{"data-of": "used"}), _tabs()],
                className="card tabs-card",
            ),
        ],
        className="analysis",
    )  # fmt: skip


def _card(title: Any, caption: Any, content: Any, kind: str = "", *, of: str = "used") -> Any:
    """Return a card whose heading tells what was done to X, to Y, or to any image in use."""
    facts = html.B(className="facts-of-images", **{"data-of": of})
    head = html.Header([html.H2(title), facts, html.Span(caption, className="caption")])
    return html.Section([head, content], className=f"card {kind}".strip())


def graph_config(name: str) -> dict[str, Any]:
    """Return Plotly's settings for a graph: no buttons over the pictures."""
    return {**GRAPH_CONFIG, "displayModeBar": False} if name in PICTURES else GRAPH_CONFIG


def _graph(name: ViewId) -> dcc.Graph:
    return dcc.Graph(
        id=name, figure=NOTHING_YET, config=graph_config(name), responsive=True, className="graph"
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
    panels = {
        "components": html.Div(
            [html.Div(id=ViewId.COMPONENTS), html.Div(id=ViewId.AGREEMENT)],
            className="table-scroll",
        ),
        "criteria": _graph(ViewId.CRITERIA),
        "header": html.Div(id=ViewId.HEADER, className="table-scroll"),
    }
    return dmc.Tabs(
        [
            dmc.TabsList([dmc.TabsTab(text, value=value) for value, text in tabs.items()]),
            *(dmc.TabsPanel(panel, value=value) for value, panel in panels.items()),
        ],
        id=Control.PANEL,
        value=View.panel,
        keepMounted=True,
        className="tabs",
    )
