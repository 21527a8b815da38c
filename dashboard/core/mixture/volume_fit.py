"""The Gaussian mixture of a whole head, by EM on the cells of its joint intensities.

A step of EM visits some ten thousand cells instead of a million voxels (`em`). All voxels of a cell
share its responsibilities. With three and more images cells would be too wide for that, so some
voxels stand for all. What a visit to all voxels finds beyond them is added to the M-steps until the
next visit (defect correction: Stetter 1978), so that the steps keep to the path of EM on all voxels
and rest where that does.
"""

from contextlib import suppress
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from sklearn.utils import check_random_state

from dashboard.core.domain import WHOLE
from dashboard.core.errors import FitError
from dashboard.core.mixture.assignment import densities_of, regularised
from dashboard.core.mixture.cells import Cells
from dashboard.core.mixture.densities import counts_of, exponentiated, largest, parts
from dashboard.core.mixture.em import MOST_ITERATIONS, ROUGH, ExpectationMaximisation, Mixture
from dashboard.core.mixture.features import Features
from dashboard.core.mixture.model import Model
from dashboard.core.mixture.partial_volume import PartialVolume
from dashboard.core.mixture.recipe import Recipe
from dashboard.core.mixture.scaling import LinearScale
from dashboard.core.mixture.slice_fit import SINGULAR, checked, floor

# Of voxels that stand for all, so many are enough to tell starts apart: a class of 1 % has 100.
FEW = 2**14
# Steps between two visits to all voxels, as a share of those so far.
BETWEEN_VISITS = 1 / 3
# The iterations of a run of one step: it counts its start.
FIRST = 2


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
        As `checked`, or if a covariance becomes singular.
    """
    points, scale = checked(features, recipe)
    least = floor(points, recipe)
    em, found = _begun(features.partition(), recipe, floor=least)
    run = rested if features.partition().fine else partial(followed, points)
    found = run(em, found, recipe)
    model = _model(em, found, recipe, scale, voxels=len(points), floor=least)
    counts, likelihood = _counted(points, model)
    if recipe.prior:
        classes = largest(regularised(model, features))
        counts = counts_of(classes, model.components - 1)
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
    em, found = _begun(features.partition(), recipe, floor=least)
    return _model(em, rested(em, found, recipe), recipe, scale, voxels=len(points), floor=least)


def _begun(
    cells: Cells, recipe: Recipe, *, floor: float
) -> tuple[ExpectationMaximisation, Mixture]:
    """Return the EM of a recipe on cells, and the mixture that it begins with."""
    best = best_start(cells, recipe, floor=floor)
    if not recipe.partial_volume or recipe.components == 1:
        return ExpectationMaximisation(cells, recipe.covariance, floor), best
    em = PartialVolume(cells, recipe.components, floor)
    tissues = ExpectationMaximisation(cells, recipe.covariance, floor)
    return em, em.begun(rested(tissues, best, recipe))


def rested(em: ExpectationMaximisation, found: Mixture, recipe: Recipe) -> Mixture:
    """Return where a mixture's likelihood rests on cells.

    Raises
    ------
    FitError
        If a covariance becomes singular.
    """
    if found.converged:
        return found
    try:
        run = em.run(found, recipe.tolerance)
        return replace(run, iterations=found.iterations + run.iterations)
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


def best_start(cells: Cells, recipe: Recipe, *, floor: float) -> Mixture:
    """Return the best of some starts, each run a little on some of the cells.

    It is converged if that was on all cells, and to the recipe's tolerance.

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
    for _ in range(recipe.starts):
        start = started(few, recipe.components, random)
        with suppress(np.linalg.LinAlgError):
            found = short.run(short.first(start), max(ROUGH, recipe.tolerance))
            if best is None or found.log_likelihood > best.log_likelihood:
                best = found
    if best is None:
        raise FitError(SINGULAR.format(recipe.components))
    is_end = few is cells and recipe.tolerance >= ROUGH
    return replace(best, converged=best.converged and is_end)


def started(cells: Cells, components: int, random: np.random.RandomState) -> NDArray[np.float64]:
    """Return responsibilities of 0 and 1 from k-means++ and k-means, shape (components, cells)."""
    if components == 1:
        return np.ones((1, len(cells.counts)))
    means = KMeans(components, n_init=1, random_state=random)
    found = means.fit(cells.means, sample_weight=cells.counts).labels_
    return np.asarray(np.arange(components)[:, None] == found, dtype=np.float64)


def followed(
    points: NDArray[np.float64], em: ExpectationMaximisation, found: Mixture, recipe: Recipe
) -> Mixture:
    """Follow the path of EM on all points, from a mixture until the likelihood rests.

    The steps run over some points. A visit to all of them finds what these leave out: at each of
    the first steps, then less and less often, since the steps become shorter. The path ends where a
    step right after a visit gains less than the tolerance. Steps that lead to a lower likelihood,
    or to none, are taken back, and the next visits come sooner; one right after a visit never does.

    Raises
    ------
    FitError
        If a covariance becomes singular.
    """
    share, steps, iterations = BETWEEN_VISITS, 1, found.iterations
    try:
        sums, likelihood = em.visited(points, found)
        while iterations < MOST_ITERATIONS:
            em.defect = 0.0
            em.defect = sums - em.expected(found)[0]
            led = _led(em, found, recipe.tolerance, steps)
            if led and led.converged and led.iterations == FIRST:
                return replace(led, log_likelihood=likelihood, iterations=iterations + 1)
            after = em.visited(points, led) if led else None
            if led is None or after is None or (after[1] < likelihood and steps > 1):
                share, steps = share / 4, 1
                continue
            found, (sums, likelihood) = led, after
            iterations += led.iterations - 1
            steps = max(1, round(iterations * share))
    except np.linalg.LinAlgError:
        raise FitError(SINGULAR.format(recipe.components)) from None
    return replace(found, log_likelihood=likelihood, iterations=iterations, converged=False)


def _led(
    em: ExpectationMaximisation, found: Mixture, tolerance: float, steps: int
) -> Mixture | None:
    """Return where some steps lead a mixture; None if several lead to a singular covariance."""
    try:
        return em.run(found, tolerance, most=steps + 1)
    except np.linalg.LinAlgError:
        if steps == 1:
            raise
        return None
