"""Which class of one fit is which class of another.

Classes are numbered by their mean, so that another slice, seed or number of components may give a
tissue another number. What stays is where its Gaussian lies, in the images' own units.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cholesky, solve_triangular
from scipy.optimize import linear_sum_assignment

from dashboard.core.mixture.model import Model

# A class farther than this from every other one is like none of them. The scale: 0 is the same
# Gaussian, 1 one that has nothing in common with it; two of one shape are 0.5 apart if their means
# are 2.4 SD apart. The browser has the same number (assets/client/matching.mjs).
NEW = 0.5

# For each class, counted from 0, the class that it is; None for one that is like none.
Kin = tuple[int | None, ...]


def distances(now: Model, before: Model) -> NDArray[np.float64]:
    """Return the squared Hellinger distance of each class to each of another fit, 0 to 1.

    One minus the Bhattacharyya coefficient of two Gaussians (Pardo 2006, Statistical Inference
    Based on Divergence Measures, p. 46), in the images' own units.

    Parameters
    ----------
    now, before : Model
        Fits of the same images.

    Returns
    -------
    ndarray, shape (components of `now`, components of `before`)
    """
    found = np.empty((now.components, before.components))
    others = list(zip(*_gaussians(before), strict=True))
    for i, (mean, covariance) in enumerate(zip(*_gaussians(now), strict=True)):
        for j, (other, spread) in enumerate(others):
            root = cholesky((covariance + spread) / 2, lower=True)
            apart = solve_triangular(root, mean - other, lower=True)
            own = (_half_log_determinant(covariance) + _half_log_determinant(spread)) / 2
            common = np.exp(own - np.log(np.diag(root)).sum() - apart @ apart / 8)
            found[i, j] = max(0.0, 1 - common)
    return found


def kin(now: Model, before: Model) -> Kin:
    """Return the class before that each class is: the assignment with the least sum of distances.

    A class that is farther than `NEW` from those that are left is none of them.
    """
    costs = distances(now, before)
    nothing = np.full((now.components, now.components), NEW)
    _, columns = linear_sum_assignment(np.hstack([costs, nothing]))
    return tuple(int(column) if column < before.components else None for column in columns)


def renumbered(model: Model, was: Kin) -> Model:
    """Return a model whose classes have the numbers of their kin; the others the numbers left."""
    free = iter(sorted(set(range(model.components)) - set(was)))
    numbers = [next(free) if one is None else one for one in was]
    order = np.argsort(numbers)
    return replace(
        model,
        weights=model.weights[order],
        means=model.means[order],
        covariances=model.covariances[order],
        order=model.order[order],
        counts=model.counts[order],
    )


def identities(model: Model, anchor: Model) -> tuple[int, ...]:
    """Return the identity 1, 2, ... of each class: that of its kin, or one that the anchor lacks.

    Fits of several numbers of components, or from several seeds, share the identities that they
    have in common with one anchor. With at most as many components as the anchor, a class that is
    none of the anchor's takes an identity beyond it.
    """
    was = kin(model, anchor)
    beyond = iter(range(anchor.components + 1, anchor.components + model.components + 1))
    return tuple(next(beyond) if one is None else one + 1 for one in was)


def _gaussians(model: Model) -> tuple[Sequence[NDArray[np.float64]], ...]:
    return (
        list(model.scale.means(model.means)),
        list(model.scale.covariances(model.covariances)),
    )


def _half_log_determinant(covariance: NDArray[np.float64]) -> float:
    return float(np.log(np.diag(cholesky(covariance, lower=True))).sum())
