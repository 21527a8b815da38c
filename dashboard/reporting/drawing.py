"""The figures of a report: what each shows, and its size on the first page."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from matplotlib.figure import FigureBase
from numpy.typing import NDArray

from dashboard.cards.classes import colours_of, texts
from dashboard.core.analysis import Analysis
from dashboard.figures import report, slices
from dashboard.figures.paper import Look
from dashboard.reporting.results import Results
from dashboard.words import graphs
from dashboard.words.bins import NOT_SHOWN, left_out
from dashboard.words.numbers import listed

# Of the page within its margins, in mm.
WIDTH, HEIGHT = 186, 273
HEIGHTS = {"pictures": 62, "histograms": 74, "joint": 92}
# Of a single image there is no joint view: its picture and its histograms have the room.
ALONE = 100
CLASSES_WIDTH = 70
BESIDE_CLASSES = WIDTH - CLASSES_WIDTH, HEIGHTS["histograms"]

LEFTS = {"neurological": "left", "radiological": "right"}


@dataclass(frozen=True, eq=False)
class Part:
    """One figure.

    Attributes
    ----------
    name : str
    draw : callable
        Draws into a figure.
    size : (float, float)
        In mm.
    text : str
        What it shows, for those who do not see it.
    caption : str
    """

    name: str
    draw: Callable[[FigureBase], None]
    size: tuple[float, float]
    text: str
    caption: str


def parts(results: Results) -> list[Part]:
    """Return the figures of a report, in the order of the page."""
    look = _look(results)
    found = [*_pictures(results, look)]
    if analysis := results.analysis:
        found += _plots(analysis, look)
    return found


def _look(results: Results) -> Look:
    view = results.scene.view
    return Look(
        colours=colours_of(results.scene, results.analysis)[: view.components],
        hidden=view.hidden,
        called=texts(results.called),
        bins=view.bins,
        log=view.log,
    )


def _pictures(results: Results, look: Look) -> Iterator[Part]:
    scene = results.scene
    view, here = scene.view, results.here
    shown = [
        (scene.x, scene.cut, view.window_x, view.colourmap_x),
        *([(scene.y, scene.cut_of_y, view.window_y, view.colourmap_y)] if view.x != view.y else []),
    ]
    drawn = [
        slices.slice_of(volume, cut, side=view.side, window=window, colourmap=colourmap)
        for volume, cut, window, colourmap in shown
        if volume and cut
    ]
    if not drawn:
        return
    labels = _labels(results, here) if here and here.model and scene.x else None
    images = listed([one.title for one in drawn])
    what = f"{str(scene.cut).capitalize()} of {images}"
    classes = ", and the class of each voxel" if labels is not None else ""
    caption = f"{what}{classes}."
    if view.plane != "sagittal":
        caption += f" The patient's left is on the {LEFTS[view.side]}."
    yield Part(
        "pictures",
        partial(
            slices.pictures, slices=drawn, labels=labels, look=look, opacity=view.opacity / 100
        ),
        (WIDTH, ALONE if view.x == view.y else HEIGHTS["pictures"]),
        f"{what}{classes}.",
        caption,
    )


def _labels(results: Results, here: Analysis) -> NDArray[np.uint8]:
    view = results.scene.view
    orientation = here.features.volumes[0].orientation
    return slices.thinned(orientation.upright(here.labels, view.plane, view.side))


def _plots(analysis: Analysis, look: Look) -> Iterator[Part]:
    features = analysis.features
    outside = left_out(features).removesuffix(NOT_SHOWN)
    alone = len(features.shown) == 1
    curves = (
        " Curves: expected counts of each component; dotted: their sum." if analysis.model else ""
    )
    share = f" ({outside})" if outside else ""
    yield _part(
        "histograms",
        report.histograms,
        analysis,
        look,
        size=(WIDTH, ALONE) if alone else BESIDE_CLASSES,
        text=graphs.histograms(analysis, outside),
        caption=f"All voxels{share}, and the foreground.{curves}",
    )
    if alone:
        return
    ellipses = " with the components at 1σ and 2σ" if analysis.model else ""
    yield _part(
        "classes",
        report.classes,
        analysis,
        look,
        size=(CLASSES_WIDTH, HEIGHTS["histograms"]),
        text=graphs.joint(analysis, "scatter"),
        caption=f"Raw intensities in the colours of the classes{ellipses}.",
    )
    yield _part(
        "joint",
        report.joint,
        analysis,
        look,
        size=(WIDTH, HEIGHTS["joint"]),
        text="Scatter plot, 2-D histogram and density of the same voxels: raw intensities above, "
        "scaled ones below.",
        caption="Joint distribution of the foreground: raw above, scaled below.",
    )


def _part(
    name: str,
    draw: Callable[..., None],
    analysis: Analysis,
    look: Look,
    **words: Any,
) -> Part:
    return Part(name, partial(draw, analysis=analysis, look=look), **words)


def rows(drawn: Sequence[Part]) -> list[list[Part]]:
    """Return figures in the rows of the page: two that share its width stand in one."""
    found: list[list[Part]] = []
    for part in drawn:
        if found and sum(one.size[0] for one in (*found[-1], part)) <= WIDTH:
            found[-1].append(part)
        else:
            found.append([part])
    return found
