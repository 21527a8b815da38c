"""Each panel of the page as a function of the View, and the route that draws them.

The panels are no Dash callbacks: on this page each callback costs the browser about 50 ms of
bookkeeping for its 250 components, more than all that is drawn. The browser asks this route once
for what changed (assets/flow.js) and hands it to Plotly itself.
"""

import base64
import logging
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Literal

import numpy as np
import orjson
from flask import Blueprint, Response, after_this_request, has_request_context, request
from numpy.typing import NDArray

from dashboard.core.analysis import Analysis
from dashboard.core.errors import GridError, NeuroMixError
from dashboard.core.volume import Volume
from dashboard.figures.criteria import criteria
from dashboard.figures.histograms import histograms, mixture_histogram
from dashboard.figures.images import NOTHING, picture
from dashboard.figures.joint import Extent, joint
from dashboard.figures.palette import class_colours
from dashboard.figures.style import message, short_fact
from dashboard.services import pictures
from dashboard.services.checking import check
from dashboard.services.workspace import Workspace
from dashboard.ui.ids import FACTS, LABELS_PROBLEM, OVERLAY, TITLE_X, TITLE_Y, ViewId
from dashboard.view import View
from dashboard.web.addresses import (
    answers_errors,
    check_identity,
    immutable,
    slice_address,
    view_of,
)
from dashboard.web.agreement import agreement_table
from dashboard.web.preflight import preflight_card
from dashboard.web.tables import components_table, header_table, sentence

log = logging.getLogger(__name__)

UNEXPECTED = (
    "This could not be drawn because of an error in the program. The server's log says more; "
    "other settings may work."
)

IMAGES = frozenset({"study", "x", "y", "grid"})
NUMBERS = IMAGES | {
    "mix", "mask", "plane", "slice", "scope", "components", "covariance", "scaling", "foreground",
    "clip", "seed",
}  # fmt: skip
GEOMETRY = frozenset({"study", "grid", "plane", "side"})


@dataclass(frozen=True)
class Panel:
    """One part of the page that shows data.

    Attributes
    ----------
    id : str
        The element that shows it.
    kind : {"figure", "html", "text", "overlay", "facts"}
        What is drawn into it.
    fields : frozenset of str
        The View's fields it depends on; it is drawn anew only when one of them changes.
    draw : callable
        Returns what is drawn for a View.
    failed : callable
        Returns what is drawn instead, for a sentence that says why.
    tab : str or None
        The tab that has to be open for the panel to be visible.
    """

    id: str
    kind: Literal["figure", "html", "text", "overlay", "facts"]
    fields: frozenset[str]
    draw: Callable[[Workspace, View], Any]
    failed: Callable[[str], Any] = message
    tab: str | None = None


def _image(which: Literal["x", "y"]) -> Callable[[Workspace, View], Any]:
    def draw(workspace: Workspace, view: View) -> Any:
        name = getattr(view, which)
        volume = workspace.volume(view.study, name, view.grid)
        return _picture(volume, view, name, getattr(view, f"window_{which}"), scale=True)

    return draw


def _picture(volume: Volume, view: View, name: str, window: Any, **options: Any) -> Any:
    across, up = volume.orientation.picture_shape(view.plane)
    index = min(view.slice or 0, volume.orientation.count(view.plane) - 1)
    scale = options.pop("scale", False)
    return picture(
        source=slice_address(volume, view=view, image=name, index=index, window=window),
        rows=up,
        columns=across,
        pixel=volume.pixel_size(view.plane),
        plane=view.plane,
        side=view.side,
        window=(window or volume.intensities.window) if scale else None,
        **options,
    )


def _labels(workspace: Workspace, view: View) -> Any:
    volume = workspace.volume(view.study, view.x, view.grid)
    return _picture(volume, view, view.x, view.window_x, overlay=True, opacity=view.opacity / 100)


def _overlay(workspace: Workspace, view: View) -> dict[str, Any]:
    """Return the label picture, and how the joint view's axes are scaled."""
    analysis = workspace.analyse(view)
    upright = analysis.volumes[0].orientation.upright(analysis.labels, view.plane, view.side)
    png = pictures.labels(upright, class_colours(view.palette), view.hidden)
    answer: dict[str, Any] = {"source": _data_address(png) if analysis.mixture else NOTHING}
    if analysis.scale and view.axes == "scaled":
        axes = list(analysis.shown)
        answer["offset"] = analysis.scale.offset[axes].tolist()
        answer["factor"] = analysis.scale.factor[axes].tolist()
    return answer


def _histograms(workspace: Workspace, view: View) -> Any:
    return histograms(
        workspace.analyse(view),
        bins=view.bins,
        log=view.log,
        colours=class_colours(view.palette),
        hidden=view.hidden,
    )


def _joint(workspace: Workspace, view: View) -> Any:
    analysis = workspace.analyse(view)
    colours = class_colours(view.palette)
    if len(analysis.shown) == 1:
        return mixture_histogram(analysis, bins=view.bins, colours=colours, hidden=view.hidden)

    def cloud(points: NDArray[np.float64], extent: Extent) -> str:
        return _cloud(analysis, points, extent, view)

    return joint(
        analysis,
        kind=view.joint,
        axes=view.axes,
        bins=view.bins,
        colours=colours,
        hidden=view.hidden,
        cloud=cloud,
    )


def _cloud(analysis: Analysis, points: NDArray[np.float64], extent: Extent, view: View) -> str:
    if analysis.mixture is None:
        classes, colours = np.ones(len(points), dtype=np.uint8), ("#8b95a1",)
        return _data_address(pictures.labels(pictures.cloud(points, classes, extent), colours))
    labels = analysis.mixture.labels
    if view.hidden:
        shown = ~np.isin(labels, view.hidden)
        points, labels = points[shown], labels[shown]
    drawn = pictures.cloud(points, labels, extent)
    return _data_address(pictures.labels(drawn, class_colours(view.palette)))


def _criteria(workspace: Workspace, view: View) -> Any:
    return criteria(workspace.criteria(view), view.components)


def _components(workspace: Workspace, view: View) -> Any:
    return components_table(workspace.analyse(view))


def _header(workspace: Workspace, view: View) -> Any:
    names = (view.x, view.y)
    return header_table(
        [workspace.volume(view.study, name, view.grid) for name in names],
        [workspace.entities(view.study, name) for name in names],
    )


def _agreement(workspace: Workspace, view: View) -> str:
    found = workspace.agreement(view)
    if found is None:
        return ""
    name, label_names = workspace.reference_names(view)
    return agreement_table(found, label_names, name)


def _preflight(workspace: Workspace, view: View) -> str:
    checked = check(workspace, view)
    names = [row.name for row in checked.rows]
    return preflight_card(checked, {name: workspace.entities(view.study, name) for name in names})


def _problem(workspace: Workspace, view: View) -> str:
    return workspace.analyse(view).problem or ""


def _title(which: Literal["x", "y"]) -> Callable[[Workspace, View], str]:
    def title(workspace: Workspace, view: View) -> str:
        name: str = getattr(view, which)
        try:
            return workspace.volume(view.study, name).label  # resampling is told beside it
        except NeuroMixError:
            return name

    return title


def _facts(workspace: Workspace, view: View) -> dict[str, str]:
    """Return what was done to the images in use: in a word or two, and in full."""
    analysis = workspace.analyse(view)
    used = [v for i, v in enumerate(analysis.volumes) if i < analysis.mixed or i in analysis.axes]
    facts = [*(fact for volume in used for fact in volume.processing), *analysis.facts]
    short = [word for word in ("resampled", "clipped") if word in map(short_fact, facts)]
    done = [volume.label for volume in used if volume.processing]
    return {"short": ", ".join(short), "long": "; ".join([*done, *analysis.facts])}


def _data_address(png: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(png).decode()


PANELS = (
    Panel(TITLE_X, "text", frozenset({"study", "x"}), _title("x"), str),
    Panel(TITLE_Y, "text", frozenset({"study", "y"}), _title("y"), str),
    Panel(
        ViewId.PREFLIGHT, "html", IMAGES | {"mix", "mask", "reference", "foreground", "clip"},
        _preflight, sentence,
    ),
    Panel(ViewId.IMAGE_X, "figure", GEOMETRY | {"x", "window_x"}, _image("x")),
    Panel(ViewId.IMAGE_Y, "figure", GEOMETRY | {"y", "window_y"}, _image("y")),
    Panel(ViewId.LABELS, "figure", GEOMETRY | {"x", "window_x"}, _labels),
    Panel(
        OVERLAY, "overlay", NUMBERS | {"side", "palette", "hidden", "axes"}, _overlay,
        lambda _: {"source": NOTHING},
    ),
    Panel(LABELS_PROBLEM, "text", NUMBERS, _problem, str),
    Panel(FACTS, "facts", NUMBERS, _facts, lambda _: {"short": "", "long": ""}),
    Panel(
        ViewId.HISTOGRAMS, "figure", NUMBERS | {"bins", "log", "palette", "hidden"}, _histograms
    ),
    Panel(
        ViewId.JOINT, "figure", NUMBERS | {"bins", "joint", "axes", "palette", "hidden"}, _joint
    ),
    Panel(ViewId.COMPONENTS, "html", NUMBERS, _components, sentence, tab="components"),
    Panel(
        ViewId.AGREEMENT, "html", NUMBERS | {"reference"}, _agreement, sentence, tab="components"
    ),
    Panel(ViewId.CRITERIA, "figure", NUMBERS, _criteria, tab="criteria"),
    Panel(ViewId.HEADER, "html", IMAGES, _header, sentence, tab="header"),
)  # fmt: skip


def draw(panel: Panel, workspace: Workspace, view: View) -> Any:
    """Draw one panel; whatever goes wrong in it becomes a sentence and stays in it."""
    try:
        return panel.draw(workspace, view)
    except GridError as error:
        # Shapes and affines are told once, above the panels.
        return panel.failed(str(error).partition(". ")[0] + ".")
    except NeuroMixError as error:
        return panel.failed(str(error))
    except Exception:
        log.exception("panel %s cannot be drawn", panel.id)
        if has_request_context():
            after_this_request(_not_kept)
        return panel.failed(UNEXPECTED)


def _not_kept(response: Response) -> Response:
    """Keep browsers from keeping an answer that another attempt may better."""
    response.headers["Cache-Control"] = "no-store"
    return response


def description() -> list[dict[str, Any]]:
    """Return what the browser has to know of the panels."""
    return [
        {"id": panel.id, "kind": panel.kind, "fields": sorted(panel.fields), "tab": panel.tab}
        for panel in PANELS
    ]


def blueprint(workspace: Workspace) -> Blueprint:
    """Return the route that draws a workspace's panels."""
    routes = Blueprint("panels", __name__)

    @routes.get("/panels/<identity>.json")
    @answers_errors
    def panels(identity: str) -> Response:
        ahead = "X-Ahead" in request.headers  # of a page that rests
        if ahead and workspace.ahead.busy:
            return Response(status=HTTPStatus.NO_CONTENT, headers={"Cache-Control": "no-store"})
        with workspace.ahead.request():
            return answer(identity, ahead=ahead)

    def answer(identity: str, *, ahead: bool) -> Response:
        query = request.args.to_dict()
        needed = query.pop("need", "").split(",")
        view = view_of(query)
        known = check_identity(workspace, view, identity)
        drawn = {str(p.id): draw(p, workspace, view) for p in PANELS if p.id in needed}
        if OVERLAY in drawn and not ahead:
            workspace.analyse_neighbours(view)
        content = orjson.dumps(drawn, option=orjson.OPT_SERIALIZE_NUMPY)
        if not known:
            after_this_request(_not_kept)
        return immutable(content, "application/json")

    return routes
