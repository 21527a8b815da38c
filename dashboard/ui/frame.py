"""The page: header, controls, and the linked views."""

from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from dashboard.ids import NOTICES, Store, ViewId
from dashboard.services.uploads.limits import Limits
from dashboard.ui import help as page_help
from dashboard.ui import upload
from dashboard.ui.components import Html
from dashboard.ui.controls import controls
from dashboard.ui.views import analysis_row, image_row, slice_bar

THEME = {
    "primaryColor": "indigo",
    "fontFamily": "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, "
    "sans-serif",
    "defaultRadius": "sm",
}


def layout(limits: Limits) -> Any:
    """Return the page before anything is opened."""
    return dmc.MantineProvider(
        [
            *(dcc.Store(id=store) for store in Store),
            _header(),
            html.Div(className="progress", role="progressbar", **{"aria-label": "Working"}),
            html.Div(
                [html.Span(), html.Progress(max=1, value="0")],
                id="reading",
                className="reading",
                role="status",
                hidden=True,
            ),
            html.Div(
                [
                    controls(limits),
                    html.Main(
                        [
                            Html(id=NOTICES, className="notices"),
                            Html(id=ViewId.PREFLIGHT, className="preflight-place"),
                            image_row(),
                            slice_bar(),
                            analysis_row(),
                        ]
                    ),
                ],
                className="page",
            ),
            *upload.overlay(),
        ],
        theme=THEME,
        defaultColorScheme="auto",
    )


def _header() -> html.Header:
    return html.Header(
        [
            html.Button(
                id="controls-toggle", className="icon-button menu", type="button",
                **{"aria-label": "Show or hide the controls"},
            ),
            html.H1([html.Span(className="logo"), "NeuroMix"]),
            html.P(
                "How tissue classes come out of MRI intensities: move the slice or the number "
                "of components, and every view follows.",
                className="tagline",
            ),
            html.Button("Copy link", id="copy-link", className="text-button", type="button",
                        title="Copy a link that shows exactly this view"),
            dmc.ColorSchemeToggle(
                id="colour-scheme", variant="subtle", color="gray", size="md",
                lightIcon=html.Span(className="icon sun"),
                darkIcon=html.Span(className="icon moon"),
                **{"aria-label": "Switch between light and dark"},
            ),
            *page_help.button_and_text(),
        ],
        className="top",
    )  # fmt: skip
