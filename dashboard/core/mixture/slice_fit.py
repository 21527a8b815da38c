"""The Gaussian mixture of scaled intensities, with classes in a stable order."""

import math
import warnings
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture
from sklearn.utils import check_random_state

from dashboard.core import sampling
from dashboard.core.domain import Cut, Domain
from dashboard.core.errors import FitError
from dashboard.core.mixture import assignment
from dashboard.core.mixture.densities import counts_of, mean_log_likelihood
from dashboard.core.mixture.features import Features
from dashboard.core.mixture.model import Model
from dashboard.core.mixture.recipe import Recipe
from dashboard.core.mixture.scaling import LinearScale
from dashboard.core.steps import take_step

# Images that correlate more than this are copies: their covariance is singular.
MAX_CORRELATION = 1 - 1e-7
# Added to all variances: scikit-learn's default, meant for scaled intensities.
FLOOR = 1e-6
# The same for unscaled intensities, as a share of the smallest variance of an image, so that their
# unit does not matter: what scikit-learn's default is to an image with an SD of about 300.
UNSCALED_FLOOR = 1e-11
# Enough for the lesson's tolerance. Where components overlap, the gain of an iteration shrinks with
# the square of their number: a hundredth of the tolerance may take ten times as many.
ITERATIONS, USUAL_TOLERANCE = 100, 1e-3
# What a fit that begins from the whole head's does not go beyond: with more iterations the classes
# drift to other tissues. Of the slices of an MS head with four images, all keep them at this
# tolerance, nine in ten at the lesson's.
CONTINUED_TOLERANCE = 1e-2
# Voxels times iterations times starts, beyond which iterations are not added: about a minute.
MOST_WORK = 2**27
# Larger domains than `assignment.MAX_WHOLE_VOXELS` are fitted to a subset of this size, which
# gives means to about 0.3 % of their component's SD.
SUBSET_VOXELS = 2**18

# `converged` reports it, and repeated points are refused before the fit. Set once per process,
# because all threads share the filters.
warnings.filterwarnings("ignore", category=ConvergenceWarning)

SINGULAR = (
    "{} components cannot be fitted: a covariance became singular. Use fewer components, the "
    "covariance type diag, or standard scaling."
)

Pause = Callable[[], object]


def fit(features: Features, recipe: Recipe, *, start: Model | None = None) -> Model:
    """Fit the mixture of a recipe to the features of a domain.

    Parameters
    ----------
    features : Features
    recipe : Recipe
    start : Model, optional
        Where EM begins, in the scale of the features and with the recipe's components.

    Raises
    ------
    FitError
        As `checked`, or if a covariance becomes singular.
    """
    points, scale = checked(features, recipe)
    return fit_points(points, recipe, domain=features.domain, scale=scale, start=start)


def checked(features: Features, recipe: Recipe) -> tuple[NDArray[np.float64], LinearScale]:
    """Return the points to fit, and their scale.

    Raises
    ------
    FitError
        If there are too few voxels, too few distinct intensities, or copies among the images.
    """
    if features.scale is None:
        raise FitError(features.problem or "")
    _require_variety(features, recipe.components)
    return features.points, features.scale.first(features.mixed)


def fit_points(
    points: NDArray[np.float64],
    recipe: Recipe,
    *,
    domain: Domain,
    scale: LinearScale,
    start: Model | None = None,
    pause: Pause = lambda: None,
) -> Model:
    """Fit ``GaussianMixture(components, covariance_type=covariance, random_state=seed)``.

    With the tolerance as ``tol`` and the starts as ``n_init``.

    If there are more than `assignment.MAX_WHOLE_VOXELS` voxels, every n-th is fitted, and all are
    then assigned to their most probable component.

    Parameters
    ----------
    points : ndarray, shape (voxels, images)
        Scaled intensities in storage order, which the random start depends on.
    domain : Cut or WHOLE
        Where the voxels are.
    scale : LinearScale
        From intensities to `points`.
    start : Model, optional
        Where EM begins, instead of at random. Class k is then what became of its class k.
    pause : callable
        Called before each start.

    Returns
    -------
    Model
        `assign` gives the partition of scikit-learn's ``fit_predict``, voxel for voxel and
        renumbered; for a subset, that of ``fit(points[::n]).predict(points)``.

    Raises
    ------
    FitError
        If a covariance becomes singular.
    """
    components = recipe.components
    chosen = points[:: spacing(len(points))]
    if start is None:
        estimator, labels = _best(chosen, recipe, pause)
        order = np.argsort(estimator.means_[:, 0], kind="stable")
    else:
        estimator, labels = _continued(chosen, recipe, start)
        order = np.arange(components)
    weights, means = estimator.weights_[order], estimator.means_[order]
    covariances = _full_covariances(estimator)[order]
    model = Model(
        recipe=recipe,
        domain=domain,
        scale=scale,
        weights=weights,
        means=means,
        covariances=covariances,
        order=order,
        counts=np.bincount(labels, minlength=components)[order],
        fitted_voxels=len(chosen),
        log_likelihood=mean_log_likelihood(points, weights, means, covariances),
        iterations=int(estimator.n_iter_),
        converged=bool(estimator.converged_),
        floor=estimator.reg_covar,
    )
    if len(chosen) == len(points):
        return model
    classes = assignment.assign(model, points)
    return replace(model, counts=counts_of(classes, components)[1:])


def _best(
    points: NDArray[np.float64], recipe: Recipe, pause: Pause
) -> tuple[GaussianMixture, NDArray[np.int64]]:
    """Return the start with the highest likelihood, as ``n_init`` chooses it, and its labels.

    Where scikit-learn gives up, because a covariance became singular, the other starts count.
    """
    # All starts draw from one generator, as scikit-learn's do: the first is that of a single start.
    random = check_random_state(recipe.seed)
    best = None
    for _ in range(recipe.starts):
        pause()
        estimator = _estimator(points, recipe, random_state=random)
        # Its numbers overflow with intensities near 0 that are not scaled.
        with suppress(ValueError, FloatingPointError), np.errstate(over="ignore"):
            labels = estimator.fit_predict(points)
            if best is None or estimator.lower_bound_ > best[0].lower_bound_:
                best = estimator, labels
    if best is None:
        raise FitError(SINGULAR.format(recipe.components))
    return best


def _continued(
    points: NDArray[np.float64], recipe: Recipe, start: Model
) -> tuple[GaussianMixture, NDArray[np.int64]]:
    """Return what EM makes of a model, and its labels."""
    estimator = _estimator(
        points,
        continued(recipe),
        random_state=recipe.seed,
        init_params="random_from_data",  # the cheapest; what follows takes its place
        weights_init=start.weights,
        means_init=start.means,
        precisions_init=assignment.precisions(start),
    )
    try:
        return estimator, estimator.fit_predict(points)
    except (ValueError, FloatingPointError):
        raise FitError(SINGULAR.format(recipe.components)) from None


def continued(recipe: Recipe) -> Recipe:
    """Return the recipe of a fit that begins from the whole head's: it stops sooner."""
    return replace(recipe, tolerance=max(recipe.tolerance, CONTINUED_TOLERANCE))


class _Mixture(GaussianMixture):  # type: ignore[misc]  # scikit-learn has no types
    """scikit-learn's mixture, whose fit can be ended."""

    def _e_step(self, *arguments: Any, **named: Any) -> Any:
        take_step()
        return super()._e_step(*arguments, **named)


def _estimator(points: NDArray[np.float64], recipe: Recipe, **beginning: Any) -> GaussianMixture:
    return _Mixture(
        recipe.components,
        covariance_type=recipe.covariance,
        tol=recipe.tolerance,
        max_iter=most_iterations(recipe, len(points)),
        reg_covar=floor(points, recipe),
        **beginning,
    )


def floor(points: NDArray[np.float64], recipe: Recipe) -> float:
    """Return what the fit adds to every variance, scikit-learn's `reg_covar`."""
    if recipe.scaling != "none":
        return FLOOR
    variances = points.var(axis=0)
    spread = variances[variances > 0]
    return UNSCALED_FLOOR * float(spread.min()) if spread.size else FLOOR


def most_iterations(recipe: Recipe, voxels: int) -> int:
    """Return the most iterations of a start."""
    wanted = round(ITERATIONS * math.sqrt(USUAL_TOLERANCE / recipe.tolerance))
    return max(ITERATIONS, min(wanted, MOST_WORK // (voxels * recipe.starts)))


def spacing(voxels: int) -> int:
    """Return n if every n-th voxel is fitted."""
    if voxels <= assignment.MAX_WHOLE_VOXELS:
        return 1
    return sampling.step(voxels, SUBSET_VOXELS)


def _require_variety(features: Features, components: int) -> None:
    """Refuse voxels that scikit-learn would fit without a warning, or crash on."""
    points = features.points[:: spacing(len(features.points))]
    names = [volume.label for volume in features.volumes]
    another = "another slice, " if isinstance(features.domain, Cut) else ""
    least = max(components, 2)
    if len(points) < least:
        raise FitError(
            f"Only {len(points)} foreground {'voxel' if len(points) == 1 else 'voxels'} for "
            f"{components} components. Choose {another}another foreground, or fewer components."
        )
    if len(np.unique(points[:, 0])) < least:
        distinct = len(np.unique(points, axis=0))
        if distinct < least:
            raise FitError(
                f"The foreground has only {distinct} distinct intensity "
                f"{'value' if distinct == 1 else 'values'}, too few for {components} components. "
                f"Choose {another}other images, or fewer components."
            )
    for first, second in combinations(range(points.shape[1]), 2):
        if are_copies(points[:, first], points[:, second]):
            raise FitError(
                f"{names[first]} and {names[second]} are identical up to scale in these voxels, so "
                "they cannot be fitted together. Choose other images."
            )


def are_copies(first: NDArray[np.float64], second: NDArray[np.float64]) -> bool:
    """Return whether one image's intensities are a linear function of another's.

    A constant image is a copy of none.
    """
    first, second = first - first.mean(), second - second.mean()
    norm = np.linalg.norm(first) * np.linalg.norm(second)
    return bool(norm > 0 and abs(first @ second) / norm > MAX_CORRELATION)


def _full_covariances(estimator: GaussianMixture) -> NDArray[np.float64]:
    components, images = estimator.means_.shape
    given = estimator.covariances_
    if estimator.covariance_type == "full":
        return np.asarray(given)
    if estimator.covariance_type == "tied":
        return np.repeat(given[None], components, axis=0)
    diagonals = given[:, None].repeat(images, axis=1) if given.ndim == 1 else given
    return np.asarray(diagonals[:, :, None] * np.eye(images))
