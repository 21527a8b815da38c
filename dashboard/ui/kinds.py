"""The kinds of controls. Each brings its label and its help, which assets/views/tooltip.mjs shows.

A kind is a function from a `ControlSpec` to its component. Inputs of Mantine bring a label of their
own: one component. Every other control has a label beside it, in an element around both.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from dashboard.ids import Control
from dashboard.view import View
from dashboard.widgets import Menu, Toggle

SIZE = "xs"
# A list is as wide as its names (assets/app.css), so it starts where its control does. It is built
# when it opens: seventeen of them take an eighth of what opening the page does.
LIST = {
    "shadow": "md", "position": "bottom-start", "portalProps": {"target": "main"},
    "keepMounted": False,
}  # fmt: skip
# Options of a list that a browser draws without a pause.
MOST_LISTED = 300

Kind = Callable[["ControlSpec"], Component]


@dataclass(frozen=True)
class ControlSpec:
    """One control of the page.

    Parameters
    ----------
    name : Control or str
        The control's id. It starts with the value that the View has by default.
    label : str
        A few words.
    help : str
        One or two sentences, shown on demand.
    kind : callable
        Makes the component.
    """

    name: Control | str
    label: str
    help: str
    kind: Kind

    @property
    def component(self) -> Component:
        """The control with its label and its help."""
        return self.kind(self)

    @property
    def default(self) -> Any:
        """The value that the View has by default, or None."""
        return getattr(View, self.field, None)

    @property
    def field(self) -> str:
        """The name of the View's field that it sets, if it sets one."""
        return self.name.removeprefix("control-").replace("-", "_")

    @property
    def _labelled(self) -> dict[str, Any]:
        """What gives an input of Mantine its label."""
        return {
            "label": self.label,
            "labelProps": {"className": "field-label", "data-help": self.help},
            "className": "field",
        }

    def beside_label(self, *parts: Component) -> html.Div:
        """Return elements that have no label of their own, with one."""
        label = html.Span(
            self.label,
            id=f"{self.name}-label",
            className="field-label",
            **{"data-help": self.help},
        )
        return html.Div([label, *parts], className="field")


def choice(options: Mapping[str, str] | None = None, **settings: Any) -> Kind:
    """One of a list; without options, the list is filled when a study opens."""
    return lambda spec: dmc.Select(
        id=spec.name, data=_data(options), value=spec.default or None, size=SIZE,
        allowDeselect=False, comboboxProps=LIST, **spec._labelled, **settings,
    )  # fmt: skip


def search(nothing: str) -> Kind:
    """One of a long list that is filled when a study opens; typing finds what is not listed."""
    return choice(searchable=True, nothingFoundMessage=nothing, limit=MOST_LISTED)


def several(**settings: Any) -> Kind:
    """Several of a list that is filled when a study opens."""
    return lambda spec: dmc.MultiSelect(
        id=spec.name, data=[], value=[], size=SIZE, comboboxProps=LIST,
        # A note on what became of an emptied list: no help, so it is not dimmed.
        inputWrapperOrder=["label", "input", "description"],
        styles={"description": {"color": "inherit", "fontSize": "12px"}},
        **spec._labelled, **settings,
    )  # fmt: skip


def segments(options: Mapping[str, str], *, narrow: bool = False) -> Kind:
    """One of a few, all in view."""
    return lambda spec: spec.beside_label(
        dmc.SegmentedControl(
            id=spec.name, data=_data(options), value=str(spec.default), size=SIZE, fullWidth=True,
            className="narrow" if narrow else None,
            **{"aria-labelledby": f"{spec.name}-label"},
        )
    )  # fmt: skip


def number(allowed: range, **settings: Any) -> Kind:
    """A whole number, typed."""
    return lambda spec: dmc.NumberInput(
        id=spec.name, value=spec.default, min=allowed.start, max=allowed.stop - 1, size=SIZE,
        debounce=True,
        allowDecimal=False, allowNegative=False, clampBehavior="strict",
        **spec._labelled, **settings,
    )  # fmt: skip


def amount(most: float, *, step: float) -> Kind:
    """A number from 0, typed or in steps."""
    return lambda spec: dmc.NumberInput(
        id=spec.name, value=spec.default, min=0, max=most, step=step, size=SIZE, debounce=True,
        allowNegative=False, clampBehavior="strict", **spec._labelled,
    )  # fmt: skip


def hidden(kind: Kind) -> Kind:
    """A control that is shown only in some studies."""
    return lambda spec: html.Div(kind(spec), id=f"{spec.name}-field", hidden=True)


# The kinds of a card's tools: small, and without a label beside them.


def menu(options: Mapping[str, str]) -> Kind:
    """One of a short list, in words that need no label."""
    return lambda spec: Menu(
        id=spec.name, options=_data(options), value=spec.default, label=spec.label, help=spec.help
    )


def toggle(text: str) -> Kind:
    """On or off, by a word that the label explains."""
    return lambda spec: Toggle(
        id=spec.name, text=text, checked=bool(spec.default), label=spec.label, help=spec.help
    )


def count(allowed: range, suffix: str) -> Kind:
    """A whole number, typed, with its unit."""
    return lambda spec: dmc.NumberInput(
        id=spec.name, value=spec.default, min=allowed.start, max=allowed.stop - 1, size=SIZE,
        suffix=suffix, step=10, debounce=True, hideControls=True, allowDecimal=False,
        allowNegative=False, clampBehavior="blur", className="count",
        **{"aria-label": spec.label, "data-help": spec.help},
    )  # fmt: skip


def scale(values: range) -> Kind:
    """A number on a scale, which follows the pointer."""
    return lambda spec: dmc.Slider(
        id=spec.name, min=values.start, max=values.stop - 1, value=spec.default, size=SIZE,
        updatemode="drag", thumbLabel=spec.label, className="scale-tool",
        **{"data-help": spec.help},
    )  # fmt: skip


def _data(options: Mapping[str, str] | None) -> list[dict[str, str]]:
    return [{"value": value, "label": label} for value, label in (options or {}).items()]
