"""Maps of a model: the class of each voxel, and its probability."""

import numpy as np
from numpy.typing import NDArray

from dashboard.core.domain import WHOLE
from dashboard.core.mixture import assignment
from dashboard.core.mixture.densities import largest
from dashboard.core.mixture.features import Features
from dashboard.core.mixture.model import Model


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
    found = np.full(features.mask.shape, np.nan)
    found[features.mask] = assignment.certainty(model, points(model, features))
    return found


def certainty_range(components: int) -> tuple[float, float]:
    """Return the least and the greatest certainty; of one component all voxels are certain."""
    return (1 / components if components > 1 else 0.0), 1.0


def points(model: Model, features: Features) -> NDArray[np.float64]:
    """Return the foreground of the fitted images in the model's units, shape (voxels, images)."""
    if features.domain == model.domain:
        return features.points
    # A model of another domain has its own scale.
    scaled: NDArray[np.float64] = features.values[:, : features.mixed] - model.scale.offset
    scaled /= model.scale.factor
    return scaled
