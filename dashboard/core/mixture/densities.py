"""The weighted log-densities of a mixture, voxel by voxel."""

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cholesky, solve_triangular

from dashboard.core import sampling
from dashboard.core.steps import take_step

# Voxels computed at once: the densities of 10 components stay in the CPU cache.
CHUNK = 2**15


class Densities:
    """The logarithm of weight times density of each component.

    Every voxel goes through the same operations, whatever its neighbours in memory: a slice gets
    the labels it has in the whole head, to the last bit.
    """

    def __init__(
        self,
        weights: NDArray[np.float64],
        means: NDArray[np.float64],
        covariances: NDArray[np.float64],
    ) -> None:
        self._means = means
        images = means.shape[1]
        roots = [cholesky(covariance, lower=True) for covariance in covariances]
        self._whiten = [solve_triangular(root, np.eye(images), lower=True) for root in roots]
        self._logs = [
            math.log(weight) - float(np.log(np.diag(root)).sum()) - images / 2 * math.log(math.tau)
            for weight, root in zip(weights, roots, strict=True)
        ]

    def __call__(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the logarithms for points of shape (voxels, images): (components, voxels)."""
        columns = np.ascontiguousarray(points.T)
        joint = np.empty((len(self._means), len(points)))
        for k, (mean, whiten) in enumerate(zip(self._means, self._whiten, strict=True)):
            centred = columns - mean[:, None]
            distance = np.zeros(len(points))
            for image, row in enumerate(whiten):
                projected = row[0] * centred[0]
                for other in range(1, image + 1):
                    projected += row[other] * centred[other]
                projected *= projected
                distance += projected
            distance *= -0.5
            np.add(distance, self._logs[k], out=joint[k])
        return joint


def largest(joint: NDArray[np.floating]) -> NDArray[np.uint8]:
    """Return the row, from 0, of the greatest value of each column; of several the first."""
    # argmax across rows is ten times slower.
    greatest = joint[0].copy()
    found = np.zeros(len(greatest), dtype=np.uint8)
    for k in range(1, len(joint)):
        found[joint[k] > greatest] = k
        np.maximum(greatest, joint[k], out=greatest)
    return found


def counts_of(classes: NDArray[np.uint8], most: int) -> NDArray[np.int64]:
    """Return how many voxels are of each class 0, 1, ..., `most`.

    Some at a time: eight times the memory of all classes is what NumPy would take.
    """
    counts = np.zeros(most + 1, dtype=np.int64)
    for part in sampling.parts(len(classes), CHUNK):
        counts += np.bincount(classes[part], minlength=most + 1)
    return counts


def shared(joint: NDArray[np.float64]) -> NDArray[np.float64]:
    """Turn log-densities into responsibilities in place; return the log of each column's sum."""
    total, logs = exponentiated(joint)
    joint /= total
    return logs


def exponentiated(
    joint: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Turn log-densities into multiples of responsibilities in place: the greatest becomes 1.

    Returns
    -------
    total : ndarray
        Of each column; its share of the total is a responsibility.
    logs : ndarray
        The log of each column's sum of densities.
    """
    greatest = joint.max(axis=0)
    joint -= greatest
    np.exp(joint, out=joint)
    total = joint.sum(axis=0)
    logs: NDArray[np.float64] = np.log(total) + greatest
    return total, logs


def parts(voxels: int, chunk: int = CHUNK) -> Iterator[slice]:
    """Return slices of voxels to compute at once."""
    for part in sampling.parts(voxels, chunk):
        take_step()
        yield part


def mean_log_likelihood(
    points: NDArray[np.float64],
    weights: NDArray[np.float64],
    means: NDArray[np.float64],
    covariances: NDArray[np.float64],
) -> float:
    """Return the mean log-likelihood per voxel, in nats: scikit-learn's ``score``, but faster."""
    densities = Densities(weights, means, covariances)
    each = (exponentiated(densities(points[part]))[1].sum() for part in parts(len(points)))
    return float(sum(each)) / len(points)
