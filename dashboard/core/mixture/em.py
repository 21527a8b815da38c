"""EM on the cells of joint intensities.

As in scikit-learn's ``GaussianMixture``, but a step visits cells instead of voxels (EM for binned
data: Cadez, Smyth, McLachlan and McLaren 2002; with the moments of the cells: Lang and Schubert
2022). The E-step takes the expected log-density of a cell, so that a cell's width adds no
likelihood; the M-step adds each cell's scatter, so that it takes no variance.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from dashboard.core.mixture.cells import Cells
from dashboard.core.mixture.densities import exponentiated, parts
from dashboard.core.mixture.recipe import Covariance
from dashboard.core.steps import take_step

# An iteration takes less than a millisecond, so a small tolerance may take its time.
MOST_ITERATIONS = 5000
# Each start runs to this gain per iteration, and only the best one on (Biernacki, Celeux and
# Govaert 2003: short runs of EM).
ROUGH = 1e-3
# Cells at once: their moments stay in the CPU cache.
CHUNK = 2**12

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Mixture:
    """Parameters of a mixture, in the units of the points.

    Attributes
    ----------
    weights : ndarray, shape (components,)
    means : ndarray, shape (components, images)
    covariances : ndarray, shape (components, images, images)
    log_likelihood : float
        Mean per voxel of the cells' expected log-densities, in nats.
    """

    weights: Array
    means: Array
    covariances: Array
    log_likelihood: float = -math.inf
    iterations: int = 0
    converged: bool = False


class ExpectationMaximisation:
    """EM on cells, whose steps are products of matrices.

    Attributes
    ----------
    defect : ndarray or float
        What is added to the sums of moments before each M-step: those that the cells leave out.
    """

    def __init__(self, cells: Cells, covariance: Covariance, floor: float) -> None:
        self._covariance, self._floor = covariance, floor
        self._counts, self._total = cells.counts, float(cells.counts.sum())
        self._images = cells.means.shape[1]
        # Products of coordinates far from 0 would cancel.
        self._centre = cells.counts @ cells.means / self._total
        self._pairs = np.triu_indices(self._images)
        self._moments = self._of(cells.means)
        self._moments[1 + self._images :] += cells.scatters[:, *self._pairs].T
        self.defect: Array | float = 0.0

    def _of(self, points: Array) -> Array:
        """Return 1, coordinates and their products of points: the moments are linear in them."""
        pairs = list(zip(*self._pairs, strict=True))
        moments = np.empty((1 + self._images + len(pairs), len(points)))
        moments[0] = 1
        columns = moments[1 : 1 + self._images]
        np.subtract(points.T, self._centre[:, None], out=columns)
        for row, (a, b) in zip(moments[1 + self._images :], pairs, strict=True):
            np.multiply(columns[a], columns[b], out=row)
        return moments

    def first(self, responsibilities: Array) -> Mixture:
        """Return the mixture of responsibilities of the cells (M-step)."""
        return self.maximised((responsibilities * self._counts) @ self._moments.T)

    def run(self, found: Mixture, tolerance: float, *, most: int = MOST_ITERATIONS) -> Mixture:
        """Alternate E- and M-steps until the likelihood rests.

        Raises
        ------
        numpy.linalg.LinAlgError
            If a covariance becomes singular.
        """
        sums, before = self.expected(found)
        iterations, converged = 1, False
        while not converged and iterations < most:
            take_step()
            iterations += 1
            found = self.maximised(sums)
            sums, likelihood = self.expected(found)
            converged, before = abs(likelihood - before) < tolerance, likelihood
        return replace(found, log_likelihood=before, iterations=iterations, converged=converged)

    def expected(self, found: Mixture) -> tuple[Array, float]:
        """Return each component's sum of moments (E-step), and the mean log-likelihood per voxel.

        With a defect, which moves the likelihood's maximum, this is that of the sums with it.
        """
        natural = self._natural(found)
        each = (
            (self._moments[:, part], self._counts[part]) for part in parts(len(self._counts), CHUNK)
        )
        sums, total = _summed(natural, each)
        total += float((self.defect * natural).sum())
        return sums + self.defect, total / self._total

    def visited(self, points: Array, found: Mixture) -> tuple[Array, float]:
        """Return the sums of moments of all points, and their mean log-likelihood."""
        each = ((self._of(points[part]), 1.0) for part in parts(len(points), CHUNK))
        sums, total = _summed(self._natural(found), each)
        return sums, total / len(points)

    def _natural(self, found: Mixture) -> Array:
        """Return what the moments of a point are multiplied by for its log-densities.

        The log of a Gaussian density is linear in a point and its products, so its mean in a cell
        is that of the cell's moments.
        """
        first, second = self._pairs
        roots = np.linalg.cholesky(found.covariances)
        precisions = np.linalg.inv(found.covariances)
        means = found.means - self._centre
        slopes = np.einsum("kij,kj->ki", precisions, means)
        logs = np.log(np.diagonal(roots, axis1=1, axis2=2)).sum(axis=1)
        constant = np.log(found.weights) - logs - (slopes * means).sum(axis=1) / 2
        constant -= self._images / 2 * math.log(math.tau)
        curves = -precisions[:, first, second] * np.where(first == second, 0.5, 1)
        return np.column_stack([constant, slopes, curves])

    def maximised(self, sums: Array) -> Mixture:
        """Return the mixture that has these sums of moments (M-step).

        Raises
        ------
        numpy.linalg.LinAlgError
            If a component has no points.
        """
        images = self._images
        sizes = sums[:, 0] + 10 * np.finfo(np.float64).eps
        if sizes.min() <= 0:
            raise np.linalg.LinAlgError
        means = sums[:, 1 : 1 + images] / sizes[:, None]
        spreads = np.empty((len(sums), images, images))
        first, second = self._pairs
        spreads[:, first, second] = spreads[:, second, first] = (
            sums[:, 1 + images :] / sizes[:, None]
        )
        spreads -= means[:, :, None] * means[:, None, :]
        weights = sizes / sizes.sum()
        spreads = _constrained(spreads, weights, self._covariance) + self._floor * np.eye(images)
        return Mixture(weights, means + self._centre, spreads)


def _summed(natural: Array, each: Iterable[tuple[Array, Array | float]]) -> tuple[Array, float]:
    """Return each component's sum of moments, and the log-likelihood, of parts and their counts."""
    sums, total = np.zeros(natural.shape), 0.0
    for moments, counts in each:
        joint = natural @ moments
        columns, logs = exponentiated(joint)
        total += float((logs * counts).sum())
        joint *= counts / columns
        sums += joint @ moments.T
    return sums, total


def _constrained(spreads: Array, weights: Array, covariance: Covariance) -> Array:
    """Return covariances of a type."""
    images = spreads.shape[1]
    if covariance == "full":
        return spreads
    if covariance == "tied":
        return np.repeat(np.tensordot(weights, spreads, axes=1)[None], len(spreads), axis=0)
    variances = np.diagonal(spreads, axis1=1, axis2=2)
    if covariance == "spherical":
        variances = np.repeat(variances.mean(axis=1, keepdims=True), images, axis=1)
    return np.asarray(variances[:, :, None] * np.eye(images))
