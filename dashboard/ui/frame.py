"""The page: controls, and the linked views. What is static stands in index.html around them."""

from pathlib import Path
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from dashboard.ids import NOTICES, Store, ViewId
from dashboard.services.uploads.limits import Limits
from dashboard.ui.components import Html
from dashboard.ui.controls import controls
from dashboard.ui.views import analysis_row, image_row, slice_bar

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
            *(dcc.Store(id=store) for store in Store),
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
        ],
        theme=THEME,
        defaultColorScheme="auto",
    )  # fmt: skip
