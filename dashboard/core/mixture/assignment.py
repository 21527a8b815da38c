"""The class of each voxel under a model, and the probability of each class."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from sklearn.mixture import GaussianMixture
from sklearn.mixture._gaussian_mixture import _compute_precision_cholesky

from dashboard.core import sampling
from dashboard.core.domain import WHOLE
from dashboard.core.mixture.densities import CHUNK, Densities, largest, parts, shared
from dashboard.core.mixture.features import Features
from dashboard.core.mixture.mixels import MixelDensities
from dashboard.core.mixture.model import Model
from dashboard.core.mixture.prior import regularise
from dashboard.core.mixture.recipe import Covariance

# A CT slice of 1024 x 1024 is fitted whole, at about 0.5 s per iteration. Larger fits would take
# tens of seconds and gigabytes of memory.
MAX_WHOLE_VOXELS = 2**20


def assign(model: Model, points: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Return the most probable class 1..K of each voxel.

    Parameters
    ----------
    points : ndarray, shape (voxels, images)
        Intensities in the model's scaled units.

    Returns
    -------
    ndarray of uint8, shape (voxels,)
        For the voxels of a slice's fit, scikit-learn's ``fit_predict``, renumbered.
    """
    classes = np.empty(len(points), dtype=np.uint8)
    if model.domain is WHOLE:
        densities = densities_of(model)
        for part in parts(len(points)):
            classes[part] = largest(densities(points[part])) + 1
        return classes
    rank = np.empty(model.components, dtype=np.uint8)
    rank[model.order] = np.arange(1, model.components + 1)
    estimator = _estimator(model)
    for part in _parts(len(points)):
        classes[part] = rank[_log_shares(estimator, points[part]).argmax(axis=1)]
    return classes


def posterior(model: Model, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the probability of each class, shape (voxels, components); rows sum to 1."""
    shares = np.empty((len(points), model.components))
    for part, found in _shares(model, points):
        shares[part] = found
    return shares


def regularised(model: Model, features: Features) -> NDArray[np.float32]:
    """Return the probability of each class of a whole head under the recipe's spatial prior.

    Parameters
    ----------
    model : Model
        Of the whole head.
    features : Features
        Of the domain of the model.

    Returns
    -------
    ndarray of float32, shape (components, foreground voxels)
        Columns sum to 1.
    """
    points, densities = features.points, densities_of(model)
    logs = np.empty((model.components, len(points)), dtype=np.float32)
    for part in parts(len(points)):
        joint = densities(points[part])
        logs[:, part] = joint - joint.max(axis=0)
    size = features.volumes[0].voxel_size
    return regularise(logs, features.mask, model.recipe.prior, size)


def densities_of(model: Model) -> Densities | MixelDensities:
    """Return the log-densities of a model's classes."""
    if model.between is not None:
        return MixelDensities(model.weights, model.means, model.covariances, model.between)
    return Densities(model.weights, model.means, model.covariances)


def _shares(
    model: Model, points: NDArray[np.float64]
) -> Iterator[tuple[slice, NDArray[np.float64]]]:
    """Yield the probabilities of all classes, some voxels at a time."""
    if model.domain is WHOLE:
        densities = densities_of(model)
        for part in parts(len(points)):
            joint = densities(points[part])
            shared(joint)
            yield part, joint.T
        return
    estimator = _estimator(model)
    for part in _parts(len(points)):
        yield part, np.exp(_log_shares(estimator, points[part]))[:, model.order]


def precisions(model: Model) -> NDArray[np.float64]:
    """Return the inverse covariances in scikit-learn's shape for their type; class 1 first."""
    kind = model.recipe.covariance
    own = _own_covariances(model.covariances, kind)
    return np.asarray(np.linalg.inv(own) if kind in ("full", "tied") else 1 / own)


def _estimator(model: Model) -> GaussianMixture:
    """Return a model as scikit-learn's mixture, with its order of the components."""
    kind = model.recipe.covariance
    own = np.argsort(model.order)
    estimator = GaussianMixture(model.components, covariance_type=kind)
    estimator.weights_, estimator.means_ = model.weights[own], model.means[own]
    estimator.covariances_ = _own_covariances(model.covariances[own], kind)
    estimator.precisions_cholesky_ = _compute_precision_cholesky(estimator.covariances_, kind)
    return estimator


def _own_covariances(full: NDArray[np.float64], kind: Covariance) -> NDArray[np.float64]:
    """Return covariances in scikit-learn's shape for their type."""
    if kind == "full":
        return full
    if kind == "tied":
        return np.asarray(full[0])
    diagonals = np.diagonal(full, axis1=1, axis2=2).copy()
    return diagonals if kind == "diag" else diagonals[:, 0].copy()


def _log_shares(estimator: GaussianMixture, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the logarithms of the responsibilities, as ``fit_predict`` compares them.

    ``predict`` compares joint densities instead, which may round otherwise.
    """
    shares: NDArray[np.float64] = estimator._estimate_log_prob_resp(points)[1]
    return shares


def _parts(voxels: int) -> Iterator[slice]:
    """Return slices to compute at once: all that was fitted at once, so that it rounds alike."""
    size = voxels if voxels <= MAX_WHOLE_VOXELS else CHUNK
    return sampling.parts(voxels, max(size, 1))
