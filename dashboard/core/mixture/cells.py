"""Joint intensities as a few thousand cells, so that a fit need not visit every voxel.

Each cell keeps the number of its voxels, their mean and their scatter: zeroth, first and second
moments of any union of cells are then those of its voxels, without the bias of a histogram's bins
(Lang and Schubert 2022, BETULA: Fast clustering of large data with improved BIRCH CF-Trees).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dashboard.core import sampling

# Equal cells per image: for two images 256 x 256, for one as many in all.
EQUAL = {1: 2**16, 2: 2**8}
# A cell this wide is no wider than a tenth of the spread of a tissue that takes a third of it.
WIDEST = 1 / 16
# Otherwise voxels stand for all: an evenly spaced subset of at most so many. Cells of more images
# would be wide beside a tissue, however they are cut.
SOME = 2**15
# Voxels at once: their temporary arrays stay in the cache.
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
        Whether the cells hold all points.
    """

    counts: NDArray[np.float64]
    means: NDArray[np.float64]
    scatters: NDArray[np.float64]
    fine: bool

    def some(self, most: int) -> "Cells":
        """Return at most so many voxels of those that stand for all; all cells if they hold all."""
        if self.fine or len(self.counts) <= most:
            return self
        every = sampling.step(len(self.counts), most)
        counts = self.counts[::every]
        counts = counts * (self.counts.sum() / counts.sum())
        return Cells(counts, self.means[::every], self.scatters[::every], fine=False)


def cells(points: NDArray[np.float64]) -> Cells:
    """Divide points into cells.

    Parameters
    ----------
    points : ndarray, shape (voxels, images)

    Returns
    -------
    Cells
        Of equal size for one or two images whose range is not stretched by outliers. Otherwise
        each of at most `SOME` points is one, which stands for its neighbours.
    """
    images = points.shape[1]
    low, high = (f(axis=0).astype(np.float64) for f in (points.min, points.max))
    some = points[:: sampling.step(len(points), SOME)].astype(np.float64)
    if images in EQUAL:
        quarter, three = np.percentile(some, [25, 75], axis=0)
        width = (high - low) / EQUAL[images]
        if np.all((width > 0) & (width <= WIDEST * (three - quarter))):
            return _equal(points, low, width, EQUAL[images])
    counts = np.full(len(some), len(points) / len(some))
    return Cells(counts, some, np.zeros((len(some), images, images)), fine=False)


def _equal(
    points: NDArray[np.float64], low: NDArray[np.float64], width: NDArray[np.float64], number: int
) -> Cells:
    """Divide points into `number` intervals of each image."""
    images = points.shape[1]
    total = number**images
    pairs = [(a, b) for a in range(images) for b in range(a + 1)]
    counts, sums = np.zeros(total), np.zeros((images, total))
    squares = np.zeros((len(pairs), total))
    for some in sampling.parts(len(points), CHUNK):
        part = points[some]
        found, off = np.zeros(len(part), dtype=np.int64), []
        for image in range(images):
            place = (part[:, image] - low[image]) / width[image]
            index = np.minimum(place.astype(np.int64), number - 1)
            # From the middle of the cell, in cells: nothing cancels.
            off.append(place - index - 0.5)
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
