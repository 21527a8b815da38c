"""EM with Gaussians between those of tissues, for the voxels that two tissues share.

The means of the tissues are found without these voxels, which otherwise widen and move the
Gaussians the longer a fit runs. Means between tissues are fixed by theirs (`mixels`), so that the
M-step is a weighted least-squares fit of the tissues' means.
"""

import numpy as np
from numpy.typing import NDArray

from dashboard.core.mixture.cells import Cells
from dashboard.core.mixture.em import ExpectationMaximisation, Mixture
from dashboard.core.mixture.mixels import SHARES, fractions

# Of all voxels, those that begin as shared ones.
BEGIN = 0.2

Array = NDArray[np.float64]


class PartialVolume(ExpectationMaximisation):
    """EM whose mixtures are of tissues, and of what is between neighbours, with one covariance."""

    def __init__(self, cells: Cells, components: int, floor: float) -> None:
        super().__init__(cells, "tied", floor)
        self._components = components
        self._fractions = fractions(np.eye(components, k=1))

    def begun(self, found: Mixture) -> Mixture:
        """Return the mixture to begin with: that of tissues by their mean, and shared voxels."""
        order = np.argsort(found.means[:, 0], kind="stable")
        mixed = len(self._fractions) - self._components
        weights = np.append((1 - BEGIN) * found.weights[order], np.full(mixed, BEGIN / mixed))
        return Mixture(
            weights,
            self._fractions @ found.means[order],
            np.repeat(found.covariances[:1], len(weights), axis=0),
        )

    def maximised(self, sums: Array) -> Mixture:
        """Return the mixture that has these sums of moments (M-step).

        Raises
        ------
        numpy.linalg.LinAlgError
            If a component has no points.
        """
        images, share = self._images, self._fractions
        sizes = sums[:, 0] + 10 * np.finfo(np.float64).eps
        if sizes.min() <= 0:
            raise np.linalg.LinAlgError
        centres = sums[:, 1 : 1 + images]
        means = share @ np.linalg.solve(share.T @ (sizes[:, None] * share), share.T @ centres)
        first, second = self._pairs
        spread = np.empty((images, images))
        spread[first, second] = spread[second, first] = sums[:, 1 + images :].sum(axis=0)
        cross = centres.T @ means
        spread += (sizes[:, None] * means).T @ means - cross - cross.T
        spread = spread / sizes.sum() + self._floor * np.eye(images)
        weights = sizes / sizes.sum()
        mixed = weights[self._components :].reshape(-1, SHARES)
        mixed[:] = mixed.mean(axis=1, keepdims=True)
        return Mixture(weights, means + self._centre, np.repeat(spread[None], len(sums), axis=0))

    def tissues(self, found: Mixture) -> tuple[Mixture, Array]:
        """Return the tissues of a mixture, each with its part of what is shared, and what is.

        Returns
        -------
        Mixture
        ndarray, shape (components, components)
            Above the diagonal the weight of the voxels that two tissues share.
        """
        number = self._components
        mixed = found.weights[number:].reshape(-1, SHARES).sum(axis=1)
        own = Mixture(
            self._fractions.T @ found.weights, found.means[:number], found.covariances[:number],
            found.log_likelihood, found.iterations, found.converged,
        )  # fmt: skip
        return own, np.diag(mixed, k=1)
