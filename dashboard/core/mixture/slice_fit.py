"""The Gaussian mixture of scaled intensities, with classes in a stable order."""

import warnings
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cholesky, solve_triangular
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture

from dashboard.core import sampling
from dashboard.core.domain import Domain
from dashboard.core.errors import CopiesError, FitError
from dashboard.core.mixture import assignment
from dashboard.core.mixture.features import Features
from dashboard.core.mixture.model import Model
from dashboard.core.mixture.recipe import Recipe
from dashboard.core.mixture.scaling import LinearScale

# Part of what a model is found by: another number when the same voxels give other numbers.
METHOD = 1
# Images that correlate more than this carry one image's information: their covariance is singular.
MAX_CORRELATION = 1 - 1e-7
# What domains beyond `assignment.MAX_WHOLE_VOXELS` are fitted by: means are then known to some
# 0.3 % of their component's SD.
SUBSET_VOXELS = 2**18

# Reported as `converged` and, for repeated points, found before the fit. Once for the process:
# filters are shared by all threads, and fits that set their own would have to wait for each other.
warnings.filterwarnings("ignore", category=ConvergenceWarning)


Fit = Callable[[Features, Recipe], Model]


def fit(features: Features, recipe: Recipe) -> Model:
    """Fit the mixture of a recipe to the features of a domain.

    Raises
    ------
    FitError
        If they cannot carry it.
    """
    if features.scale is None:
        raise FitError(features.problem)
    scale = features.scale.first(features.mixed)
    return fit_points(features.points, recipe, domain=features.domain, scale=scale)


def fit_points(
    points: NDArray[np.float64], recipe: Recipe, *, domain: Domain, scale: LinearScale
) -> Model:
    """Fit ``GaussianMixture(components, covariance_type=covariance, random_state=seed)``.

    More than `assignment.MAX_WHOLE_VOXELS` voxels are fitted by every n-th of them, and all are
    then assigned to their likeliest component.

    Parameters
    ----------
    points : ndarray, shape (voxels, images)
        Scaled intensities in storage order, which the random start depends on.
    domain : Cut or WHOLE
        Where the voxels are.
    scale : LinearScale
        What they were scaled by.

    Returns
    -------
    Model
        `assign` gives the partition of scikit-learn's ``fit_predict``, voxel for voxel,
        renumbered; of more voxels than are fitted, that of ``fit(points[::n]).predict(points)``.

    Raises
    ------
    FitError
        If the voxels are too few or too alike for the components.
    """
    components = recipe.components
    chosen = points[:: spacing(len(points))]
    _require_variety(chosen, components)
    estimator = GaussianMixture(
        components, covariance_type=recipe.covariance, random_state=recipe.seed
    )
    try:
        labels = estimator.fit_predict(chosen)
    except (ValueError, FloatingPointError):
        raise FitError(
            f"{components} components do not fit these voxels (a covariance became singular). "
            "Use fewer components, the covariance type diag, or standard scaling."
        ) from None
    order = np.argsort(estimator.means_[:, 0], kind="stable")
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
        log_likelihood=_log_likelihood(points, weights, means, covariances),
        iterations=int(estimator.n_iter_),
        converged=bool(estimator.converged_),
    )
    if len(chosen) == len(points):
        return model
    classes = assignment.assign(model, points)
    return replace(model, counts=np.bincount(classes, minlength=components + 1)[1:])


def spacing(voxels: int) -> int:
    """Return n, where every n-th of so many voxels is fitted."""
    if voxels <= assignment.MAX_WHOLE_VOXELS:
        return 1
    return sampling.step(voxels, SUBSET_VOXELS)


def _require_variety(scaled: NDArray[np.float64], components: int) -> None:
    """Refuse what scikit-learn would "fit" without complaint, or with a traceback."""
    if len(scaled) < max(components, 2):
        raise FitError(
            f"Only {len(scaled)} foreground voxels for {components} components. "
            "Choose another slice, a wider foreground rule, or fewer components."
        )
    if len(np.unique(scaled[:, 0])) < max(components, 2):
        distinct = len(np.unique(scaled, axis=0))
        if distinct < max(components, 2):
            raise FitError(
                f"The foreground has only {distinct} distinct intensity "
                f"{'value' if distinct == 1 else 'values'}, too few for {components} components. "
                "Use fewer components or another slice."
            )
    for first in range(scaled.shape[1]):
        for second in range(first + 1, scaled.shape[1]):
            if are_copies(scaled[:, first], scaled[:, second]):
                raise CopiesError(first, second)


def are_copies(first: NDArray[np.float64], second: NDArray[np.float64]) -> bool:
    """Return whether one image's intensities are a linear function of another's."""
    return _correlation(first, second) > MAX_CORRELATION


def _correlation(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    """Return the absolute correlation of two images; 0 where one of them is constant."""
    first, second = first - first.mean(), second - second.mean()
    norm = np.linalg.norm(first) * np.linalg.norm(second)
    return float(abs(first @ second) / norm) if norm > 0 else 0.0


def _full_covariances(estimator: GaussianMixture) -> NDArray[np.float64]:
    components, images = estimator.means_.shape
    given = estimator.covariances_
    if estimator.covariance_type == "full":
        return np.asarray(given)
    if estimator.covariance_type == "tied":
        return np.repeat(given[None], components, axis=0)
    diagonals = given[:, None].repeat(images, axis=1) if given.ndim == 1 else given
    return np.asarray(diagonals[:, :, None] * np.eye(images))


def _log_likelihood(
    points: NDArray[np.float64],
    weights: NDArray[np.float64],
    means: NDArray[np.float64],
    covariances: NDArray[np.float64],
) -> float:
    """Return the mean log-likelihood of the voxels, in nats.

    What scikit-learn's ``score`` returns to rounding, in a fraction of its time.
    """
    total = 0.0
    for start in range(0, len(points), assignment.CHUNK):
        part = points[start : start + assignment.CHUNK]
        joint = np.empty((len(weights), len(part)))
        for k, (mean, covariance) in enumerate(zip(means, covariances, strict=True)):
            root = cholesky(covariance, lower=True)
            whiten = solve_triangular(root, np.eye(len(mean)), lower=True)
            distance = whiten @ (part - mean).T
            log_norm = np.log(np.diag(root)).sum() + len(mean) / 2 * np.log(2 * np.pi)
            joint[k] = np.log(weights[k]) - log_norm - (distance**2).sum(axis=0) / 2
        largest = joint.max(axis=0)
        total += float((np.log(np.exp(joint - largest).sum(axis=0)) + largest).sum())
    return total / len(points)
