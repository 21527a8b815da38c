"""The page: controls, and the linked views. What is static stands in index.html around them."""

from pathlib import Path
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from dashboard import __version__
from dashboard.core.grid.same import MAX_MIXED
from dashboard.figures.palette import PALETTES
from dashboard.ids import FIELDS, NOTICES, Store, ViewId
from dashboard.services.uploads.limits import Limits
from dashboard.ui.controls import controls
from dashboard.ui.views import analysis_row, graph_config, image_row, slice_bar
from dashboard.view import optional_defaults
from dashboard.web.panels import description

# Header, help and the card of an upload need no components: each of those makes every callback
# dearer. The browser also shows them before Dash has come.
INDEX = (Path(__file__).parent / "index.html").read_text("utf-8")
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
            dmc.ColorSchemeToggle(
                id="colour-scheme", variant="subtle", color="gray", size="md",
                lightIcon="☀\ufe0e", darkIcon="☾",
                **{"aria-label": "Switch between light and dark"},
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
        ],
        theme=THEME,
        defaultColorScheme="auto",
    )  # fmt: skip


def _stores() -> list[dcc.Store]:
    config = {
        "version": __version__,
        "mostMixed": MAX_MIXED,
        "fields": list(FIELDS),
        "defaults": optional_defaults(),
        "panels": description(),
        "graphs": {name: graph_config(name) for name in ViewId},
        "palettes": {name: list(colours) for name, colours in PALETTES.items()},
    }
    return [
        dcc.Store(id=Store.CONFIG, data=config),
        dcc.Store(id=Store.SOURCE),
        dcc.Store(id=Store.OPENING),
    ]
