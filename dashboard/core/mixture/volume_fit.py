"""The Gaussian mixture of a whole head, by EM on the cells of its joint intensities.

A step of EM visits some ten thousand cells instead of a million voxels (`em`). All voxels of a cell
share its responsibilities. With three and more images cells would be too wide for that, so some
voxels stand for all. What a visit to all voxels finds beyond them is added to
each M-step, and found again at the new mixture, until the likelihood of all voxels rests (defect
correction: Stetter 1978).
"""

from contextlib import suppress
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from sklearn.utils import check_random_state

from dashboard.core.domain import WHOLE
from dashboard.core.errors import FitError
from dashboard.core.mixture.assignment import densities_of, regularised
from dashboard.core.mixture.cells import Cells
from dashboard.core.mixture.densities import exponentiated, largest, parts
from dashboard.core.mixture.em import ROUGH, ExpectationMaximisation, Mixture
from dashboard.core.mixture.features import Features
from dashboard.core.mixture.model import Model
from dashboard.core.mixture.partial_volume import PartialVolume
from dashboard.core.mixture.recipe import Recipe
from dashboard.core.mixture.scaling import LinearScale
from dashboard.core.mixture.slice_fit import SINGULAR, checked, floor

# Of voxels that stand for all, so many are enough to tell starts apart: a class of 1 % has 330.
FEW = 2**15
# Visits to all voxels; mostly three are enough. Between two of them some voxels lead.
MOST_VISITS, LED_ITERATIONS = 12, 200


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
    em, found = _of_cells(features.partition(), recipe, floor=least)
    if not features.partition().fine:
        found = corrected(points, em, found, recipe)
    model = _model(em, found, recipe, scale, voxels=len(points), floor=least)
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
    em, found = _of_cells(features.partition(), recipe, floor=least)
    return _model(em, found, recipe, scale, voxels=len(points), floor=least)


def _of_cells(
    cells: Cells, recipe: Recipe, *, floor: float
) -> tuple[ExpectationMaximisation, Mixture]:
    """Return the mixture of a recipe on cells, and its EM."""
    found = fit_cells(cells, recipe, floor=floor)
    if not recipe.partial_volume or recipe.components == 1:
        return ExpectationMaximisation(cells, recipe.covariance, floor), found
    em = PartialVolume(cells, recipe.components, floor)
    try:
        return em, em.run(em.begun(found), recipe.tolerance)
    except np.linalg.LinAlgError:
        raise FitError(SINGULAR.format(recipe.components)) from None


def _model(
    em: ExpectationMaximisation,
    found: Mixture,
    recipe: Recipe,
    scale: LinearScale,
    *,
    voxels: int,
    floor: float,
) -> Model:
    between = None
    if isinstance(em, PartialVolume):
        found, between = em.tissues(found)
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
        between=None if between is None else np.triu((between + between.T)[order][:, order]),
    )


def _counted(points: NDArray[np.float64], model: Model) -> tuple[NDArray[np.int64], float]:
    """Return the voxels of each class, and the mean log-likelihood per voxel."""
    densities = densities_of(model)
    counts, total = np.zeros(model.components, dtype=np.int64), 0.0
    for part in parts(len(points)):
        joint = densities(points[part])
        counts += np.bincount(largest(joint), minlength=model.components)
        total += float(exponentiated(joint)[1].sum())
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
    few = cells.some(FEW)
    short = ExpectationMaximisation(few, recipe.covariance, floor)
    random = check_random_state(recipe.seed)
    best: Mixture | None = None
    rough = max(ROUGH, recipe.tolerance) if recipe.starts > 1 else recipe.tolerance
    for _ in range(recipe.starts):
        start = started(few, recipe.components, random)
        with suppress(np.linalg.LinAlgError):
            found = short.run(short.first(start), rough)
            if best is None or found.log_likelihood > best.log_likelihood:
                best = found
    try:
        if best is not None:
            if few is cells and rough == recipe.tolerance:
                return best
            em = ExpectationMaximisation(cells, recipe.covariance, floor)
            return em.run(best, recipe.tolerance)
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
    points: NDArray[np.float64], em: ExpectationMaximisation, found: Mixture, recipe: Recipe
) -> Mixture:
    """Lead a mixture of some points on to that of all.

    Raises
    ------
    FitError
        If a covariance becomes singular.
    """
    converged, iterations = False, found.iterations
    try:
        sums, likelihood = em.visited(points, found)
        for _ in range(MOST_VISITS):
            em.defect = 0.0
            em.defect = sums - em.expected(found)[0]
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


def _led(em: ExpectationMaximisation, step: Mixture, tolerance: float) -> Mixture:
    """Return where the cells lead a mixture, or itself if that has no covariance."""
    try:
        return em.run(step, tolerance, most=LED_ITERATIONS)
    except np.linalg.LinAlgError:
        return step
