"""Fill the controls from a URL query."""

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

import dash_mantine_components as dmc
from dash import Dash, Input, Output, no_update

from dashboard.core.errors import NeuroMixError
from dashboard.core.grid.nearest import nearest_slices
from dashboard.core.grid.same import same_grid
from dashboard.core.orientation import PLANE_AXES
from dashboard.core.volume import Volume
from dashboard.ids import FIELDS, NOTICES, VOLUME_X, VOLUME_Y, Control, Store
from dashboard.services.scene.channels import NO_REFERENCE, masks
from dashboard.services.scene.naming import B0, MEAN, find
from dashboard.services.scene.opening import Opened, open_view
from dashboard.services.studies.files import StudyFiles
from dashboard.services.studies.roles import Role
from dashboard.services.uploads.manifests import PREFIX
from dashboard.services.workspace import Workspace
from dashboard.ui.controls import NONE_FOUND
from dashboard.view import View
from dashboard.web import visitor
from dashboard.web.addresses import ID_LENGTH

# A query of a link that anybody made: longer ones are no View.
MAX_QUERY = 4096
# Steps of an intensity window's slider.
WINDOW_STEPS = 500
REFERENCES: tuple[Role, ...] = ("labels", "mask")

# The list of mixed images is filled in the page, where it is known whether it has changed since.
FILLED = [name for name in FIELDS if name != "mix"]
LIMITS = (
    Output(Control.STUDY, "data"),
    Output(Control.X, "data"),
    Output(Control.Y, "data"),
    Output(Control.MASK, "data"),
    Output(Control.MASK, "placeholder"),
    Output(Control.REFERENCE, "data"),
    Output(Control.GRID, "data"),
    *(
        Output(f"{volume}{part}", prop)
        for volume in (VOLUME_X, VOLUME_Y)
        for part, prop in (("", "data"), ("", "value"), ("-field", "hidden"))
    ),
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
        *(Output(*FIELDS[name]) for name in FILLED),
        *LIMITS,
        Output(Store.SOURCE, "data"),
        Output(NOTICES, "children"),
        Input(Store.OPENING, "data"),
        prevent_initial_call=True,
    )
    def opening(asked: dict[str, Any]) -> tuple[Any, ...]:
        query, place = (_entries(asked.get(name)) for name in ("search", "place"))
        try:
            opened = open_view(workspace, query, visitor.owner(), place=place)
        except NeuroMixError as error:
            nothing = [no_update] * (len(FILLED) + len(LIMITS) + 1)
            return (*nothing, _alerts([str(error)], []))
        return (
            *_control_values(opened).values(),
            *_limits(opened),
            {
                **source(opened),
                "mixable": _mixable(opened),
                "key": key(workspace, opened.view),
                "number": asked["number"],
            },
            _alerts(opened.problems, opened.notices),
        )


def _entries(query: Any) -> dict[str, str]:
    return dict(parse_qsl(str(query or "").lstrip("?")[:MAX_QUERY]))


def source(opened: Opened) -> dict[str, Any]:
    """Return what the browser has to know about the open images."""
    view = opened.view
    x, y = opened.volumes
    reference = x or y
    facts: dict[str, Any] = {"view": view.to_store(), "x": _facts(x), "y": _facts(y)}
    for which, volume in zip("xy", opened.volumes, strict=True):
        _, taken, alone = _volumes(opened.files, getattr(view, which), volume)
        if volume and not alone:
            facts[which]["volumes"] = {"image": volume.name, "taken": taken}
    if x and y and not same_grid(x, y):
        facts["y"]["slices"] = nearest_slices(x, y, view.plane)
    facts["defaults"] = _helpers(opened, replace(view, mask="", reference=""))
    facts["defaults"]["mix"] = opened.unchosen
    facts["defaults"]["foreground"] = opened.presets.foreground
    facts["mixed"] = opened.mixed
    if reference:
        orientation = reference.orientation
        facts["positions"] = reference.slice_positions(view.plane).round(3).tolist()
        facts["axis"] = "xyz"[PLANE_AXES[view.plane][0]]
        facts["shape"] = orientation.picture_shape(view.plane)
        facts["toStored"] = orientation.picture_to_stored(view.plane).tolist()
        facts["affine"] = reference.mm_affine[:3].tolist()
    return facts


def key(workspace: Workspace, view: View) -> str:
    """Return what addresses name instead of all the voxels that a View depends on."""
    return workspace.identity(view)[0][:ID_LENGTH]


def _facts(volume: Volume | None) -> dict[str, Any] | None:
    if volume is None:
        return None
    return {"id": volume.id[:ID_LENGTH], "window": volume.intensities.window}


def _control_values(opened: Opened) -> dict[str, Any]:
    view = opened.view
    values = view.to_store() | _helpers(opened, view)
    values["components"] = str(values["components"])
    values["hidden"] = [str(number) for number in view.hidden]
    values["grid"] = view.grid or None
    for which, volume in zip("xy", opened.volumes, strict=True):
        window = getattr(view, f"window_{which}")
        auto = volume.intensities.window if volume else (0.0, 1.0)
        values[f"window_{which}"] = list(window or auto)
    return {name: values[name] for name in FILLED}


def _helpers(opened: Opened, view: View) -> dict[str, Any]:
    """Return the mask and the reference that a View stands for."""
    presets = opened.presets
    # Where there is something to choose, a list says that none of it is chosen.
    unset = NO_REFERENCE if opened.files.of(*REFERENCES) else None
    return {
        "mask": view.mask or presets.mask,
        "reference": view.reference or presets.reference or unset,
    }


def _limits(opened: Opened) -> list[Any]:
    files, view = opened.files, opened.view
    images = list(files.of("image"))
    shown = [_renamed(images, files, name) for name in (view.x, view.y)]
    references = list(files.of(*REFERENCES))
    reference = opened.volumes[0] or opened.volumes[1]
    count = reference.orientation.count(view.plane) if reference else 1
    limits: list[Any] = [
        _studies(opened.studies),
        *shown,
        list(masks(files)),
        "none" if masks(files) else NONE_FOUND,
        [*references, {"value": NO_REFERENCE, "label": "none"}] if references else [],
        images,
    ]
    for name, volume in zip((view.x, view.y), opened.volumes, strict=True):
        limits += _volumes(files, name, volume)
    limits.append(count - 1)
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


def _mixable(opened: Opened) -> list[str]:
    """Return the images of the mixture, and those that could be."""
    files, shown = opened.files, (opened.view.x, opened.view.y)
    # The chosen volume of an image stands in its place.
    chosen = {found[0].name: name for name in shown if (found := find(files, name))}
    others = (chosen.get(name, name) for name in files.of("image"))
    return list(dict.fromkeys([*opened.mixed, *others]))


def _renamed(images: list[str], files: StudyFiles, chosen: str) -> list[str]:
    """Return the images, and in the place of one of several volumes the chosen volume."""
    found = find(files, chosen)
    name = found[0].name if found else ""
    return [chosen if image == name else image for image in images]


def _studies(studies: dict[str, str]) -> list[Any]:
    own = [
        {"value": name, "label": title}
        for name, title in studies.items()
        if name.startswith(PREFIX)
    ]
    rest = [name for name in studies if not name.startswith(PREFIX)]
    if not own:
        return rest
    return [{"group": "Uploads", "items": own}, {"group": "Studies", "items": rest}]


def _volumes(files: StudyFiles, name: str, volume: Volume | None) -> list[Any]:
    """Return the volumes that can be taken of an image, the one taken, and whether it is alone."""
    found = find(files, name)
    if volume is None or found is None or volume.volumes == 1:
        return [[], None, True]
    file, take = found
    options = [{"value": MEAN, "label": f"mean of {volume.volumes}"}]
    if file.b0_volumes:
        options.insert(0, {"value": B0, "label": f"mean of {len(file.b0_volumes)} b0"})
    options += [{"value": str(n), "label": str(n)} for n in range(volume.volumes)]
    taken = MEAN if take is None else B0 if take == file.b0_volumes else str(take[0])
    return [options, taken, False]


def _alerts(problems: list[str], notices: list[str]) -> list[Any]:
    return [
        dmc.Alert(text, color=colour, variant="light", withCloseButton=True, p="xs")
        for colour, texts in (("red", problems), ("yellow", notices))
        for text in texts
    ]
