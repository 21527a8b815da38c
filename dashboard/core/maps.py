"""Maps of a model: the class of each voxel, how probable each class is, how uncertain all are."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.special import entr

from dashboard.core import sampling
from dashboard.core.mixture import assignment
from dashboard.core.mixture.features import Features, precision
from dashboard.core.mixture.model import Model

# Voxels whose posteriors are kept at once: 20 MB with 10 components.
CHUNK = 2**18

# The probability of each class in a part of the foreground, shape (voxels, components).
Posterior = Callable[[slice], NDArray[np.float64]]


def labels(model: Model, features: Features) -> NDArray[np.uint8]:
    """Return the label map in the shape of the features' mask: 0 is background, 1..K classes."""
    found = np.zeros(features.mask.shape, dtype=np.uint8)
    found[features.mask] = assignment.assign(model, points(model, features))
    return found


def posterior(model: Model, features: Features, part: slice = slice(None)) -> NDArray[np.float64]:
    """Return the probability of each class in foreground voxels, shape (voxels, components)."""
    return assignment.posterior(model, points(model, features, part))


def certainty(posterior: Posterior, features: Features) -> NDArray[np.float64]:
    """Return the probability of each voxel's class in the shape of the features' mask.

    It lies between 1 / K and 1, and is NaN in the background.
    """
    return _of_each(lambda part: posterior(part).max(axis=1), features)


def probability(posterior: Posterior, features: Features, number: int) -> NDArray[np.float64]:
    """Return the probability of one class, 1..K, in the shape of the features' mask.

    It lies between 0 and 1, and is NaN in the background.
    """
    return _of_each(lambda part: posterior(part)[:, number - 1], features)


def uncertainty(posterior: Posterior, features: Features) -> NDArray[np.float64]:
    """Return the normalised entropy of the posterior in the shape of the features' mask.

    It is Shannon's entropy, -sum p ln p, divided by ln K: 0 if one class has probability 1, and 1
    if all K have the same. Of one component there is none. It is NaN in the background.
    """

    def share(part: slice) -> NDArray[np.float64]:
        shares = posterior(part)
        entropy: NDArray[np.float64] = entr(shares).sum(axis=1)
        entropy /= np.log(max(shares.shape[1], 2))
        return entropy

    return _of_each(share, features)


def disagreement(posterior: Posterior, other: Posterior, features: Features) -> NDArray[np.float64]:
    """Return how far two posteriors are apart in the shape of the features' mask.

    It is the total variation distance, half the sum of the absolute differences: 0 where both give
    each class the same probability, 1 where they give all of it to different classes. NaN in the
    background. Class k of one stands for class k of the other.
    """
    return _of_each(lambda part: np.abs(posterior(part) - other(part)).sum(axis=1) / 2, features)


def _of_each(of: Callable[[slice], NDArray[np.float64]], features: Features) -> NDArray[np.float64]:
    """Return a number of each foreground voxel in the shape of the mask, NaN in the background."""
    mask = features.mask
    found, start = np.full(mask.shape, np.nan), 0
    # By rows, so that no second array as large is made.
    for rows in sampling.parts(len(mask), max(1, CHUNK * len(mask) // mask.size)):
        inside = mask[rows]
        end = start + int(np.count_nonzero(inside))
        if end > start:
            found[rows][inside] = of(slice(start, end))
        start = end
    return found


def certainty_range(components: int) -> tuple[float, float]:
    """Return the least and the greatest certainty; of one component all voxels are certain."""
    return (1 / components if components > 1 else 0.0), 1.0


def points(model: Model, features: Features, part: slice = slice(None)) -> NDArray[np.float64]:
    """Return the foreground of the fitted images in the model's units, shape (voxels, images)."""
    if features.domain == model.domain:
        return features.points[part]
    # A model of the whole head has its own scale, and the precision in which it was fitted.
    mixed = slice(features.mixed)
    values = features.values[part, mixed].astype(precision(features.volumes), copy=False)
    return model.scale.apply(values)
