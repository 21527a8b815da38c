"""From an opened View to what the page holds: the controls, what they offer, and the scene."""

import html
import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from dashboard.core.facts import Notice
from dashboard.core.grid.field import corner, head_box, pixel_size
from dashboard.core.orientation import PLANE_AXES, Plane
from dashboard.core.reading.summary import WINDOW_LEVELS, Intensities
from dashboard.core.volume import Volume
from dashboard.ids import FIELDS, NOTICES, VOLUME_X, VOLUME_Y, Control, Store
from dashboard.services.render.addresses import key
from dashboard.services.scene.linked import linked
from dashboard.services.scene.opening import Opened
from dashboard.services.scene.presets import masks
from dashboard.services.scene.scene import NO_REFERENCE, Scene
from dashboard.services.studies.conventions import Role
from dashboard.services.studies.files import StudyFiles
from dashboard.services.studies.naming import B0, MEAN, file_of, find, short_name
from dashboard.services.uploads.manifests import PREFIX
from dashboard.ui.controls import NO_MASK
from dashboard.view import View
from dashboard.words.opening import sentence

# Steps of an intensity window, at least.
WINDOW_STEPS = 500
REFERENCES: tuple[Role, ...] = ("labels", "mask")

# Everything of the page that an opened View decides, as "element-id.property".
OUTPUTS: tuple[str, ...] = (
    *(f"{control}.{prop}" for control, prop in FIELDS.values()),
    *(
        f"{control}.data"
        for control in (Control.STUDY, Control.X, Control.Y, Control.MASK, Control.REFERENCE,
                        Control.GRID, Control.POSITION, Control.MIX)
    ),
    f"{Control.MASK}.placeholder",
    f"{Control.POSITION}-field.hidden",
    *(
        f"{volume}{prop}"
        for volume in (VOLUME_X, VOLUME_Y)
        for prop in (".data", ".value", "-field.hidden")
    ),
    f"{Control.SLICE}.max",
    f"{Store.SCENE}.data",
    f"{NOTICES}.html",
)  # fmt: skip


def filling(opened: Opened) -> dict[str, Any]:
    """Return the value of each of the page's elements that an opened View decides."""
    return {
        **{".".join(FIELDS[name]): v for name, v in _values(opened).items() if name in FIELDS},
        **_offered(opened),
        f"{Store.SCENE}.data": scene_facts(opened),
        f"{NOTICES}.html": alerts(opened.notices),
    }


def scene_facts(opened: Opened) -> dict[str, Any]:
    """Return what the browser has to know about the open images."""
    scene = opened.scene
    view, grid = scene.view, scene.grid
    facts: dict[str, Any] = {
        "key": key(scene.identity),
        # Of a query that the page is laid out with; the browser counts those that it opens.
        "number": 0,
        "view": view.to_store(),
        # For a link to what is shown.
        "files": ",".join(linked(scene)),
        "sameGrid": scene.on_one_grid,
        # Else there are no maps, and the cards say why.
        "fits": scene.problem is None,
        "mixed": scene.mixed,
        # In full, by what the page calls them.
        "names": {
            file.short: name for name, file in scene.files.files.items() if file.short != name
        },
        "defaults": {
            **_helpers(opened, replace(view, mask="", reference="")),
            "mix": scene.unchosen,
            "foreground": scene.presets.foreground,
            "before": scene.presets.before,
        },
    }
    for which, volume in zip("xy", (scene.x, scene.y), strict=True):
        facts[which] = _shown(volume) if volume else None
        _, taken, alone = _volumes(scene.files, getattr(view, which), volume)
        if volume and not alone:
            facts[which]["volumes"] = {"image": volume.name, "taken": taken}
    facts["planes"] = {plane: _in_plane(scene, plane) for plane in PLANE_AXES} if grid else {}
    if grid:
        facts |= _shown(grid)
        facts["affine"] = grid.mm_affine[:3].tolist()
        facts["place"] = _place(grid, view)
    return facts


def _shown(volume: Volume) -> dict[str, Any]:
    return {"id": key(volume.id), **_windows(volume.intensities)}


def _in_plane(scene: Scene, plane: Plane) -> dict[str, Any]:
    """Return where slices and pictures of a plane lie: of the grid, and in them those of X and Y.

    The browser puts it beside the other facts (assets/client/stages.mjs).
    """
    grid = scene.grid
    assert grid is not None, "without a grid there is no plane"
    volumes = {"x": scene.x, "y": scene.y}
    return {
        "positions": grid.slice_positions(plane).round(3).tolist(),
        "slicesOfY": scene.slices_of_y_in(plane),
        "head": head_box(grid, plane),
        "axis": "xyz"[PLANE_AXES[plane][0]],
        "toStored": grid.orientation.picture_to_stored(plane).tolist(),
        **_lying(grid, plane),
        **{which: _lying(volume, plane) if volume else None for which, volume in volumes.items()},
    }


def _lying(volume: Volume, plane: Plane) -> dict[str, Any]:
    return {
        "shape": volume.orientation.picture_shape(plane),
        "pixel": pixel_size(volume, plane),
        "corner": corner(volume, plane),
    }


def _place(volume: Volume, view: View) -> list[float]:
    """Return the point in mm that is looked at: in other planes, of the slice shown first."""
    place = [0.0, 0.0, 0.0]
    for plane, (axis, _, _) in PLANE_AXES.items():
        first = volume.first_slice(plane)
        index = view.slice if plane == view.plane and view.slice is not None else first
        place[axis] = round(float(volume.slice_positions(plane)[index]), 3)
    return place


def _values(opened: Opened) -> dict[str, Any]:
    scene, view = opened.scene, opened.scene.view
    values = view.to_store() | _helpers(opened, view)
    values["components"] = str(values["components"])
    values["hidden"] = [str(number) for number in view.hidden]
    values["grid"] = view.grid or None
    values["position"] = view.position or None
    # Given no value, a number field would keep what it holds, and say so.
    values["starts"] = "" if view.starts is None else view.starts
    values["before"] = scene.before
    values["mix"] = scene.mixed
    for which, volume in zip("xy", (scene.x, scene.y), strict=True):
        window = getattr(view, f"window_{which}")
        auto = volume.intensities.window if volume else (0.0, 1.0)
        values[f"window_{which}"] = list(window or auto)
    return values


def _helpers(opened: Opened, view: View) -> dict[str, Any]:
    """Return the mask and the reference that a View stands for."""
    presets = opened.scene.presets
    # A list with entries says that none is chosen.
    unset = NO_REFERENCE if opened.scene.files.of(*REFERENCES) else None
    return {
        "mask": view.mask or presets.mask,
        "reference": view.reference or presets.reference or unset,
    }


def _offered(opened: Opened) -> dict[str, Any]:
    """Return what the controls offer, and within which limits."""
    scene = opened.scene
    files, view = scene.files, scene.view
    images = scene.images.listed(files)
    references = list(files.of(*REFERENCES))
    count = scene.grid.orientation.count(view.plane) if scene.grid else 1
    offered: dict[str, Any] = {
        f"{Control.STUDY}.data": _studies(opened.studies),
        f"{Control.X}.data": _called(_renamed(images, files, view.x), files),
        f"{Control.Y}.data": _called(_renamed(images, files, view.y), files),
        f"{Control.MASK}.data": _called(masks(files), files),
        f"{Control.MASK}.placeholder": "none" if masks(files) else NO_MASK,
        f"{Control.REFERENCE}.data": (
            [*_called(references, files), {"value": NO_REFERENCE, "label": "none"}]
            if references
            else []
        ),
        f"{Control.GRID}.data": _called(files.of("image"), files),
        f"{Control.POSITION}.data": _called(files.of("image"), files),
        f"{Control.POSITION}-field.hidden": not view.position,
        f"{Control.MIX}.data": _called(_mixable(opened), files),
        f"{Control.SLICE}.max": count - 1,
    }
    shown = zip((view.x, view.y), (scene.x, scene.y), (VOLUME_X, VOLUME_Y), strict=True)
    for name, volume, control in shown:
        options, taken, alone = _volumes(files, name, volume)
        offered |= {
            f"{control}.data": options,
            f"{control}.value": taken,
            f"{control}-field.hidden": alone,
        }
    return offered


def _windows(facts: Intensities) -> dict[str, Any]:
    """Return what an image's window can be: within which limits, in which steps, and some ready.

    Steps and limits are round numbers in any unit: an ADC map of 0.0035 mm2/s has steps of 5e-6.
    """
    low, high = min(facts.low, facts.window[0]), max(facts.high, facts.window[1])
    # Half at a time: the largest numbers have no difference.
    finest = max(high / WINDOW_STEPS - low / WINDOW_STEPS, float(np.finfo(np.float64).tiny))
    power = math.floor(math.log10(finest))
    step = max(s for m in (1, 2, 5) if (s := float(f"{m}e{power}")) <= finest or m == 1)
    return {
        "window": facts.window,
        "range": (math.floor(low / step) * step, math.ceil(high / step) * step),
        "step": step,
        "full": (facts.low, facts.high),
        "percentiles": {level: facts.limits[level] for level in WINDOW_LEVELS},
    }


def _called(names: Iterable[str], files: StudyFiles) -> list[Any]:
    """Return choices among images; one with a short name is listed by that."""
    short = {name: short_name(files, name) for name in names}
    return [n if n == called else {"value": n, "label": called} for n, called in short.items()]


def _mixable(opened: Opened) -> list[str]:
    """Return the images of the mixture, and those that could be."""
    scene = opened.scene
    files, shown = scene.files, (scene.view.x, scene.view.y)
    # The chosen volume of an image stands in its place.
    chosen = {file.name: name for name in shown if (file := file_of(files, name))}
    others = (chosen.get(name, name) for name in scene.images.listed(files))
    return list(dict.fromkeys([*scene.mixed, *others]))


def _renamed(images: list[str], files: StudyFiles, chosen: str) -> list[str]:
    """Return the images, and in the place of one of several volumes the chosen volume."""
    file = file_of(files, chosen)
    own = [image for image in images if file and file_of(files, image) == file]
    if chosen in images or not own:
        return images
    # Beside several contrasts their mean is one more choice.
    place, beside = images.index(own[0]), own if len(own) > 1 else []
    return [*images[:place], chosen, *beside, *images[place + len(own) :]]


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


def _volumes(files: StudyFiles, name: str, volume: Volume | None) -> tuple[list[Any], Any, bool]:
    """Return the volumes that can be taken of an image, the one taken, and whether it is alone."""
    found = find(files, name)
    if volume is None or found is None or volume.volumes == 1:
        return [], None, True
    file, take = found
    options = [{"value": MEAN, "label": f"mean of {volume.volumes}"}]
    if file.b0_volumes:
        options.insert(0, {"value": B0, "label": f"mean of {len(file.b0_volumes)} b0"})
    options += [{"value": str(n), "label": str(n)} for n in range(volume.volumes)]
    taken = MEAN if take is None else B0 if take == file.b0_volumes else str(take[0])
    return options, taken, False


def alerts(notices: Sequence[Notice]) -> str:
    """Return what was changed to open a View, as HTML; the check says what cannot be read."""
    if not notices:
        return ""
    lines = "".join(f"<li>{html.escape(sentence(notice))}</li>" for notice in notices)
    close = '<button type="button" class="notice-close" aria-label="Close"></button>'
    same = html.escape(lines)  # one that was closed stays so as long as it is the same
    return f'<div class="notice" role="alert" data-key="{same}"><ul>{lines}</ul>{close}</div>'
