"""Maps of a model: the class of each voxel, how probable each class is, how uncertain all are."""

import numpy as np
from numpy.typing import NDArray

from dashboard.core.domain import WHOLE
from dashboard.core.mixture import assignment
from dashboard.core.mixture.densities import largest
from dashboard.core.mixture.features import Features, precision
from dashboard.core.mixture.model import Model

# Voxels whose posteriors are kept at once: 20 MB with 10 components.
CHUNK = 2**18


def labels(model: Model, features: Features) -> NDArray[np.uint8]:
    """Return the label map in the shape of the features' mask: 0 is background, 1..K classes.

    Under the spatial prior, if the features are those of the whole head.
    """
    found = np.zeros(features.mask.shape, dtype=np.uint8)
    if model.recipe.prior and features.domain is WHOLE:
        found[features.mask] = largest(assignment.regularised(model, features)) + 1
        return found
    found[features.mask] = assignment.assign(model, points(model, features))
    return found


def posterior(model: Model, features: Features, part: slice = slice(None)) -> NDArray[np.float64]:
    """Return the probability of each class in foreground voxels, shape (voxels, components)."""
    return assignment.posterior(model, points(model, features)[part])


def probabilities(model: Model, features: Features) -> NDArray[np.float32]:
    """Return the probability of each class, under the spatial prior if the recipe has one.

    Parameters
    ----------
    features : Features
        Of the domain of the model.

    Returns
    -------
    ndarray of float32, shape (components, foreground voxels)
    """
    if model.recipe.prior and features.domain is WHOLE:
        return assignment.regularised(model, features)
    return assignment.posterior(model, features.points).T.astype(np.float32)


def certainty(model: Model, features: Features) -> NDArray[np.float64]:
    """Return the probability of each voxel's class in the shape of the features' mask.

    It lies between 1 / K and 1, and is NaN in the background.
    """
    return _filled(features, assignment.certainty(model, points(model, features)))


def probability(model: Model, features: Features, number: int) -> NDArray[np.float64]:
    """Return the probability of one class, 1..K, in the shape of the features' mask.

    It lies between 0 and 1, and is NaN in the background.
    """
    return _filled(features, assignment.probability(model, points(model, features), number))


def uncertainty(model: Model, features: Features) -> NDArray[np.float64]:
    """Return the normalised entropy of the posterior in the shape of the features' mask.

    It lies between 0 (one class is certain) and 1 (all are equally probable), and is NaN in the
    background.
    """
    return _filled(features, assignment.uncertainty(model, points(model, features)))


def disagreement(model: Model, other: Model, features: Features) -> NDArray[np.float64]:
    """Return how far the posteriors of two models are apart in the shape of the features' mask.

    It is the total variation distance, half the sum of the absolute differences: 0 where both give
    each class the same probability, 1 where they give all of it to different classes. NaN in the
    background. Class k of one model stands for class k of the other.
    """
    found = np.empty(len(features.values))
    for start in range(0, len(found), CHUNK):
        part = slice(start, start + CHUNK)
        apart = posterior(model, features, part) - posterior(other, features, part)
        found[part] = np.abs(apart).sum(axis=1) / 2
    return _filled(features, found)


def _filled(features: Features, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return foreground values in the shape of the mask, NaN in the background."""
    found = np.full(features.mask.shape, np.nan)
    found[features.mask] = values
    return found


def certainty_range(components: int) -> tuple[float, float]:
    """Return the least and the greatest certainty; of one component all voxels are certain."""
    return (1 / components if components > 1 else 0.0), 1.0


def points(model: Model, features: Features) -> NDArray[np.float64]:
    """Return the foreground of the fitted images in the model's units, shape (voxels, images)."""
    if features.domain == model.domain:
        return features.points
    # A model of the whole head has its own scale, and the precision in which it was fitted.
    mixed = slice(features.mixed)
    values = features.values[:, mixed].astype(precision(features.voxels), copy=False)
    return model.scale.apply(values)
