"""The page as it is served: its HTML, and its layout with the View of its URL in it."""

import json
from typing import Any
from urllib.parse import urlsplit

from dash.development.base_component import Component
from flask import has_request_context, request

from dashboard import view
from dashboard.cards.table import CARDS, description
from dashboard.core.mixture.recipe import COMPONENTS, MAX_MIXED
from dashboard.figures.colourmaps import COLOURMAPS
from dashboard.figures.palette import NEUTRALS, PALETTES, RAMP, line_style
from dashboard.ids import FIELDS, Store
from dashboard.services.analyses import Analyses
from dashboard.services.archive import Archive
from dashboard.services.render.addresses import (
    CONTENT_VERSION,
    LAYER_FIELDS,
    MAP_FIELDS,
    VOXEL_FIELDS,
)
from dashboard.services.scene.opening import open_view
from dashboard.services.uploads.limits import Limits
from dashboard.settings import ROOT
from dashboard.ui.frame import INDEX, layout
from dashboard.web import joined, visitor
from dashboard.web.cards import draw
from dashboard.web.filling import filling
from dashboard.web.open import entries, unread_images

ASSETS = ROOT / "assets"
# What Dash would load file by file: the modules come as one, and the style within the HTML.
NOT_BY_DASH = r"\.(css|mjs)$"
SIGN_OUT = (
    '<form id="sign-out" method="post" action="{prefix}sign-out">'
    '<button class="text-button" title="Sign out">Sign out</button></form>'
)
# What Dash asks for once it runs: made while the browser reads scripts.
ASKED_FOR = "".join(
    f'<link rel="preload" as="fetch" href="{{prefix}}{name}" crossorigin>\n'
    for name in ("_dash-layout", "_dash-dependencies")
)
# Dash may call the browser's half as soon as it starts, so it starts behind the modules. Where one
# of both is missing, only this and the page's HTML are there to say so.
CUT_OFF = (
    " If that does not help, the server may be below a path that it does not know "
    "(DASHBOARD_PREFIX)."
)
RENDERER = f"""
addEventListener('DOMContentLoaded', () => {{
  if (window.DashRenderer && window.dash_clientside?.client) return new DashRenderer();
  document.documentElement.dataset.notLoaded = '';
  document.querySelector('._dash-loading').textContent = '';
  document.querySelector('.not-loaded').append({json.dumps(CUT_OFF)});
}});
"""


def index(*, prefix: str = "/", signs_out: bool = False) -> str:
    """Return the page's HTML: with what the browser's half has to know, and its modules.

    Parameters
    ----------
    prefix : str
        Path below which the server is reached, between slashes.
    signs_out : bool
        Whether there is a button to sign out.
    """
    config = {
        "version": CONTENT_VERSION,
        "mostMixed": MAX_MIXED,
        "mostComponents": COMPONENTS.stop - 1,
        "fields": view.description(),
        "controls": {name: list(control) for name, control in FIELDS.items()},
        "cards": description(),
        "voxelFields": sorted(VOXEL_FIELDS),
        "mapFields": sorted(MAP_FIELDS),
        "layerFields": sorted(LAYER_FIELDS),
        "neutrals": NEUTRALS,
        "ramp": list(RAMP),
        "colourmaps": {name: list(colours) for name, colours in COLOURMAPS.items()},
        "palettes": {name: list(colours) for name, colours in PALETTES.items()},
    }
    modules = f'<script type="module" src="{prefix}{joined.PATH}"></script>\n'
    # Within a script only this could be read as HTML.
    content = json.dumps(config).replace("<", "\\u003c")
    known = f'<script id="neuromix-config" type="application/json">{content}</script>\n'
    # Within the page: as files of their own, each would have to come before anything is seen.
    sheets = (path.read_text("utf-8") for path in sorted(ASSETS.glob("*.css")))
    style = f"<style>{''.join(sheets)}{line_style()}</style>\n"
    page = INDEX.replace("{%sign_out%}", SIGN_OUT.format(prefix=prefix) if signs_out else "")
    return page.replace(
        "</head>", f"{ASKED_FOR.format(prefix=prefix)}{modules}{style}{known}</head>"
    )


def page(archive: Archive, analyses: Analyses, limits: Limits) -> Component:
    """Return the layout; of what has been read before, with all that the URL's View shows."""
    laid_out = layout(limits)
    for name, value in _shown(archive, analyses).items():
        element, prop = name.rsplit(".", 1)
        setattr(laid_out[element], prop, value)
    return laid_out


def _shown(archive: Archive, analyses: Analyses) -> dict[str, Any]:
    # Dash asks for the layout by a request of its own, and once outside of any.
    if not has_request_context() or not request.path.endswith("_dash-layout"):
        return {}
    query = entries(urlsplit(request.headers.get("Referer", "")).query)
    if unread_images(archive, query):
        return {}
    try:
        opened = open_view(archive, query, visitor.owner())
        scene, values = opened.scene, filling(opened)
    except Exception:  # noqa: BLE001 - the opening that follows says why, and logs it
        return {}
    # The others take long: the page asks for them once it is there.
    ready = [card for card in CARDS if card.group in ("views", "files")]
    cards = [card for card in ready if card.tab in (None, scene.view.panel)]
    for card in cards:
        values |= draw(card, scene, analyses)
    values[f"{Store.SCENE}.data"]["drawn"] = [card.id for card in cards]
    return values
