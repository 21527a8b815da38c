"""The page: controls, and the linked views. What is static stands in index.html around them."""

from pathlib import Path
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html
from dash.development.base_component import Component

from dashboard.cards.card import Card, Row, Tab
from dashboard.cards.table import CARDS
from dashboard.ids import NOTICES, Control, Store
from dashboard.services.uploads.limits import Limits
from dashboard.ui.controls import TOOLS, controls
from dashboard.view import View
from dashboard.widgets import Html, SliceSlider

# Header, help and the card of an upload need no components: each of those makes every callback
# dearer. The browser also shows them before Dash has come.
INDEX = (Path(__file__).parent / "index.html").read_text("utf-8")
BEFORE_SLIDER = (
    f'<button id="{Control.PLAY}" class="icon-button play" type="button"'
    ' title="Play through the slices (space)" aria-label="Play through the slices"'
    ' aria-pressed="false"></button>'
    '<select id="play-speed" class="tool menu-tool" aria-label="Slices per second"'
    ' title="Slices per second (&lt; &gt;)"></select>'
    '<button id="slice-back" class="icon-button" type="button" tabindex="-1"'
    ' title="Previous slice (←)" aria-label="Previous slice">‹</button>'
)
AFTER_SLIDER = (
    '<button id="slice-forward" class="icon-button" type="button" tabindex="-1"'
    ' title="Next slice (→)" aria-label="Next slice">›</button>'
    '<span class="place"><label>Slice <input id="slice-number" inputmode="numeric"'
    ' autocomplete="off" aria-label="Slice"></label><span>of 0–<span id="slice-last"></span></span>'
    '<label><span id="slice-axis"></span> = <input id="slice-mm" autocomplete="off"'
    ' aria-label="Position in mm"> mm</label></span>'
    '<span class="compare"><button id="compare" class="text-button" type="button"></button>'
    '<button id="compare-end" class="icon-button" type="button" hidden title="Stop comparing'
    ' (Shift+B)" aria-label="Stop comparing">×</button></span>'
    '<output id="position" class="visually-hidden"></output>'
)
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
            html.Div(
                [
                    controls(limits),
                    html.Main(
                        [
                            # Below the pictures on screen, the first for the keyboard.
                            _slice_bar(),
                            Html(id=NOTICES, className="notices"),
                            *_elements("check"),
                            _image_row(),
                            _analysis_row(),
                        ]
                    ),
                ],
                className="page",
            ),
            dmc.ColorSchemeToggle(
                id="colour-scheme", variant="subtle", color="gray", size="md",
                lightIcon="☀\ufe0e", darkIcon="☾",
                **{"aria-label": "Switch between light and dark"},
            ),
        ],
        theme=THEME,
        defaultColorScheme="auto",
    )  # fmt: skip


def _cards(slot: Row | Tab) -> list[Card]:
    return [card for card in CARDS if card.slot == slot]


def _elements(slot: Row | Tab) -> list[Component]:
    return [element for card in _cards(slot) for element in card.elements()]


def _tools(card: str) -> list[Component]:
    """Return what stands at the end of a card's head: its own controls, and full screen."""
    own = [spec.component for spec in TOOLS.get(card, ())]
    button = html.Button(
        className="tool full-screen-button", type="button", title="Full screen (f)",
        **{"aria-label": "Full screen", "aria-pressed": "false"},
    )  # fmt: skip
    return [html.Div(own, className="tools"), button] if own else [button]


def _section(card: str) -> str:
    """Return the classes of a card's section.

    Styles that ask by `:has` what is in a graph's ancestors cost the browser at its every change.
    """
    return "card with-tools" if card in TOOLS else "card"


def _image_row() -> html.Div:
    """Return the pictures, each below its head and with what lies over it."""
    sections = []
    for card in _cards("images"):
        head, *stack = card.elements()
        parts = [head, *_tools(card.id), html.Div(stack, className="stack")]
        sections.append(html.Section(parts, className=f"{_section(card.id)} image-card"))
    return html.Div(sections, className="images")


def _slice_bar() -> html.Div:
    """Return the slice slider between its buttons and its position."""
    return html.Div(
        [
            # On screen after the buttons, for the keyboard before them: keys do what they do.
            SliceSlider(id=Control.SLICE, value=0, max=1),
            Html(html=BEFORE_SLIDER, className="slice-play"),
            Html(html=AFTER_SLIDER, className="slice-place"),
            html.Div(
                "Point at a voxel to read its values. Click it to keep the crosshair there.",
                id="readout", className="readout",
            ),
        ],
        className="slice-bar",
    )  # fmt: skip


def _analysis_row() -> html.Div:
    """Return the graphs, and the tabs beside them."""
    sections = []
    for card in _cards("analysis"):
        head, *graphs = card.elements()
        parts = [head, *_tools(card.id), *graphs]
        sections.append(html.Section(parts, className=_section(card.id)))
    tabs = html.Section([_tabs(), *_tools("tabs")], className="card tabs-card")
    return html.Div([*sections, tabs], className="analysis")


def _tabs() -> dmc.Tabs:
    tabs = dict.fromkeys(card.slot for card in CARDS if isinstance(card.slot, Tab))
    return dmc.Tabs(
        [
            dmc.TabsList([dmc.TabsTab(tab.title, value=tab.value) for tab in tabs]),
            *(dmc.TabsPanel(_elements(tab), value=tab.value) for tab in tabs),
        ],
        id=Control.PANEL,
        value=View.panel,
        keepMounted=False,
        className="tabs",
    )
