"""Fill the controls from a URL query."""

from typing import Any
from urllib.parse import parse_qsl

import dash_mantine_components as dmc
from dash import Dash, Input, Output, no_update

from dashboard.core.errors import NeuroMixError
from dashboard.core.orientation import PLANE_AXES
from dashboard.core.volume import Volume
from dashboard.services.opening import Opened, open_view
from dashboard.services.workspace import Workspace
from dashboard.ui.ids import FIELDS, NOTICES, Control, Store
from dashboard.web.addresses import ID_LENGTH

# A query of a link that anybody made: longer ones are no View.
MAX_QUERY = 4096
# Steps of an intensity window's slider.
WINDOW_STEPS = 500

LIMITS = (
    Output(Control.STUDY, "data"),
    Output(Control.X, "data"),
    Output(Control.Y, "data"),
    Output(Control.SLICE, "max"),
    *(
        Output(control, limit)
        for control in (Control.WINDOW_X, Control.WINDOW_Y)
        for limit in ("min", "max", "step")
    ),
)


def register(app: Dash, workspace: Workspace) -> None:
    """Connect the controls to the URL."""

    @app.callback(
        *(Output(control, prop) for control, prop in FIELDS.values()),
        *LIMITS,
        Output(Store.SOURCE, "data"),
        Output(NOTICES, "children"),
        Input(Store.OPENING, "data"),
        prevent_initial_call=True,
    )
    def opening(asked: dict[str, Any]) -> tuple[Any, ...]:
        query = dict(parse_qsl(str(asked["search"]).lstrip("?")[:MAX_QUERY]))
        try:
            opened = open_view(workspace, query)
        except NeuroMixError as error:
            nothing = [no_update] * (len(FIELDS) + len(LIMITS) + 1)
            return (*nothing, _alerts([str(error)], []))
        return (
            *_control_values(opened).values(),
            *_limits(opened),
            {**source(opened), "number": asked["number"]},
            _alerts(opened.problems, opened.notices),
        )


def source(opened: Opened) -> dict[str, Any]:
    """Return what the browser has to know about the open images."""
    view = opened.view
    x, y = opened.volumes
    reference = x or y
    facts: dict[str, Any] = {"view": view.to_store(), "x": _facts(x), "y": _facts(y)}
    if reference:
        orientation = reference.orientation
        facts["positions"] = reference.slice_positions(view.plane).round(3).tolist()
        facts["axis"] = "xyz"[PLANE_AXES[view.plane][0]]
        facts["shape"] = orientation.picture_shape(view.plane)
        facts["toStored"] = orientation.picture_to_stored(view.plane).tolist()
        facts["affine"] = reference.mm_affine[:3].tolist()
    return facts


def _facts(volume: Volume | None) -> dict[str, Any] | None:
    if volume is None:
        return None
    return {"id": volume.id[:ID_LENGTH], "window": volume.intensities.window}


def _control_values(opened: Opened) -> dict[str, Any]:
    values = opened.view.to_store()
    values["components"] = str(values["components"])
    values["hidden"] = [str(number) for number in opened.view.hidden]
    for which, volume in zip("xy", opened.volumes, strict=True):
        window = getattr(opened.view, f"window_{which}")
        auto = volume.intensities.window if volume else (0.0, 1.0)
        values[f"window_{which}"] = list(window or auto)
    return {name: values[name] for name in FIELDS}


def _limits(opened: Opened) -> list[Any]:
    reference = opened.volumes[0] or opened.volumes[1]
    count = reference.orientation.count(opened.view.plane) if reference else 1
    limits: list[Any] = [opened.studies, opened.images, opened.images, count - 1]
    for volume in opened.volumes:
        low, high = (0.0, 1.0)
        if volume:
            window = volume.intensities.window
            low, high = (
                min(volume.intensities.low, window[0]),
                max(volume.intensities.high, window[1]),
            )
        limits += [low, high, (high - low) / WINDOW_STEPS]
    return limits


def _alerts(problems: list[str], notices: list[str]) -> list[Any]:
    return [
        dmc.Alert(text, color=colour, variant="light", withCloseButton=True, p="xs")
        for colour, texts in (("red", problems), ("yellow", notices))
        for text in texts
    ]
