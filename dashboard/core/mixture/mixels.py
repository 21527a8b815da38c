"""Voxels that two tissues share, as Gaussians between those of the tissues.

A voxel of which one tissue fills a share has that share of its mean and the rest of the other's
(mixels: Choi, Haynor and Kim 1991; Laidlaw, Fleischer and Barr 1998). All shares are equally
frequent, and the noise is that of every tissue.
"""

import numpy as np
from numpy.typing import NDArray

from dashboard.core.mixture.densities import Densities, shared

# Shares between 0 and 1 that stand for all: noise hides steps of an eighth.
SHARES = 8

Array = NDArray[np.float64]


def fractions(between: Array) -> Array:
    """Return the share of each tissue in each Gaussian: those of the tissues, then those between.

    Parameters
    ----------
    between : ndarray, shape (tissues, tissues)
        Above the diagonal, more than 0 for two tissues that share voxels.

    Returns
    -------
    ndarray, shape (tissues + SHARES * pairs, tissues)
    """
    tissues = np.eye(len(between))
    share = ((np.arange(SHARES) + 0.5) / SHARES)[:, None]
    pairs = np.argwhere(np.triu(between, 1) > 0)
    mixed = [share * tissues[a] + (1 - share) * tissues[b] for a, b in pairs]
    return np.concatenate([tissues, *mixed])


def gaussians(weights: Array, means: Array, between: Array | None) -> tuple[Array, Array, Array]:
    """Return the Gaussians of a mixture, those between its tissues among them.

    Parameters
    ----------
    weights : ndarray, shape (tissues,)
        Each with half of what is between a tissue and others.
    means : ndarray, shape (tissues, images)
    between : ndarray, shape (tissues, tissues), or None
        As in `Model`.

    Returns
    -------
    shares : ndarray, shape (gaussians, tissues)
        As `fractions`.
    weights : ndarray, shape (gaussians,)
    means : ndarray, shape (gaussians, images)
    """
    if between is None:
        return np.eye(len(weights)), weights, means
    shares, mixed = fractions(between), between[np.triu(between, 1) > 0]
    pure = weights - (between + between.T).sum(axis=1) / 2
    return shares, np.concatenate([pure, np.repeat(mixed / SHARES, SHARES)]), shares @ means


class MixelDensities:
    """The logarithm of each tissue's expected part in the density of a voxel.

    As `Densities`, its sum over the tissues is the density.
    """

    def __init__(self, weights: Array, means: Array, covariances: Array, between: Array) -> None:
        self._fractions, weights, means = gaussians(weights, means, between)
        common = np.repeat(covariances[:1], len(weights), axis=0)
        self._densities = Densities(weights, means, common)

    def __call__(self, points: Array) -> Array:
        """Return the logarithms for points of shape (voxels, images): (tissues, voxels)."""
        joint = self._densities(points)
        logs = shared(joint)
        parts = np.full((self._fractions.shape[1], len(points)), np.finfo(np.float64).tiny)
        # Voxel by voxel, as a product of matrices is not to the last bit.
        for share, row in zip(self._fractions, joint, strict=True):
            for tissue in np.flatnonzero(share):
                parts[tissue] += share[tissue] * row
        return np.asarray(np.log(parts) + logs)
