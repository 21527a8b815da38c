"""Slices and maps as PNG, and point clouds as arrays."""

import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from dashboard.core import sampling

# Level 1 packs a slice three times faster than the default and a tenth larger.
COMPRESSION = 1
# Larger than it is mostly shown, so that it stays sharp on dense screens.
CLOUD_SIZE = (560, 560)
# Pixels made at once: their steps in between take about 30 MB, not 500 of a large scan.
CHUNK = 2**20
# Points drawn at once: their places and order take about 40 MB.
CLOUD_CHUNK = 2**20

Window = tuple[float, float]
Range = tuple[float, float]


def grey(picture: NDArray[Any], window: Window) -> bytes:
    """Encode intensities as an 8-bit grey PNG.

    Parameters
    ----------
    picture : ndarray, 2-D, top row first
        Intensities; NaN and infinite values are black.
    window : (float, float)
        The intensities that are black and white.
    """
    return _png(Image.fromarray(_by_rows(lambda rows: _levels(rows, window), picture)))


def _by_rows(
    of: Callable[[NDArray[Any]], NDArray[np.uint8]], picture: NDArray[Any]
) -> NDArray[np.uint8]:
    """Return what a function makes of a picture, some rows at a time."""
    made = np.empty(picture.shape, dtype=np.uint8)
    for rows in sampling.parts(len(picture), max(1, CHUNK // max(1, picture.shape[1]))):
        made[rows] = of(picture[rows])
    return made


def _levels(picture: NDArray[Any], window: Window) -> NDArray[np.uint8]:
    low, high = window
    inside = np.clip(np.where(np.isfinite(picture), picture, low), low, high)
    if np.isinf(high - low):
        inside, low, high = inside / 2, low / 2, high / 2
    # Beyond 2^53, an intensity and the next whole number can be the same.
    levels: NDArray[Any] = (inside - low) / ((high - low) or 1.0) * 255
    return levels.astype(np.uint8)


def labels(picture: NDArray[np.uint8], colours: Sequence[str], hidden: Sequence[int] = ()) -> bytes:
    """Encode a label map as a palette PNG whose background and hidden classes are transparent.

    Parameters
    ----------
    picture : ndarray of uint8, 2-D, top row first
        0 is background, 1..K are the classes.
    colours : sequence of str
        Hexadecimal colour of each class.
    hidden : sequence of int
        Classes that are not shown.
    """
    image = Image.fromarray(np.ascontiguousarray(picture))
    image.putpalette(bytes(3) + b"".join(bytes.fromhex(colour[1:]) for colour in colours))
    alpha = bytes(
        0 if number == 0 or number in hidden else 255 for number in range(len(colours) + 1)
    )
    return _png(image, transparency=alpha)


def shaded(picture: NDArray[np.float64], colours: Sequence[str]) -> bytes:
    """Encode shares as a palette PNG.

    Parameters
    ----------
    picture : ndarray, 2-D, top row first
        From 0 (the first colour) to 1 (the last one); NaN is transparent.
    colours : sequence of str
        At most 255, hexadecimal.
    """

    def steps(shares: NDArray[np.float64]) -> NDArray[np.uint8]:
        known = np.isfinite(shares)
        found = np.rint(np.where(known, shares, 0) * (len(colours) - 1)) + 1
        return np.where(known, found, 0).astype(np.uint8)

    return labels(_by_rows(steps, picture), colours)


def numbered(picture: NDArray[Any], colours: Mapping[int, str]) -> bytes:
    """Encode numbers as a PNG in the colour of each; what has none is transparent.

    Parameters
    ----------
    picture : ndarray of int, 2-D, top row first
    colours : mapping of int to str
        Hexadecimal.
    """
    found, places = np.unique(picture, return_inverse=True)
    table = np.zeros((len(found), 4), dtype=np.uint8)
    for row, number in enumerate(found.tolist()):
        if number in colours:
            table[row] = (*bytes.fromhex(colours[number][1:]), 255)
    return _png(Image.fromarray(table[places.reshape(picture.shape)]))


def cloud(points: NDArray[np.float64], extent: tuple[Range, Range]) -> NDArray[np.int32]:
    """Draw points as discs.

    Parameters
    ----------
    points : ndarray, shape (voxels, 2)
    extent : ((left, right), (bottom, top))
        What the picture covers.

    Returns
    -------
    ndarray of int32, 2-D, top row first
        The point of each pixel, from 0; -1 where there is none.
    """
    width, height = CLOUD_SIZE
    radius = 2 if len(points) < 8000 else 1
    canvas = np.full((height + 2 * radius, width + 2 * radius), -1, dtype=np.int32)
    (left, right), (bottom, top) = extent
    reach = np.arange(-radius, radius + 1)
    disc = [(y, x) for y in reach for x in reach if x * x + y * y <= (radius + 0.5) ** 2]
    rng = np.random.default_rng(0)
    # Very many points are drawn in rounds of evenly spaced ones: the first is a sample of all, and
    # the others add discs only in empty places.
    rounds = max(1, -(-len(points) // CLOUD_CHUNK))
    empty = np.ones((height, width), dtype=bool)
    for first in range(rounds):
        some = points[first::rounds]
        column = (some[:, 0] - left) / (right - left) * width
        row = (top - some[:, 1]) / (top - bottom) * height
        inside = (column >= 0) & (column < width) & (row >= 0) & (row < height)
        chosen = np.flatnonzero(inside)
        if first:
            chosen = chosen[empty[row[chosen].astype(int), column[chosen].astype(int)]]
        # In a fixed random order: otherwise the last class covers the others where they meet.
        order = rng.permutation(chosen)
        column, row = column[order].astype(int), row[order].astype(int)
        empty[row, column] = False
        for dy, dx in disc:
            canvas[row + radius + dy, column + radius + dx] = first + rounds * order
    return canvas[radius:-radius, radius:-radius]


def _png(image: Image.Image, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG", compress_level=COMPRESSION, **options)
    return buffer.getvalue()
