"""The page: header, controls, and the linked views."""

from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from dashboard import __version__, view
from dashboard.cards.table import description
from dashboard.core.mixture.recipe import MAX_MIXED
from dashboard.figures.palette import PALETTES
from dashboard.ids import NOTICES, Store, ViewId
from dashboard.services.uploads.limits import Limits
from dashboard.ui import help as page_help
from dashboard.ui import upload
from dashboard.ui.controls import controls
from dashboard.ui.views import analysis_row, graph_config, image_row, slice_bar

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
            *_stores(),
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
                            html.Div(id=NOTICES, className="notices", **{"aria-live": "polite"}),
                            html.Div(id=ViewId.PREFLIGHT, className="preflight-place"),
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


def _stores() -> list[dcc.Store]:
    config = {
        "version": __version__,
        "mostMixed": MAX_MIXED,
        "fields": view.description(),
        "cards": description(),
        "graphs": {name: graph_config(name) for name in ViewId},
        "palettes": {name: list(colours) for name, colours in PALETTES.items()},
    }
    return [
        dcc.Store(id=Store.CONFIG, data=config),
        dcc.Store(id=Store.SOURCE),
        dcc.Store(id=Store.OPENING),
    ]


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
