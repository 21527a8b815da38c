"""The Gaussian mixture of a whole head, by EM on the cells of its joint intensities.

EM as in scikit-learn's ``GaussianMixture``, but a step visits some ten thousand cells instead of a
million voxels (EM for binned data: Cadez, Smyth, McLachlan and McLaren 2002; with the moments of
the cells: Lang and Schubert 2022). The E-step takes the expected log-density of a cell, so that a
cell's width adds no likelihood; the M-step adds each cell's scatter, so that it takes no variance.
"""

import math
from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cholesky, solve_triangular
from sklearn.cluster import KMeans
from sklearn.utils import check_random_state

from dashboard.core.domain import WHOLE
from dashboard.core.errors import FitError
from dashboard.core.mixture.assignment import assign
from dashboard.core.mixture.cells import Cells
from dashboard.core.mixture.features import Features
from dashboard.core.mixture.model import Model
from dashboard.core.mixture.recipe import Covariance, Recipe
from dashboard.core.mixture.slice_fit import SINGULAR, checked, floor, mean_log_likelihood

# An iteration takes milliseconds, so a small tolerance may take its time.
MOST_ITERATIONS = 5000


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

    weights: NDArray[np.float64]
    means: NDArray[np.float64]
    covariances: NDArray[np.float64]
    log_likelihood: float
    iterations: int
    converged: bool


def fit(features: Features, recipe: Recipe) -> Model:
    """Fit the mixture of a recipe to all foreground voxels of a head.

    Returns
    -------
    Model
        Its classes, counts and likelihood are those of the voxels.

    Raises
    ------
    FitError
        If there are too few voxels, too few distinct intensities, or copies among the images, or if
        a covariance becomes singular.
    """
    points, scale = checked(features, recipe)
    least = floor(points, recipe)
    found = fit_cells(features.partition(), recipe, floor=least)
    order = np.argsort(found.means[:, 0], kind="stable")
    weights, means, covariances = found.weights[order], found.means[order], found.covariances[order]
    model = Model(
        recipe=recipe,
        domain=WHOLE,
        scale=scale,
        weights=weights,
        means=means,
        covariances=covariances,
        order=np.arange(len(order)),
        counts=np.zeros(len(order), dtype=np.int64),
        fitted_voxels=len(points),
        log_likelihood=mean_log_likelihood(points, weights, means, covariances),
        iterations=found.iterations,
        converged=found.converged,
        floor=least,
    )
    counts = np.bincount(assign(model, points), minlength=len(order) + 1)[1:]
    return replace(model, counts=counts)


def fit_cells(cells: Cells, recipe: Recipe, *, floor: float) -> Mixture:
    """Fit a mixture to cells: the start with the highest likelihood counts.

    Parameters
    ----------
    cells : Cells
    recipe : Recipe
        Its components, covariance, seed, tolerance and starts. All starts draw from one generator.
    floor : float
        Added to all variances, so that none becomes 0.

    Raises
    ------
    FitError
        If no start gives a mixture, because a covariance became singular.
    """
    random = check_random_state(recipe.seed)
    best: Mixture | None = None
    for _ in range(recipe.starts):
        start = started(cells, recipe.components, random)
        with suppress(np.linalg.LinAlgError):
            found = expectation_maximisation(
                cells, start, covariance=recipe.covariance, tolerance=recipe.tolerance, floor=floor
            )
            if best is None or found.log_likelihood > best.log_likelihood:
                best = found
    if best is None:
        raise FitError(SINGULAR.format(recipe.components))
    return best


def started(cells: Cells, components: int, random: np.random.RandomState) -> NDArray[np.float64]:
    """Return responsibilities of 0 and 1 from k-means++ and k-means, shape (cells, components)."""
    if components == 1:
        return np.ones((len(cells.counts), 1))
    means = KMeans(components, n_init=1, random_state=random)
    found = means.fit(cells.means, sample_weight=cells.counts).labels_
    return np.asarray(found[:, None] == np.arange(components), dtype=np.float64)


def expectation_maximisation(
    cells: Cells,
    responsibilities: NDArray[np.float64],
    *,
    covariance: Covariance,
    tolerance: float,
    floor: float,
) -> Mixture:
    """Alternate M- and E-steps from responsibilities until the likelihood rests.

    Raises
    ------
    numpy.linalg.LinAlgError
        If a covariance becomes singular.
    """
    before, iterations, converged = -math.inf, 0, False
    while not converged and iterations < MOST_ITERATIONS:
        weights, means, covariances = maximised(cells, responsibilities, covariance, floor)
        responsibilities, likelihood = expected(cells, weights, means, covariances)
        converged = abs(likelihood - before) < tolerance
        before = likelihood
        iterations += 1
    return Mixture(weights, means, covariances, likelihood, iterations, converged)


def expected(
    cells: Cells,
    weights: NDArray[np.float64],
    means: NDArray[np.float64],
    covariances: NDArray[np.float64],
) -> tuple[NDArray[np.float64], float]:
    """Return the responsibilities (E-step), and the mean log-likelihood per voxel."""
    number, images = cells.means.shape
    joint = np.empty((len(weights), number))
    scatters = cells.scatters.reshape(number, -1)
    for k, (mean, spread) in enumerate(zip(means, covariances, strict=True)):
        root = cholesky(spread, lower=True)
        whiten = solve_triangular(root, np.eye(images), lower=True)
        distance = ((cells.means - mean) @ whiten.T) ** 2
        within = scatters @ (whiten.T @ whiten).ravel()
        log_norm = np.log(np.diag(root)).sum() + images / 2 * math.log(2 * math.pi)
        joint[k] = np.log(weights[k]) - log_norm - (distance.sum(axis=1) + within) / 2
    largest = joint.max(axis=0)
    joint -= largest
    np.exp(joint, out=joint)
    total = joint.sum(axis=0)
    joint /= total
    likelihood = float(cells.counts @ (np.log(total) + largest) / cells.counts.sum())
    return joint.T, likelihood


def maximised(
    cells: Cells,
    responsibilities: NDArray[np.float64],
    covariance: Covariance,
    floor: float,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return weights, means and full covariances (M-step)."""
    images = cells.means.shape[1]
    shares = responsibilities * cells.counts[:, None]
    sizes = shares.sum(axis=0) + 10 * np.finfo(np.float64).eps
    means = shares.T @ cells.means / sizes[:, None]
    spreads = (shares.T @ cells.scatters.reshape(len(shares), -1)).reshape(-1, images, images)
    for k, mean in enumerate(means):
        centred = cells.means - mean
        spreads[k] += (shares[:, k, None] * centred).T @ centred
    weights = sizes / sizes.sum()
    spreads /= sizes[:, None, None]
    if covariance == "tied":
        spreads[:] = np.tensordot(weights, spreads, axes=1)
    elif covariance != "full":
        variances = np.diagonal(spreads, axis1=1, axis2=2)
        if covariance == "spherical":
            variances = np.repeat(variances.mean(axis=1, keepdims=True), images, axis=1)
        spreads = variances[:, :, None] * np.eye(images)
    return weights, means, spreads + floor * np.eye(images)
