"""What each panel shows of a View: figures, tables, texts and pictures."""

import base64
from collections.abc import Callable, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from dashboard.core.errors import NeuroMixError
from dashboard.core.grid.nearest import nearest_slices
from dashboard.core.grid.same import same_grid
from dashboard.core.mixture.analysis import Analysis
from dashboard.core.mixture.foreground import Foreground
from dashboard.core.processing import Step
from dashboard.core.volume import Volume
from dashboard.figures import criteria as criteria_figure
from dashboard.figures import histograms as histogram_figures
from dashboard.figures import joint as joint_figure
from dashboard.figures.images import NOTHING, picture
from dashboard.figures.joint import Extent
from dashboard.figures.palette import class_colours
from dashboard.services.checking import check
from dashboard.services.render import pictures
from dashboard.services.workspace import Workspace
from dashboard.view import View
from dashboard.web.addresses import slice_address
from dashboard.web.agreement import agreement_table
from dashboard.web.preflight import preflight_card
from dashboard.web.tables import components_table, header_table
from dashboard.words.steps import BADGES, badge

# What stands in the heading of the histograms.
HISTOGRAM_COLUMNS: dict[Foreground, str] = {
    "positive": "before and after zero removal",
    "nonzero": "all voxels, and those that are not 0",
    "background": "before and after background removal",
    "mask": "all voxels, and those in the mask",
}


def image(which: Literal["x", "y"]) -> Callable[[Workspace, View], Any]:
    """Return what draws the picture of image X or Y, with its scale."""

    def draw(workspace: Workspace, view: View) -> Any:
        name = getattr(view, which)
        volume = workspace.volume(view.study, name, view.grid)
        index = _slice_of_y(workspace, view, volume) if which == "y" else view.slice or 0
        window = getattr(view, f"window_{which}")
        return _picture(volume, view, name, window, index=index, scale=True)

    return draw


def _slice_of_y(workspace: Workspace, view: View, y: Volume) -> int | None:
    """Return the slice of Y at the place of X's slice; None where Y has nothing there."""
    index = view.slice or 0
    try:
        x = workspace.volume(view.study, view.x, view.grid)
    except NeuroMixError:
        return index
    if same_grid(x, y):
        return index
    slices = nearest_slices(x, y, view.plane)
    return slices[min(index, len(slices) - 1)]


def _picture(
    volume: Volume, view: View, name: str, window: Any, *, index: int | None, **options: Any
) -> Any:
    across, up = volume.orientation.picture_shape(view.plane)
    source = NOTHING
    if index is not None:
        index = min(index, volume.orientation.count(view.plane) - 1)
        source = slice_address(volume, view=view, image=name, index=index, window=window)
    scale = options.pop("scale", False)
    return picture(
        source=source,
        rows=up,
        columns=across,
        pixel=volume.pixel_size(view.plane),
        plane=view.plane,
        side=view.side,
        window=(window or volume.intensities.window) if scale else None,
        **options,
    )


def labels(workspace: Workspace, view: View) -> Any:
    """Return the picture of image X that the label map lies over."""
    volume = workspace.volume(view.study, view.x, view.grid)
    return _picture(
        volume, view, view.x, view.window_x,
        index=view.slice or 0, overlay=True, opacity=view.opacity / 100,
    )  # fmt: skip


def overlay(workspace: Workspace, view: View) -> dict[str, Any]:
    """Return the label picture, and how the joint view's axes are clipped and scaled."""
    analysis = workspace.analyse(view)
    upright = analysis.volumes[0].orientation.upright(analysis.labels, view.plane, view.side)
    png = pictures.labels(upright, class_colours(view.palette), view.hidden)
    answer: dict[str, Any] = {"source": _data_address(png) if analysis.mixture else NOTHING}
    if analysis.scale and view.axes == "scaled":
        axes = list(analysis.shown)
        answer["offset"] = analysis.scale.offset[axes].tolist()
        answer["factor"] = analysis.scale.factor[axes].tolist()
    if view.clip != "none":
        # The joint view shows clipped intensities; those read under the cursor are not.
        shown = [analysis.volumes[i] for i in analysis.shown]
        answer["limits"] = [list(v.intensities.limits[view.clip]) for v in shown]
    return answer


def histograms(workspace: Workspace, view: View) -> Any:
    """Return the histograms before and after the foreground rule."""
    return histogram_figures.histograms(
        workspace.analyse(view),
        bins=view.bins,
        log=view.log,
        colours=class_colours(view.palette),
        hidden=view.hidden,
    )


def joint(workspace: Workspace, view: View) -> Any:
    """Return the joint view, of a single image its histogram with the mixture."""
    analysis = workspace.analyse(view)
    colours = class_colours(view.palette)
    if len(analysis.shown) == 1:
        return histogram_figures.mixture_histogram(
            analysis, axes=view.axes, bins=view.bins, colours=colours, hidden=view.hidden
        )

    def cloud(points: NDArray[np.float64], extent: Extent) -> str:
        return _cloud(analysis, points, extent, view)

    return joint_figure.joint(
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


def criteria(workspace: Workspace, view: View) -> Any:
    """Return the criteria by number of components."""
    return criteria_figure.criteria(workspace.criteria(view), view.components)


def components(workspace: Workspace, view: View) -> Any:
    """Return the table of components."""
    return components_table(workspace.analyse(view))


def header(workspace: Workspace, view: View) -> Any:
    """Return the headers of X and Y."""
    names = (view.x, view.y)
    return header_table(
        [workspace.volume(view.study, name, view.grid) for name in names],
        [workspace.entities(view.study, name) for name in names],
    )


def agreement(workspace: Workspace, view: View) -> str:
    """Return the comparison with the reference; nothing without one."""
    found = workspace.agreement(view)
    if found is None:
        return ""
    name, label_names = workspace.reference_names(view)
    return agreement_table(found, label_names, name)


def preflight(workspace: Workspace, view: View) -> str:
    """Return the check of the study's images."""
    checked = check(workspace, view)
    names = [row.name for row in checked.rows]
    return preflight_card(checked, {name: workspace.entities(view.study, name) for name in names})


def problem(workspace: Workspace, view: View) -> str:
    """Return why there is no mixture; nothing where there is one."""
    return workspace.analyse(view).problem or ""


def title(which: Literal["x", "y"]) -> Callable[[Workspace, View], str]:
    """Return what names image X or Y."""

    def title(workspace: Workspace, view: View) -> str:
        name: str = getattr(view, which)
        try:
            return workspace.volume(view.study, name).label  # resampling is told beside it
        except NeuroMixError:
            return name

    return title


def facts(workspace: Workspace, view: View) -> dict[str, dict[str, str]]:
    """Return what was done to X, to Y, and to any image in use: in a word or two, and in full."""
    told = {which: _done_to(workspace, view, getattr(view, which)) for which in ("x", "y")}
    try:
        analysis = workspace.analyse(view)
    except NeuroMixError:
        return told
    used = [v for i, v in enumerate(analysis.volumes) if i < analysis.mixed or i in analysis.axes]
    return {**told, "used": _facts(used, analysis.facts)}


def _done_to(workspace: Workspace, view: View, name: str) -> dict[str, str]:
    """Return what was done to the one image of a picture, which shows it before any clipping."""
    try:
        return _facts([workspace.volume(view.study, name, view.grid)], [])
    except NeuroMixError:
        return {}


def _facts(volumes: list[Volume], common: Sequence[Step]) -> dict[str, str]:
    steps = [*(step for volume in volumes for step in volume.processing), *common]
    short = [word for word in BADGES if word in map(badge, steps)]
    done = [volume.label for volume in volumes if volume.processing]
    return {"short": ", ".join(short), "long": "; ".join([*done, *map(str, common)])}


def joint_title(_: Workspace, view: View) -> str:
    """Return what the joint view shows: of one image, its histogram."""
    return "Joint distribution" if view.x != view.y else "Intensities and mixture"


def joint_caption(workspace: Workspace, view: View) -> str:
    """Return what of the mixture the joint view shows."""
    analysis = workspace.analyse(view)
    if not analysis.components:
        return ""
    if max(analysis.axes) >= analysis.mixed:
        outside = [analysis.volumes[i].name for i in analysis.shown if i >= analysis.mixed]
        return f"without components: {' and '.join(outside)} not mixed"
    if len(analysis.shown) == 1:
        return "curves of the components"
    return "components at 1σ and 2σ"


def histograms_caption(_: Workspace, view: View) -> str:
    """Return what the two columns of histograms are."""
    return HISTOGRAM_COLUMNS[view.foreground]


def _data_address(png: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(png).decode()
