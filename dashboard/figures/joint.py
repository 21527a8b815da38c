"""The joint distribution of two images, with the fitted components."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboard.core import sampling
from dashboard.core.analysis import Analysis
from dashboard.core.density import joint_density
from dashboard.core.domain import WHOLE
from dashboard.core.errors import FitError
from dashboard.core.histogram import histogram
from dashboard.core.mixture.classes import ellipse
from dashboard.figures.ellipses import SIGMAS, components_of, ellipses
from dashboard.figures.style import (
    NO_NAMES,
    Figure,
    axis,
    axis_title,
    layout,
    message,
    plain,
    span,
    typed,
    unit_of,
)
from dashboard.view import Axes, JointKind

# The lesson's 2-D histogram saturates at 10 voxels a cell, and its density has seaborn's levels.
SATURATION = 10
# Characters of an axis title that fit at 1440 pixels.
TITLE_LENGTH = 44
LEVELS = np.linspace(0.05, 1, 10)
# From pale to saturated: visible on a light and on a dark page.
DENSITY_COLOURS = [[0, "rgba(120, 150, 196, 0.08)"], [0.5, "#6c8fc7"], [1, "#5b3a8c"]]

# Points counted at once: numpy needs about 40 bytes for each.
COUNTED_POINTS = 2**20

WIDEST = max(SIGMAS)
# Pixels above the plot for a colour scale and its numbers.
SCALE_HEIGHT = 28

Extent = tuple[tuple[float, float], tuple[float, float]]
Cloud = Callable[[NDArray[np.float64], Extent], str]


def joint(
    analysis: Analysis,
    *,
    kind: JointKind,
    axes: Axes,
    bins: int,
    colours: Sequence[str],
    hidden: Collection[int],
    cloud: Cloud,
    called: Mapping[int, str] = NO_NAMES,
) -> Figure:
    """Draw the foreground's intensity pairs and the classes' 1 and 2 sigma ellipses.

    Parameters
    ----------
    analysis : Analysis
        Of two images.
    kind : {"scatter", "histogram", "density"}
    axes : {"raw", "scaled"}
    bins : int
        Of the 2-D histogram, each way.
    colours : sequence of str
        Hexadecimal colour of each class.
    hidden : collection of int
        Classes whose ellipses are left out.
    cloud : callable
        Draws points within an extent and returns the address of a PNG: a picture costs the
        browser a tenth of a scatter trace.
    called : mapping of int to str
        The names of classes that have one.
    """
    features = analysis.features
    if not len(features.values):
        return message(analysis.problem or "Nothing to show.")
    points = (features.values if axes == "raw" else features.scaled)[:, list(features.xy)]
    components = components_of(analysis, axes)
    # Of all classes, so that hiding one moves nothing.
    reach = [points, *(ellipse(*found, WIDEST) for found in components)]
    extent = span(*(part[:, 0] for part in reach)), span(*(part[:, 1] for part in reach))
    images: list[dict[str, Any]] = []
    traces: list[dict[str, Any]] = []
    try:
        if kind == "scatter":
            images = [_picture(cloud(points, extent), extent)]
        elif kind == "histogram":
            traces = [_cells(points, bins)]
        else:
            traces = [_contours(points)]
    except FitError as error:
        return message(str(error))
    traces += ellipses(components, colours, hidden, called)
    return {"data": traces, "layout": _layout(analysis, kind, axes, extent, images)}


def _layout(
    analysis: Analysis,
    kind: JointKind,
    axes: Axes,
    extent: Extent,
    images: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    features = analysis.features
    shown = [features.volumes[image] for image in features.xy]
    unit = unit_of(features.recipe.scaling, axes)
    titles = [
        axis_title(
            volume.short, [*volume.processing, *features.facts], what=unit, most=TITLE_LENGTH
        )
        for volume in shown
    ]
    return layout(
        images=images,
        xaxis=axis(titles[0], range=list(extent[0])),
        yaxis=axis(titles[1], range=list(extent[1])),
        margin={
            "l": 66 if "<br>" in titles[1] else 52,
            "r": 14,
            "t": 8 if kind == "scatter" else SCALE_HEIGHT,
            "b": 52 if "<br>" in titles[0] else 38,
            # plotly.js keeps the room of a colour bar that is gone, and what lies over the graph
            # would lie beside it.
            "autoexpand": False,
        },
        hovermode="closest",
        meta={
            **({"extent": [list(e) for e in extent]} if features.domain is WHOLE else {}),
            "titles": {
                "xtitle": plain(shown[0].name) + unit,
                "ytitle": plain(shown[1].name) + unit,
            },
        },
    )


def _picture(address: str, extent: Extent) -> dict[str, Any]:
    (left, right), (bottom, top) = extent
    return {
        "source": address,
        "xref": "x",
        "yref": "y",
        "x": left,
        "y": top,
        "sizex": right - left,
        "sizey": top - bottom,
        "sizing": "stretch",
        "layer": "below",
    }


def _cells(points: NDArray[np.float64], bins: int) -> dict[str, Any]:
    counts, x, y = pair_counts(points, bins)
    return {
        "type": "heatmap",
        # Empty cells stay transparent.
        "z": _typed_rows(np.where(counts > 0, counts, np.nan).T),
        "x0": float(x[0] + x[1]) / 2,
        "dx": float(x[1] - x[0]),
        "y0": float(y[0] + y[1]) / 2,
        "dy": float(y[1] - y[0]),
        "zmin": 0,
        "zmax": SATURATION,
        "colorscale": DENSITY_COLOURS,
        "colorbar": _colourbar({0: "0", 5: "5", SATURATION: f"≥ {SATURATION} voxels"}),
        "hovertemplate": "%{z} voxels<extra></extra>",
    }


def pair_counts(
    points: NDArray[np.float64], bins: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Count points in cells: counts, shape (bins in X, bins in Y), and the edges along each."""
    x, y = (_edges(points[:, axis], bins) for axis in (0, 1))
    counts = np.zeros((len(x) - 1, len(y) - 1))
    for part in sampling.parts(len(points), COUNTED_POINTS):
        counts += np.histogram2d(points[part, 0], points[part, 1], bins=[x, y])[0]
    return counts, x, y


def _edges(values: NDArray[np.float64], bins: int) -> NDArray[np.float64]:
    counted = histogram(values, bins)
    assert counted, "intensities of the foreground are finite"
    return counted.edges


def _contours(points: NDArray[np.float64]) -> dict[str, Any]:
    """Return iso-proportion contours: a share p of the voxels is outside level p."""
    density = joint_density(points)
    return {
        "type": "contour",
        "z": _typed_rows(density.proportions()),
        "x": typed(density.x),
        "y": typed(density.y),
        "contours": {
            "start": float(LEVELS[0]),
            "end": float(LEVELS[-1]),
            "size": float(LEVELS[1] - LEVELS[0]),
            "coloring": "fill",
        },
        "line": {"width": 0.6, "color": "rgba(58, 82, 122, 0.7)"},
        "zmin": 0,
        "zmax": 1,
        "colorscale": DENSITY_COLOURS,
        "colorbar": _colourbar({0.05: "95 %", 0.5: "50 %", 0.95: "5 % inside"}),
        "hoverinfo": "skip",
    }


def _typed_rows(values: NDArray[np.float64]) -> dict[str, str]:
    """Return a matrix as a typed array with its shape."""
    return {**typed(values), "shape": f"{values.shape[0]}, {values.shape[1]}"}


def _colourbar(ticks: dict[float, str]) -> dict[str, Any]:
    """Return a colour scale above the plot; the word at its end saves the line of a title."""
    return {
        "orientation": "h",
        "thickness": 6,
        "len": 0.45,
        "x": 0.8,
        "xanchor": "right",
        "xpad": 0,
        # Else Plotly would reserve twice its height.
        "yref": "container",
        "y": 1,
        "yanchor": "top",
        "ypad": 2,
        "outlinewidth": 0,
        "tickvals": list(ticks),
        "ticktext": list(ticks.values()),
        "tickfont": {"size": 11},
        "tickangle": 0,
    }
