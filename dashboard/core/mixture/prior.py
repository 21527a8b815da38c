"""A spatial prior: neighbours tend to be of one class (Potts model, by its mean field).

The probability of each class is multiplied by exp(beta x the neighbours' probabilities of it), one
half of the voxels after the other, as on a chessboard, so that each step comes nearer to the
posterior under the prior (Zhang, Brady and Smith 2001; Ashburner and Friston 2005 use the same
step).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dashboard.core.mixture.densities import parts

# A gain of the mean field is mostly made in five sweeps; the rest spreads voxel by voxel.
MOST_SWEEPS = 10
# Mean change of a probability that nobody sees.
SMALL_CHANGE = 1e-3
# Voxels at once: their temporary arrays stay in the CPU cache.
CHUNK = 2**16


def regularise(
    logs: NDArray[np.float32], mask: NDArray[np.bool_], beta: float, edges: Sequence[float]
) -> NDArray[np.float32]:
    """Return the probabilities of the classes under the prior.

    Parameters
    ----------
    logs : ndarray, shape (components, voxels)
        Logarithms of the probabilities without it, up to a constant per voxel.
    mask : ndarray of bool, 3-D
        Where these voxels are, in C order. Voxels outside have no class and no influence.
    beta : float
        Strength: what one neighbour of the same class across the shortest edge adds to `logs`.
    edges : sequence of float
        Edges of a voxel in mm. A neighbour's influence falls with its distance.

    Returns
    -------
    ndarray of float32, shape (components, voxels)
        Columns sum to 1.
    """
    padded = np.ascontiguousarray(np.pad(mask, 1))
    steps = [stride // padded.itemsize for stride in padded.strides]
    pulls = [beta * min(edges) / edge for edge in edges]
    place = np.flatnonzero(padded)
    odd = sum(np.unravel_index(place, padded.shape)) % 2 == 1
    halves = [np.flatnonzero(~odd), np.flatnonzero(odd)]
    field = np.zeros((len(logs), padded.size), dtype=np.float32)
    for part in parts(len(place), CHUNK):
        field[:, place[part]] = _shares(logs[:, part])
    if beta:
        for _ in range(MOST_SWEEPS):
            change = sum(_updated(field, logs, place, half, steps, pulls) for half in halves)
            if change < SMALL_CHANGE * len(logs) * max(len(place), 1):
                break
    return field[:, place]


def _updated(
    field: NDArray[np.float32],
    logs: NDArray[np.float32],
    place: NDArray[np.int64],
    half: NDArray[np.int64],
    steps: Sequence[int],
    pulls: Sequence[float],
) -> float:
    """Renew the probabilities of half of the voxels; return the sum of their changes."""
    change = 0.0
    for part in parts(len(half), CHUNK):
        voxels = half[part]
        here = place[voxels]
        energy = logs[:, voxels]
        for step, pull in zip(steps, pulls, strict=True):
            for k, row in enumerate(field):
                energy[k] += np.float32(pull) * (row.take(here - step) + row.take(here + step))
        shares = _shares(energy)
        change += float(np.abs(shares - field[:, here]).sum())
        field[:, here] = shares
    return change


def _shares(logs: NDArray[np.float32]) -> NDArray[np.float32]:
    shares: NDArray[np.float32] = np.exp(logs - logs.max(axis=0))
    shares /= shares.sum(axis=0)
    return shares
