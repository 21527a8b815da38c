"""The Gaussian mixture of a whole head, by EM on the cells of its joint intensities.

EM as in scikit-learn's ``GaussianMixture``, but a step visits some ten thousand cells instead of a
million voxels (EM for binned data: Cadez, Smyth, McLachlan and McLaren 2002; with the moments of
the cells: Lang and Schubert 2022). The E-step takes the expected log-density of a cell, so that a
cell's width adds no likelihood; the M-step adds each cell's scatter, so that it takes no variance.

All voxels of a cell share its responsibilities. With three and more images cells would be too wide
for that, so some voxels stand for all. What a visit to all voxels finds beyond them is added to
each M-step, and found again at the new mixture, until the likelihood of all voxels rests (defect
correction: Stetter 1978).
"""

import math
from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from sklearn.utils import check_random_state

from dashboard.core.domain import WHOLE
from dashboard.core.errors import FitError
from dashboard.core.mixture.assignment import densities_of, regularised
from dashboard.core.mixture.cells import Cells
from dashboard.core.mixture.densities import Densities, largest, parts, shared
from dashboard.core.mixture.features import Features
from dashboard.core.mixture.model import Model
from dashboard.core.mixture.recipe import Covariance, Recipe
from dashboard.core.mixture.scaling import LinearScale
from dashboard.core.mixture.slice_fit import SINGULAR, checked, floor

# An iteration takes less than a millisecond, so a small tolerance may take its time.
MOST_ITERATIONS = 5000
# Each start runs to this gain per iteration, and only the best one on (Biernacki, Celeux and
# Govaert 2003: short runs of EM).
ROUGH = 1e-3
# Visits to all voxels; mostly three are enough. Between two of them some voxels lead.
MOST_VISITS, LED_ITERATIONS = 12, 200


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
    log_likelihood: float = -math.inf
    iterations: int = 0
    converged: bool = False


def fit(features: Features, recipe: Recipe) -> Model:
    """Fit the mixture of a recipe to all foreground voxels of a head.

    Returns
    -------
    Model
        Its counts are those of the voxels, under the spatial prior if there is one; its likelihood
        is that of the voxels without it.

    Raises
    ------
    FitError
        If there are too few voxels, too few distinct intensities, or copies among the images, or if
        a covariance becomes singular.
    """
    points, scale = checked(features, recipe)
    least = floor(points, recipe)
    divided = features.partition()
    found = fit_cells(divided, recipe, floor=least)
    if not divided.fine:
        found = corrected(points, divided, found, recipe, floor=least)
    model = _model(found, recipe, scale, voxels=len(points), floor=least)
    counts, likelihood = _counted(points, model)
    if recipe.prior:
        classes = largest(regularised(model, features))
        counts = np.bincount(classes, minlength=model.components)
    return replace(model, counts=counts, log_likelihood=likelihood)


def fit_roughly(features: Features, recipe: Recipe) -> Model:
    """Fit the mixture of a recipe to the cells of a head, without a visit to its voxels.

    Returns
    -------
    Model
        Its likelihood is that of the cells, and its counts are 0.

    Raises
    ------
    FitError
        As `fit`.
    """
    points, scale = checked(features, recipe)
    least = floor(points, recipe)
    found = fit_cells(features.partition(), recipe, floor=least)
    return _model(found, recipe, scale, voxels=len(points), floor=least)


def _model(
    found: Mixture, recipe: Recipe, scale: LinearScale, *, voxels: int, floor: float
) -> Model:
    order = np.argsort(found.means[:, 0], kind="stable")
    return Model(
        recipe=recipe,
        domain=WHOLE,
        scale=scale,
        weights=found.weights[order],
        means=found.means[order],
        covariances=found.covariances[order],
        order=np.arange(len(order)),
        counts=np.zeros(len(order), dtype=np.int64),
        fitted_voxels=voxels,
        log_likelihood=found.log_likelihood,
        iterations=found.iterations,
        converged=found.converged,
        floor=floor,
    )


def _counted(points: NDArray[np.float64], model: Model) -> tuple[NDArray[np.int64], float]:
    """Return the voxels of each class, and the mean log-likelihood per voxel."""
    densities = densities_of(model)
    counts, total = np.zeros(model.components, dtype=np.int64), 0.0
    for part in parts(len(points)):
        joint = densities(points[part])
        counts += np.bincount(largest(joint), minlength=model.components)
        total += float(shared(joint).sum())
    return counts, total / len(points)


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
    em = ExpectationMaximisation(cells, recipe.covariance, floor)
    random = check_random_state(recipe.seed)
    best: Mixture | None = None
    rough = max(ROUGH, recipe.tolerance) if recipe.starts > 1 else recipe.tolerance
    for _ in range(recipe.starts):
        start = started(cells, recipe.components, random)
        with suppress(np.linalg.LinAlgError):
            found = em.run(em.first(start), rough)
            if best is None or found.log_likelihood > best.log_likelihood:
                best = found
    try:
        if best is not None:
            return best if rough == recipe.tolerance else em.run(best, recipe.tolerance)
    except np.linalg.LinAlgError:
        pass
    raise FitError(SINGULAR.format(recipe.components))


def started(cells: Cells, components: int, random: np.random.RandomState) -> NDArray[np.float64]:
    """Return responsibilities of 0 and 1 from k-means++ and k-means, shape (components, cells)."""
    if components == 1:
        return np.ones((1, len(cells.counts)))
    means = KMeans(components, n_init=1, random_state=random)
    found = means.fit(cells.means, sample_weight=cells.counts).labels_
    return np.asarray(np.arange(components)[:, None] == found, dtype=np.float64)


def corrected(
    points: NDArray[np.float64], cells: Cells, found: Mixture, recipe: Recipe, *, floor: float
) -> Mixture:
    """Lead a mixture of some points on to that of all.

    Raises
    ------
    FitError
        If a covariance becomes singular.
    """
    em = ExpectationMaximisation(cells, recipe.covariance, floor)
    converged, iterations = False, found.iterations
    try:
        sums, likelihood = em.visited(points, found)
        for _ in range(MOST_VISITS):
            em.defect = sums - em.sums(em.expected(found)[0])
            # A step of EM on all points, which is never worse; the cells lead further.
            step, before = em.maximised(sums), likelihood
            found = _led(em, step, recipe.tolerance / 10)
            sums, likelihood = em.visited(points, found)
            if likelihood < before:
                found = step
                sums, likelihood = em.visited(points, found)
            iterations += max(found.iterations, 1)
            converged = abs(likelihood - before) < recipe.tolerance
            if converged:
                break
    except np.linalg.LinAlgError:
        raise FitError(SINGULAR.format(recipe.components)) from None
    return replace(found, log_likelihood=likelihood, iterations=iterations, converged=converged)


def _led(em: "ExpectationMaximisation", step: Mixture, tolerance: float) -> Mixture:
    """Return where the cells lead a mixture, or itself if that has no covariance."""
    try:
        return em.run(step, tolerance, most=LED_ITERATIONS)
    except np.linalg.LinAlgError:
        return step


class ExpectationMaximisation:
    """EM on cells, whose steps are products of matrices.

    Attributes
    ----------
    defect : ndarray or float
        What is added to the sums of each M-step.
    """

    def __init__(self, cells: Cells, covariance: Covariance, floor: float) -> None:
        self._covariance, self._floor = covariance, floor
        self._counts, self._total = cells.counts, cells.counts.sum()
        self._images = cells.means.shape[1]
        # Products of coordinates far from 0 would cancel.
        self._centre = cells.counts @ cells.means / self._total
        self._pairs = np.triu_indices(self._images)
        self._moments = self._of(cells.means - self._centre)
        self._moments[1 + self._images :] += cells.scatters[:, *self._pairs].T
        self.defect: NDArray[np.float64] | float = 0.0

    def _of(self, centred: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return 1, coordinates and their products of points: the moments are linear in them."""
        columns = np.ascontiguousarray(centred.T)
        first, second = self._pairs
        return np.concatenate(
            [np.ones((1, len(centred))), columns, columns[first] * columns[second]]
        )

    def first(self, responsibilities: NDArray[np.float64]) -> Mixture:
        """Return the mixture of responsibilities of the cells (M-step)."""
        return self.maximised(self.sums(responsibilities))

    def run(self, found: Mixture, tolerance: float, *, most: int = MOST_ITERATIONS) -> Mixture:
        """Alternate E- and M-steps until the likelihood rests.

        Raises
        ------
        numpy.linalg.LinAlgError
            If a covariance becomes singular.
        """
        responsibilities, before = self.expected(found)
        iterations, converged = 1, False
        while not converged and iterations < most:
            found = self.maximised(self.sums(responsibilities) + self.defect)
            responsibilities, likelihood = self.expected(found)
            converged = abs(likelihood - before) < tolerance
            before = likelihood
            iterations += 1
        return replace(found, log_likelihood=before, iterations=iterations, converged=converged)

    def sums(self, responsibilities: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return each component's sum of the cells' moments."""
        return np.asarray((responsibilities * self._counts) @ self._moments.T)

    def expected(self, found: Mixture) -> tuple[NDArray[np.float64], float]:
        """Return the responsibilities (E-step), and the mean log-likelihood per voxel.

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
        joint = np.column_stack([constant, slopes, curves]) @ self._moments
        logs = shared(joint)
        return joint, float(self._counts @ logs / self._total)

    def maximised(self, sums: NDArray[np.float64]) -> Mixture:
        """Return the mixture that has these sums of moments (M-step)."""
        images = self._images
        sizes = sums[:, 0] + 10 * np.finfo(np.float64).eps
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

    def visited(
        self, points: NDArray[np.float64], found: Mixture
    ) -> tuple[NDArray[np.float64], float]:
        """Return the sums of moments of all points, and their mean log-likelihood."""
        densities = Densities(found.weights, found.means, found.covariances)
        sums, total = np.zeros((len(found.weights), len(self._moments))), 0.0
        for part in parts(len(points)):
            joint = densities(points[part])
            total += float(shared(joint).sum())
            sums += joint @ self._of(points[part] - self._centre).T
        return sums, total / len(points)


def _constrained(
    spreads: NDArray[np.float64], weights: NDArray[np.float64], covariance: Covariance
) -> NDArray[np.float64]:
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
