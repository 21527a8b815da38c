"""Joint intensities as a few thousand cells, so that a fit need not visit every voxel.

Each cell keeps the number of its voxels, their mean and their scatter: zeroth, first and second
moments of any union of cells are then those of its voxels, without the bias of a histogram's bins
(Lang and Schubert 2022, BETULA: Fast clustering of large data with improved BIRCH CF-Trees).
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboard.core import sampling

# Equal cells per image: for two images 256 x 256, for one as many in all.
EQUAL = {1: 2**16, 2: 2**8}
# A cell this wide is no wider than a tenth of the spread of a tissue that takes a third of it.
WIDEST = 1 / 16
# Cells of an adaptive partition, and the voxels it is made from: an evenly spaced subset.
MOST, DIVIDED = 2**13, 2**17
# Voxels at once: their temporary arrays stay in the CPU cache.
CHUNK = 2**18


@dataclass(frozen=True, eq=False)
class Cells:
    """A partition of points.

    Attributes
    ----------
    counts : ndarray, shape (cells,)
        Points of each cell, more than 0.
    means : ndarray, shape (cells, images)
    scatters : ndarray, shape (cells, images, images)
        Population covariance within each cell.
    fine : bool
        Whether the cells hold all points, and are narrow beside any tissue.
    """

    counts: NDArray[np.float64]
    means: NDArray[np.float64]
    scatters: NDArray[np.float64]
    fine: bool

    @property
    def covariance(self) -> NDArray[np.float64]:
        """Population covariance of all points, shape (images, images)."""
        shares = self.counts / self.counts.sum()
        centred = self.means - shares @ self.means
        between: NDArray[np.float64] = (shares[:, None] * centred).T @ centred
        return between + np.tensordot(shares, self.scatters, axes=1)


def cells(points: NDArray[np.float64]) -> Cells:
    """Divide points into cells.

    Parameters
    ----------
    points : ndarray, shape (voxels, images)

    Returns
    -------
    Cells
        Of equal size for one or two images whose range is not stretched by outliers. Otherwise the
        widest cells of at most `DIVIDED` points are cut in two again and again, up to `MOST`.
    """
    images = points.shape[1]
    low, high = (f(axis=0).astype(np.float64) for f in (points.min, points.max))
    some = points[:: sampling.step(len(points), DIVIDED)]
    if images in EQUAL:
        quarter, three = np.percentile(some, [25, 75], axis=0)
        width = (high - low) / EQUAL[images]
        if np.all((width > 0) & (width <= WIDEST * (three - quarter))):
            return _equal(points, low, width, EQUAL[images])
    found = _gathered(some, _halved(some))
    return replace(found, counts=found.counts * (len(points) / len(some)))


def _equal(
    points: NDArray[np.float64], low: NDArray[np.float64], width: NDArray[np.float64], number: int
) -> Cells:
    """Divide points into `number` intervals of each image."""
    images = points.shape[1]
    total = number**images
    pairs = [(a, b) for a in range(images) for b in range(a + 1)]
    counts, sums = np.zeros(total), np.zeros((images, total))
    squares = np.zeros((len(pairs), total))
    for start in range(0, len(points), CHUNK):
        part = points[start : start + CHUNK]
        found, off = np.zeros(len(part), dtype=np.int64), []
        for image in range(images):
            place = (part[:, image] - low[image]) / width[image]
            index = np.minimum(place.astype(np.int64), number - 1)
            off.append(
                place - index - 0.5
            )  # from the middle of the cell, in cells: nothing cancels
            found *= number
            found += index
        counts += np.bincount(found, minlength=total)
        for image in range(images):
            sums[image] += np.bincount(found, off[image], total)
        for pair, (a, b) in enumerate(pairs):
            squares[pair] += np.bincount(found, off[a] * off[b], total)
    held = np.flatnonzero(counts)
    counts, sums, squares = counts[held], sums[:, held], squares[:, held]
    sums /= counts
    middles = np.stack(np.unravel_index(held, (number,) * images)) + 0.5
    scatters = np.empty((len(held), images, images))
    for pair, (a, b) in enumerate(pairs):
        scatter = (squares[pair] / counts - sums[a] * sums[b]) * width[a] * width[b]
        scatters[:, a, b] = scatters[:, b, a] = scatter
    return Cells(counts, low + (middles + sums).T * width, scatters, fine=True)


def _halved(points: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the cell of each point.

    In each round the cells with at least the mean sum of squares are cut at their mean, across the
    image in which they are widest, until there are `MOST`.
    """
    images = range(points.shape[1])
    found = np.zeros(len(points), dtype=np.int64)
    squares, widest, at = np.zeros(1), np.zeros(1, dtype=np.int64), np.zeros(1)
    fresh, inside = np.ones(1, dtype=bool), np.arange(len(points))  # cells to measure, their points
    while True:
        own, part = found[inside], points[inside]
        number = len(squares)
        sizes = np.maximum(np.bincount(own, minlength=number), 1)
        means = [np.bincount(own, part[:, i], minlength=number) / sizes for i in images]
        spread = np.stack(
            [np.bincount(own, (part[:, i] - means[i][own]) ** 2, minlength=number) for i in images]
        )
        widest[fresh] = spread.argmax(axis=0)[fresh]
        squares[fresh] = spread.max(axis=0)[fresh]
        at[fresh] = np.stack(means)[widest, np.arange(number)][fresh]
        cut = np.flatnonzero((squares >= squares.mean()) & (squares > 0))[: MOST - number]
        if not len(cut):
            return found
        new = np.full(number, -1)
        new[cut] = np.arange(number, number + len(cut))
        inside = np.flatnonzero(new[found] >= 0)
        own = found[inside]
        beyond = points[inside, widest[own]] > at[own]
        found[inside] = np.where(beyond, new[own], own)
        fresh = np.concatenate([new >= 0, np.ones(len(cut), dtype=bool)])
        squares, at = (np.concatenate([kept, np.zeros(len(cut))]) for kept in (squares, at))
        widest = np.concatenate([widest, np.zeros(len(cut), dtype=np.int64)])


def _gathered(points: NDArray[np.float64], found: NDArray[np.int64]) -> Cells:
    """Return the moments of the cells that hold points."""
    number = int(found.max()) + 1
    counts = np.bincount(found, minlength=number).astype(np.float64)
    held = counts > 0
    divisor = np.where(held, counts, 1)
    images = points.shape[1]
    means = np.stack([np.bincount(found, c, minlength=number) / divisor for c in points.T], axis=1)
    scatters = np.empty((number, images, images))
    # From the mean of the cell: a difference of large squares would lose the small scatter.
    centred: list[Any] = [points[:, image] - means[found, image] for image in range(images)]
    for a in range(images):
        for b in range(a + 1):
            total = np.bincount(found, centred[a] * centred[b], minlength=number) / divisor
            scatters[:, a, b] = scatters[:, b, a] = total
    return Cells(counts[held], means[held], scatters[held], fine=False)
