"""The pictures of a report: one slice of each image, and its classes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes as Plot
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import FigureBase
from matplotlib.patches import Patch
from numpy.typing import NDArray

from dashboard.core.domain import Cut
from dashboard.core.grid.field import corner, head_box, pixel_size
from dashboard.core.orientation import Side, mirrored
from dashboard.core.volume import Volume
from dashboard.figures.colourmaps import COLOURMAPS
from dashboard.figures.paper import Look, plotted
from dashboard.figures.style import elided
from dashboard.view import Colourmap

# A third of a page at the resolution of print; of larger slices, such as histology, every n-th
# pixel is drawn.
MOST_PIXELS = 700
TITLE_LENGTH = 32
LEVELS = 256  # colours of a colour map, as many as a picture on the page has greys


@dataclass(frozen=True, eq=False)
class Slice:
    """One slice of an image as a picture.

    Attributes
    ----------
    title : str
    pixels : ndarray, 2-D, top row first
    extent : (float, float, float, float)
        Left, right, bottom and top of the picture in mm.
    box : same
        Of the part that is shown, which has the head.
    window : (float, float)
        The intensities that are black and white.
    colourmap : str
        Of `colourmaps.COLOURMAPS`.
    """

    title: str
    pixels: NDArray[Any]
    extent: tuple[float, float, float, float]
    box: tuple[float, float, float, float]
    window: tuple[float, float]
    colourmap: Colourmap = "grey"


def slice_of(
    volume: Volume,
    cut: Cut,
    *,
    side: Side,
    window: tuple[float, float] | None = None,
    colourmap: Colourmap = "grey",
) -> Slice:
    """Return a slice of a volume, upright and in true proportions."""
    plane, orientation = cut.plane, volume.orientation
    stored = orientation.cut(volume.data, plane, cut.index)
    (left, bottom), pixel = corner(volume, plane), pixel_size(volume, plane)
    across, up = orientation.picture_shape(plane)
    (low_x, low_y), (high_x, high_y) = head_box(volume, plane)
    ends = left, left + across * pixel[0], bottom, bottom + up * pixel[1]
    box = low_x, high_x, low_y, high_y
    if mirrored(plane, side):
        ends, box = (*ends[1::-1], *ends[2:]), (*box[1::-1], *box[2:])
    return Slice(
        title=volume.short_label,
        pixels=thinned(orientation.upright(stored, plane, side)),
        extent=ends,
        box=box,
        window=window or volume.intensities.window,
        colourmap=colourmap,
    )


def thinned(picture: NDArray[Any]) -> NDArray[Any]:
    """Return a picture of at most `MOST_PIXELS` each way: every n-th pixel of a larger one."""
    every = max(1, -(-max(picture.shape) // MOST_PIXELS))
    return picture[::every, ::every]


def pictures(
    figure: FigureBase,
    slices: Sequence[Slice],
    labels: NDArray[np.uint8] | None,
    look: Look,
    *,
    opacity: float = 0.8,
) -> None:
    """Draw slices in their colour maps with their scales, and the classes over the first one.

    Parameters
    ----------
    slices : sequence of Slice
        Image X, and Y if there is another one.
    labels : ndarray of uint8, the shape of the first slice's pixels, or None
        0 is the background. None without a fit.
    opacity : float
        Of the classes, 0 to 1.
    """
    plots = figure.subplots(1, len(slices) + (labels is not None), squeeze=False)[0]
    for plot, one in zip(plots, slices, strict=False):
        image = _intensities(plot, one)
        plot.set_title(plotted(elided(one.title, TITLE_LENGTH)))
        bar = figure.colorbar(image, ax=plot, fraction=0.05, pad=0.02)
        bar.outline.set_linewidth(0.3)
    if labels is None:
        return
    plot, first = plots[-1], slices[0]
    _intensities(plot, first)
    plot.imshow(coloured(labels, look, opacity), extent=first.extent, interpolation="nearest")
    _crop(plot, first)
    plot.set_title(plotted(elided(f"Classes over {first.title}", TITLE_LENGTH)))
    legend(plot, look)


def coloured(labels: NDArray[np.uint8], look: Look, opacity: float) -> NDArray[np.uint8]:
    """Return labels in the colours of their classes, shape (..., 4); the background is clear."""
    table = np.zeros((len(look.colours) + 1, 4), dtype=np.uint8)
    for number, colour in enumerate(look.colours, start=1):
        if number not in look.hidden:
            table[number] = (*bytes.fromhex(colour[1:]), round(255 * opacity))
    drawn: NDArray[np.uint8] = table[labels]
    return drawn


def _intensities(plot: Plot, one: Slice) -> Any:
    low, high = one.window
    colours = COLOURMAPS[one.colourmap]
    image = plot.imshow(
        np.ma.masked_invalid(one.pixels),
        cmap=LinearSegmentedColormap.from_list(one.colourmap, colours, LEVELS),
        vmin=low,
        vmax=high if high > low else low + 1,
        extent=one.extent,
        interpolation="nearest",
    )
    plot.set_facecolor(colours[0])
    plot.set_xticks([])
    plot.set_yticks([])
    _crop(plot, one)
    return image


def _crop(plot: Plot, one: Slice) -> None:
    plot.set_xlim(one.box[:2])
    plot.set_ylim(one.box[2:])


def legend(plot: Plot, look: Look) -> None:
    """Name the classes beside a picture."""
    entries = [
        Patch(
            color=look.colours[k - 1],
            label=plotted(f"{k} {elided(look.called.get(k, ''), 12)}".strip()),
        )
        for k in range(1, len(look.colours) + 1)
        if k not in look.hidden
    ]
    plot.legend(
        handles=entries, loc="center left", bbox_to_anchor=(1, 0.5), frameon=False,
        handlelength=0.8, handleheight=0.8, handletextpad=0.4, borderaxespad=0.3,
    )  # fmt: skip
