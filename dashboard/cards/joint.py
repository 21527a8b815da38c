"""The joint view; for a single image, its histogram with the mixture."""

import base64
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboard.cards import elements
from dashboard.cards.card import CLASSES, FIT, Card, Drawn
from dashboard.cards.classes import colours_of, names, texts
from dashboard.cards.head import head_of_used
from dashboard.core.analysis import Analysis
from dashboard.core.domain import WHOLE
from dashboard.figures import histograms, joint
from dashboard.figures.joint import Extent
from dashboard.figures.style import NEUTRAL, plain
from dashboard.services.analyses import Analyses
from dashboard.services.render import pictures
from dashboard.services.scene.scene import Scene
from dashboard.view import View
from dashboard.words import graphs

TITLE = "Joint distribution"
HEAD, FIGURE = elements.head("joint", TITLE), elements.graph("view-joint")


def draw(scene: Scene, analyses: Analyses) -> Drawn:
    """Return the head and the figure; its `layout.meta` places a voxel in it."""
    view, analysis = scene.view, analyses.analyse(scene)
    title = TITLE if view.x != view.y else "Intensities and mixture"
    figure = _figure(scene, analyses, texts(names(scene, analyses)))
    if meta := figure["layout"].get("meta"):
        alone = ("bins",) if view.x == view.y else ()
        unit = ("scaling",) if view.axes == "scaled" else ()
        meta["axes"] = elements.axes_of(view, "axes", "clip", *unit, *alone)
        text = graphs.histograms(analysis) if alone else graphs.joint(analysis, view.joint)
        meta["text"] = plain(text)
    figure["layout"]["meta"] = figure["layout"].get("meta", {}) | _placing(analysis, view)
    heading = head_of_used(analysis, title, *_caption(analysis))
    return {HEAD.output: heading, FIGURE.output: figure}


def _figure(scene: Scene, analyses: Analyses, called: Mapping[int, str]) -> dict[str, Any]:
    view, analysis = scene.view, analyses.analyse(scene)
    colours = colours_of(scene, analysis)
    if len(analysis.features.shown) == 1:
        return histograms.mixture_histogram(
            analysis,
            axes=view.axes,
            bins=view.bins,
            colours=colours,
            hidden=view.hidden,
            called=called,
        )

    def cloud(points: NDArray[np.float64], extent: Extent) -> str:
        if view.hidden:
            return _cloud_without(view.hidden, analysis, points, extent, colours)
        places = analyses.of_foreground(
            scene, ("cloud", view.axes, extent), lambda: pictures.cloud(points, extent)
        )
        return _cloud(analysis, places, colours)

    return joint.joint(
        analysis,
        kind=view.joint,
        axes=view.axes,
        bins=view.bins,
        colours=colours,
        hidden=view.hidden,
        cloud=cloud,
        called=called,
    )


def _placing(analysis: Analysis, view: View) -> dict[str, Any]:
    """Return how intensities become coordinates of the figure: clipped, then scaled."""
    features = analysis.features
    placing: dict[str, Any] = {}
    if features.scale and view.axes == "scaled":
        positions = list(features.shown)
        placing["offset"] = features.scale.offset[positions].tolist()
        placing["factor"] = features.scale.factor[positions].tolist()
    if view.clip != "none":
        shown = [features.volumes[i] for i in features.shown]
        placing["limits"] = [list(v.intensities.limits[view.clip]) for v in shown]
    return placing


def _caption(analysis: Analysis) -> tuple[str, str]:
    """Return which part of the mixture is shown, and why it is not what is usual."""
    features = analysis.features
    if not analysis.model:
        return "", ""
    if max(features.xy) >= features.mixed:
        outside = [features.volumes[i].short for i in features.shown if i >= features.mixed]
        caption = f"without components: {' and '.join(outside)} not in the fit"
        return caption, "Only images in the fit have components."
    if len(features.shown) == 1:
        return "curves of the components", ""
    of_slice = "; light: this slice" if features.domain is WHOLE else ""
    return f"components at 1σ and 2σ{of_slice}", ""


def _cloud(analysis: Analysis, places: NDArray[np.integer], colours: Sequence[str]) -> str:
    """Return the picture of voxels in the colours of their classes, by the voxel of each pixel."""
    drawn, found = np.zeros(places.shape, dtype=np.uint8), places >= 0
    if analysis.model is None:
        drawn[found], colours = 1, (NEUTRAL,)
    else:
        # Of a head's million voxels some ten thousand are seen.
        drawn[found] = analysis.classes_of(places[found])
    png = base64.b64encode(pictures.labels(drawn, colours)).decode()
    return f"data:image/png;base64,{png}"


def _cloud_without(
    hidden: Collection[int],
    analysis: Analysis,
    points: NDArray[np.float64],
    extent: Extent,
    colours: Sequence[str],
) -> str:
    labels = analysis.labels[analysis.features.mask]
    shown = np.flatnonzero(~np.isin(labels, list(hidden)))
    places = pictures.cloud(points[shown], extent)
    return _cloud(analysis, np.where(places >= 0, np.append(shown, -1)[places], -1), colours)


CARD = Card(
    "joint",
    "views",
    "analysis",
    FIT | CLASSES | {"bins", "joint", "axes", "names"},
    (HEAD, FIGURE),
    draw,
    of_domain=True,
)
