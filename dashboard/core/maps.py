"""What a model says of the voxels that are looked at."""

import numpy as np
from numpy.typing import NDArray

from dashboard.core.mixture import assignment
from dashboard.core.mixture.features import Features
from dashboard.core.mixture.model import Model


def labels(model: Model, features: Features) -> NDArray[np.uint8]:
    """Return the label map, the shape of the features' mask: 0 is background, 1..K the classes."""
    found = np.zeros(features.mask.shape, dtype=np.uint8)
    found[features.mask] = assignment.assign(model, points(model, features))
    return found


def posterior(model: Model, features: Features, part: slice = slice(None)) -> NDArray[np.float64]:
    """Return the probability of each class in (some of) the foreground voxels.

    Returns
    -------
    ndarray, shape (voxels, components)
    """
    return assignment.posterior(model, points(model, features)[part])


def points(model: Model, features: Features) -> NDArray[np.float64]:
    """Return the mixed images' foreground in the units of a model, shape (voxels, images).

    A model of another domain brings its own scale.
    """
    if features.domain == model.domain:
        return features.points
    scaled: NDArray[np.float64] = features.values[:, : features.mixed] - model.scale.offset
    scaled /= model.scale.factor
    return scaled
