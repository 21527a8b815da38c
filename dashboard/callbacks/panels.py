"""Each panel of the page as a function of the View, and the one callback that draws them."""

import base64
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from dash import Dash, Input, Output, State, html, no_update
from numpy.typing import NDArray

from dashboard.core.analysis import Analysis
from dashboard.core.errors import GridError, NeuroMixError
from dashboard.core.volume import Volume
from dashboard.figures.criteria import criteria
from dashboard.figures.histograms import histograms, mixture_histogram
from dashboard.figures.images import NOTHING, picture
from dashboard.figures.joint import Extent, joint
from dashboard.figures.palette import class_colours
from dashboard.figures.style import message
from dashboard.services import pictures
from dashboard.services.workspace import Workspace
from dashboard.ui.ids import LABELS_PROBLEM, TITLE_X, TITLE_Y, Store, ViewId
from dashboard.ui.tables import components_table, header_table
from dashboard.view import View
from dashboard.web.slices import slice_address

log = logging.getLogger(__name__)

UNEXPECTED = (
    "This could not be drawn because of an error in the program. The server's log says more; "
    "other settings may work."
)

IMAGES = frozenset({"study", "x", "y"})
NUMBERS = IMAGES | {
    "plane", "slice", "scope", "components", "covariance", "scaling", "foreground", "seed"
}  # fmt: skip
GEOMETRY = frozenset({"study", "plane", "side"})


@dataclass(frozen=True)
class Panel:
    """One part of the page that shows data.

    Attributes
    ----------
    id, prop : str
        The component's property that is drawn.
    fields : frozenset of str
        The View's fields it depends on; it is drawn anew only when one of them changes.
    draw : callable
        Returns the property's value for a View.
    failed : callable
        Returns the property's value for a sentence that says why there is nothing to draw.
    tab : str or None
        The tab that has to be open for the panel to be visible.
    """

    id: str
    prop: str
    fields: frozenset[str]
    draw: Callable[[Workspace, View], Any]
    failed: Callable[[str], Any] = message
    tab: str | None = None

    def key(self, view: View) -> str | None:
        """Return what tells whether the panel is up to date; None while it is not visible."""
        if self.tab not in (None, view.panel):
            return None
        held = view.to_store()
        return "&".join(f"{name}={held[name]}" for name in sorted(self.fields))


def _image(which: Literal["x", "y"]) -> Callable[[Workspace, View], Any]:
    def draw(workspace: Workspace, view: View) -> Any:
        volume = workspace.volume(view.study, getattr(view, which))
        window = getattr(view, f"window_{which}")
        return _picture(volume, view, window, scale=True)

    return draw


def _picture(volume: Volume, view: View, window: Any, **options: Any) -> Any:
    across, up = volume.orientation.picture_shape(view.plane)
    index = min(view.slice or 0, volume.orientation.count(view.plane) - 1)
    scale = options.pop("scale", False)
    return picture(
        source=slice_address(
            volume, study=view.study, plane=view.plane, index=index, side=view.side, window=window
        ),
        rows=up,
        columns=across,
        pixel=volume.pixel_size(view.plane),
        plane=view.plane,
        side=view.side,
        window=(window or volume.intensities.window) if scale else None,
        **options,
    )


def _labels(workspace: Workspace, view: View) -> Any:
    volume = workspace.volume(view.study, view.x)
    return _picture(volume, view, view.window_x, overlay=True, opacity=view.opacity / 100)


def _overlay(workspace: Workspace, view: View) -> dict[str, Any]:
    """Return the label picture, and how the joint view's axes are scaled."""
    analysis = workspace.analyse(view)
    upright = analysis.volumes[0].orientation.upright(analysis.labels, view.plane, view.side)
    png = pictures.labels(upright, class_colours(view.palette), view.hidden)
    answer: dict[str, Any] = {"source": _data_address(png) if analysis.mixture else NOTHING}
    if analysis.scale and view.axes == "scaled":
        answer["offset"] = analysis.scale.offset.tolist()
        answer["factor"] = analysis.scale.factor.tolist()
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
    if len(analysis.volumes) == 1:
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
    shown = ~np.isin(analysis.mixture.labels, view.hidden)
    drawn = pictures.cloud(points[shown], analysis.mixture.labels[shown], extent)
    return _data_address(pictures.labels(drawn, class_colours(view.palette)))


def _criteria(workspace: Workspace, view: View) -> Any:
    return criteria(workspace.criteria(view), view.components)


def _components(workspace: Workspace, view: View) -> Any:
    return components_table(workspace.analyse(view))


def _header(workspace: Workspace, view: View) -> Any:
    return header_table([workspace.volume(view.study, name) for name in (view.x, view.y)])


def _problem(workspace: Workspace, view: View) -> Any:
    return workspace.analyse(view).problem


def _title(which: Literal["x", "y"]) -> Callable[[Workspace, View], str]:
    return lambda _, view: str(getattr(view, which))


def _data_address(png: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(png).decode()


def _sentence(text: str) -> Any:
    return html.P(text, className="empty", role="status")


PANELS = (
    Panel(TITLE_X, "children", frozenset({"study", "x"}), _title("x"), str),
    Panel(TITLE_Y, "children", frozenset({"study", "y"}), _title("y"), str),
    Panel(ViewId.IMAGE_X, "figure", GEOMETRY | {"x", "window_x"}, _image("x")),
    Panel(ViewId.IMAGE_Y, "figure", GEOMETRY | {"y", "window_y"}, _image("y")),
    Panel(ViewId.LABELS, "figure", GEOMETRY | {"x", "window_x"}, _labels),
    Panel(
        Store.OVERLAY, "data", NUMBERS | {"side", "palette", "hidden", "axes"}, _overlay,
        lambda _: {"source": NOTHING},
    ),
    Panel(LABELS_PROBLEM, "children", NUMBERS, _problem, str),
    Panel(
        ViewId.HISTOGRAMS, "figure", NUMBERS | {"bins", "log", "palette", "hidden"}, _histograms
    ),
    Panel(
        ViewId.JOINT, "figure", NUMBERS | {"bins", "joint", "axes", "palette", "hidden"}, _joint
    ),
    Panel(ViewId.COMPONENTS, "children", NUMBERS, _components, _sentence, tab="components"),
    Panel(ViewId.CRITERIA, "figure", NUMBERS, _criteria, tab="criteria"),
    Panel(ViewId.HEADER, "children", IMAGES, _header, _sentence, tab="header"),
)  # fmt: skip


def draw(
    panels: tuple[Panel, ...], workspace: Workspace, view: View, shown: dict[str, str]
) -> tuple[list[Any], dict[str, str]]:
    """Draw the panels that are not up to date.

    Parameters
    ----------
    panels : tuple of Panel
    workspace : Workspace
    view : View
    shown : dict
        The key of each panel as the browser shows it.

    Returns
    -------
    values : list
        For each panel its property's value, or `no_update`.
    keys : dict
        The key of each panel as it will then be shown.
    """
    values, keys = [], {}
    for panel in panels:
        key = panel.key(view)
        if key is None or key == shown.get(panel.id):
            values.append(no_update)
            if panel.id in shown:
                keys[panel.id] = shown[panel.id]
            continue
        value = _drawn(panel, workspace, view)
        if panel.prop == "figure":
            # By this mark the browser knows which View a graph on screen belongs to.
            value["layout"]["meta"] = {"key": key}
        values.append(value)
        keys[panel.id] = key
    return values, keys


def _drawn(panel: Panel, workspace: Workspace, view: View) -> Any:
    try:
        return panel.draw(workspace, view)
    except GridError as error:
        # Shapes and affines are told once, above the panels.
        return panel.failed(str(error).partition(". ")[0] + ".")
    except NeuroMixError as error:
        return panel.failed(str(error))
    except Exception:
        log.exception("panel %s cannot be drawn", panel.id)
        return panel.failed(UNEXPECTED)


def register(app: Dash, workspace: Workspace) -> None:
    """Connect the panels to the View."""

    @app.callback(
        *(Output(panel.id, panel.prop) for panel in PANELS),
        Output(Store.SHOWN, "data"),
        Input(Store.VIEW, "data"),
        State(Store.SHOWN, "data"),
        prevent_initial_call=True,
    )
    def panels(stored: dict[str, Any], shown: dict[str, Any] | None) -> tuple[Any, ...]:
        view = View.from_store(stored)
        values, keys = draw(PANELS, workspace, view, (shown or {}).get("keys", {}))
        visible = [p.id for p in PANELS if p.prop == "figure" and p.key(view)]
        answer = {"query": stored.get("query"), "keys": keys, "graphs": visible}
        return (*values, answer)
