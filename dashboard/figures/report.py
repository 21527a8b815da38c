"""The figures of a report: the lesson's own, by matplotlib and seaborn.

Each function draws into a figure or a part of one, and knows no pyplot, whose state all threads
would share.
"""

from typing import Any

import numpy as np
import seaborn as sns
from matplotlib.axes import Axes as Plot
from matplotlib.colors import LinearSegmentedColormap, LogNorm, Normalize
from matplotlib.figure import FigureBase
from matplotlib.ticker import EngFormatter
from numpy.typing import NDArray

from dashboard.core import sampling
from dashboard.core.analysis import Analysis
from dashboard.core.domain import WHOLE
from dashboard.core.mixture.classes import ellipse
from dashboard.core.mixture.features import Features
from dashboard.figures.curves import expected
from dashboard.figures.ellipses import SIGMAS, components_of
from dashboard.figures.histograms import counted
from dashboard.figures.joint import SATURATION, pair_counts
from dashboard.figures.palette import on_white
from dashboard.figures.paper import GREY, Look, plotted
from dashboard.figures.style import elided, unit_of
from dashboard.view import Axes
from dashboard.words.numbers import ordinal

# Points of a scatter plot: more only cover each other.
SCATTER_POINTS = 10_000
# seaborn adds a kernel for each point: about 50 microseconds on a grid of this edge.
DENSITY_POINTS, DENSITY_GRID = 5_000, 100
# Seaborn's contours of a density that is flat along a line fail.
LEAST_DETERMINANT = 1e-9
# Characters of a title of a third of the page, or beside a plot a sixth of it high.
TITLE_LENGTH = 26

CELLS = LinearSegmentedColormap.from_list("cells", ["#dbe4f0", "#6c8fc7", "#5b3a8c"])


def histograms(figure: FigureBase, analysis: Analysis, look: Look) -> None:
    """Draw the histograms before and after zero removal, a row for each image shown."""
    features = analysis.features
    plots = figure.subplots(len(features.shown), 2, squeeze=False)
    rows = zip(features.shown, counted(analysis, look.bins, before=True), plots, strict=True)
    for image, found, row in rows:
        name = _name(features, image)
        for plot, counts, what in zip(row, found, (", all voxels", ", foreground"), strict=True):
            plot.set_title(_called(name, what))
            plot.set_ylabel("voxels")
            if look.log:
                plot.set_yscale("log", nonpositive="clip")
            if counts is None:
                _note(plot, "no foreground voxels")
                continue
            plot.yaxis.set_major_formatter(EngFormatter(sep=""))
            plot.stairs(counts.counts, counts.edges, fill=True, color=GREY, linewidth=0)
            if what == ", foreground":
                _curves(plot, analysis, image, counts, look)


def _curves(plot: Plot, analysis: Analysis, image: int, counts: Any, look: Look) -> None:
    x, curves = expected(analysis, image, counts)
    if not curves:
        return
    plot.plot(x, np.sum(curves, axis=0), color="black", linestyle=":", linewidth=0.7, label="sum")
    for number, curve in enumerate(curves, start=1):
        if number not in look.hidden:
            plot.plot(
                x,
                curve,
                color=on_white(look.colours[number - 1]),
                linewidth=1.1,
                label=f"class {number}",
            )
    if look.log:
        plot.set_ylim(bottom=0.5)


def classes(figure: FigureBase, analysis: Analysis, look: Look) -> None:
    """Draw the foreground's raw intensities in the colours of their classes, with the ellipses."""
    features = analysis.features
    plot = figure.subplots()
    x, y = features.xy
    points = features.values[:, [x, y]]
    labels = analysis.labels[features.mask]
    every = sampling.step(len(points), SCATTER_POINTS) if len(points) else 1
    points, labels = points[::every], labels[::every]
    shown = ~np.isin(labels, list(look.hidden))
    points, labels = points[shown], labels[shown]
    # In a fixed random order: otherwise the last class covers the others where they meet.
    order = np.random.default_rng(0).permutation(len(points))
    palette = np.array([GREY, *look.colours])
    across, up = points[order].T
    drawn = palette[labels[order]]
    plot.scatter(across, up, s=1.5, c=drawn, linewidths=0, rasterized=True)
    for number, (mean, covariance) in enumerate(components_of(analysis, "raw"), start=1):
        if number in look.hidden:
            continue
        for sigma in SIGMAS:
            curve = ellipse(mean, covariance, sigma)
            plot.plot(*curve.T, color="white", linewidth=2)
            plot.plot(*curve.T, color=on_white(look.colours[number - 1]), linewidth=1)
        plot.annotate(
            str(number), (mean[0], mean[1]), ha="center", va="center", fontsize=6,
            bbox={"boxstyle": "circle,pad=0.2", "facecolor": "white", "linewidth": 0.5},
        )  # fmt: skip
    if not len(features.values):
        _note(plot, "no foreground voxels")
    plot.set_title(f"Classes{_sampled(every)}")
    _name_axes(plot, analysis, "raw")


def joint(figure: FigureBase, analysis: Analysis, look: Look) -> None:
    """Draw scatter, 2-D histogram and density of two images: raw above, scaled below."""
    features = analysis.features
    plots = figure.subplots(2, 3)
    spaces: tuple[tuple[Axes, NDArray[Any]], ...] = (
        ("raw", features.values),
        ("scaled", features.scaled),
    )
    for row, (axes, values) in zip(plots, spaces, strict=True):
        points = values[:, list(features.xy)]
        scatter, cells, density = row
        if len(points):
            _scatter(scatter, points, axes)
            _cells(figure, cells, points, axes, look.bins, whole=features.domain is WHOLE)
            _density(density, points, axes)
        for plot in row:
            if not len(points):
                _note(plot, "no foreground voxels")
            _name_axes(plot, analysis, axes)


def _scatter(plot: Plot, points: NDArray[Any], axes: Axes) -> None:
    every = sampling.step(len(points), SCATTER_POINTS)
    across, up = points[::every].T
    plot.scatter(across, up, s=1.2, color="#3d5a80", linewidths=0, rasterized=True)
    plot.set_title(f"Scatter, {axes}{_sampled(every)}")


def _cells(
    figure: FigureBase, plot: Plot, points: NDArray[Any], axes: Axes, bins: int, *, whole: bool
) -> None:
    """Draw the lesson's 2-D histogram; of a whole head by the logarithm of its counts."""
    counts, x, y = pair_counts(points, bins)
    norm: Normalize = Normalize(0, SATURATION)
    if whole and counts.max() > SATURATION:
        norm = LogNorm(1, counts.max())
    filled = np.ma.masked_equal(counts.T, 0)
    mesh = plot.pcolormesh(x, y, filled, norm=norm, cmap=CELLS, rasterized=True)
    bar = figure.colorbar(mesh, ax=plot, fraction=0.05, pad=0.02)
    if not isinstance(norm, LogNorm):
        bar.set_ticks([0, 5, SATURATION], labels=["0", "5", f"≥ {SATURATION}"])
    plot.set_title(f"2-D histogram, {axes}")


def _density(plot: Plot, points: NDArray[Any], axes: Axes) -> None:
    every = sampling.step(len(points), DENSITY_POINTS)
    some = np.asarray(points[::every], dtype=np.float64)
    plot.set_title(f"Density, {axes}{_sampled(every)}")
    spread = some.std(axis=0)
    flat = len(some) < 3 or not spread.all()
    if flat or not np.linalg.det(np.corrcoef(some.T)) > LEAST_DETERMINANT:
        _note(plot, "the intensities lie on a line")
        return
    sns.kdeplot(
        x=some[:, 0], y=some[:, 1], ax=plot, gridsize=DENSITY_GRID, color="#5b3a8c", linewidths=0.7
    )


def _sampled(every: int) -> str:
    """Return what a title says of a sample."""
    return f" (every {ordinal(every)} voxel)" if every > 1 else ""


def _name_axes(plot: Plot, analysis: Analysis, axes: Axes) -> None:
    features = analysis.features
    unit = unit_of(features.recipe.scaling, axes)
    x, y = (_called(_name(features, image), unit) for image in features.xy)
    plot.set_xlabel(x)
    plot.set_ylabel(y)


def _name(features: Features, image: int) -> str:
    """Return the short name of an image, and its volume if the other has that name too."""
    volume = features.volumes[image]
    alike = [features.volumes[one].short == volume.short for one in features.shown]
    return volume.short_label if sum(alike) > 1 else volume.short


def _called(name: str, what: str) -> str:
    """Return the name of an image and what follows it, in the room of a title."""
    return plotted(elided(name, TITLE_LENGTH - len(what)) + what)


def _note(plot: Plot, text: str) -> None:
    # Without data an axis would make up its numbers.
    plot.set(xticks=[], yticks=[])
    plot.minorticks_off()
    plot.text(0.5, 0.5, text, ha="center", va="center", transform=plot.transAxes, color=GREY)
