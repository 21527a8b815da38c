"""A control with its label and its one-sentence help."""

from typing import Any

import dash_mantine_components as dmc
from dash import html

from dashboard.ids import Control

SIZE = "xs"


def labelled(name: str, text: str, help_text: str, control: Any, aside: Any = None) -> html.Div:
    """Put a label above a control; the help shows when the label is pointed at or focused.

    Parameters
    ----------
    name : str
        The control's id.
    text, help_text : str
    control : component
    aside : component, optional
        Shown at the end of the label's line.
    """
    label = dmc.Tooltip(
        html.Label(text, htmlFor=name, id=f"{name}-label", className="field-label", tabIndex=0),
        label=help_text,
        multiline=True,
        w=250,
        openDelay=250,
        position="top-start",
        withArrow=True,
        events={"hover": True, "focus": True, "touch": True},
    )
    line = html.Div([label, aside], className="field-line")
    description = html.Span(help_text, id=f"{name}-help", className="visually-hidden")
    return html.Div([line, control, description], className="field", title="")


def pair(*children: Any) -> html.Div:
    """Put controls side by side."""
    return html.Div(list(children), className="pair")


def select(name: Control, data: list[Any], value: Any, **options: Any) -> dmc.Select:
    """Return a list to choose one of."""
    return dmc.Select(
        id=name, data=data, value=value, size=SIZE, allowDeselect=False, **options,
        comboboxProps={"shadow": "md", "position": "bottom-start"},
        **{"aria-describedby": f"{name}-help"},
    )  # fmt: skip
