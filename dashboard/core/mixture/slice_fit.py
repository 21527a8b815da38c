"""The Gaussian mixture of scaled intensities, with classes in a stable order."""

import threading
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cholesky, solve_triangular
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture

from dashboard.core import sampling
from dashboard.core.errors import CopiesError, FitError

Covariance = Literal["full", "tied", "diag", "spherical"]
COMPONENTS = range(1, 11)
# Images that correlate more than this carry one image's information: their covariance is singular.
MAX_CORRELATION = 1 - 1e-7
# A CT slice of 1024 x 1024 is fitted whole, at about half a second an iteration. Beyond it a fit
# would keep its reader waiting for tens of seconds, and take memory by the gigabyte.
MAX_WHOLE_VOXELS = 2**20
# What larger slices are fitted by: means are then known to some 0.3 % of their component's SD.
SUBSET_VOXELS = 2**18
# Voxels whose densities are computed at once: those of 10 components stay in a core's cache.
CHUNK = 2**15

# Warnings are filtered for the whole process, so one fit at a time may change the filter.
_FITTING = threading.Lock()


@dataclass(frozen=True, eq=False)
class Mixture:
    """A fitted mixture, its classes numbered 1..K by ascending mean of the first image.

    Attributes
    ----------
    weights : ndarray, shape (components,)
    means : ndarray, shape (components, images)
        In scaled units.
    covariances : ndarray, shape (components, images, images)
        In scaled units, whatever the covariance type.
    labels : ndarray of uint8, shape (voxels,)
        The class of each voxel, 1..K.
    log_likelihood : float
        Mean per voxel, in nats, of the scaled intensities.
    parameters : int
        Free parameters of the model.
    iterations : int
    converged : bool
    fitted_voxels : int
        Voxels to which weights, means and covariances were fitted: all, or of very large slices
        an evenly spaced subset. Labels and likelihood are those of all voxels in any case.
    """

    weights: NDArray[np.float64]
    means: NDArray[np.float64]
    covariances: NDArray[np.float64]
    labels: NDArray[np.uint8]
    log_likelihood: float
    parameters: int
    iterations: int
    converged: bool
    fitted_voxels: int

    @property
    def spacing(self) -> int:
        """The parameters were fitted to every n-th voxel: 1 where they were to all."""
        return -(-len(self.labels) // self.fitted_voxels)

    @property
    def components(self) -> int:
        """Number of components K."""
        return len(self.weights)

    @cached_property
    def counts(self) -> NDArray[np.int64]:
        """Voxels in each class, shape (components,)."""
        counts: NDArray[np.int64] = np.bincount(self.labels, minlength=self.components + 1)[1:]
        return counts

    @property
    def bic(self) -> float:
        """Bayesian information criterion; the lower, the better."""
        voxels = len(self.labels)
        return self.parameters * float(np.log(voxels)) - 2 * voxels * self.log_likelihood

    @property
    def aic(self) -> float:
        """Akaike information criterion; the lower, the better."""
        return 2 * self.parameters - 2 * len(self.labels) * self.log_likelihood

    def posterior(self, scaled: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the responsibilities, shape (voxels, components); rows sum to 1."""
        shares = np.empty((self.components, len(scaled)))
        for part in _parts(len(scaled)):
            joint = _log_joint(scaled[part], self.weights, self.means, self.covariances)
            shares[:, part] = np.exp(joint - _log_sum(joint))
        return shares.T


def fit(
    scaled: NDArray[np.float64], *, components: int, covariance: Covariance, seed: int
) -> Mixture:
    """Fit ``GaussianMixture(components, covariance_type=covariance, random_state=seed)``.

    More than `MAX_WHOLE_VOXELS` voxels are fitted by every n-th of them, and all are then assigned
    to their likeliest component.

    Parameters
    ----------
    scaled : ndarray, shape (voxels, images)
        Scaled intensities in storage order, which the random start depends on.
    components : int
    covariance : {"full", "tied", "diag", "spherical"}
    seed : int

    Returns
    -------
    Mixture
        With the partition of scikit-learn's ``fit_predict``, voxel for voxel, renumbered; of
        more than `MAX_WHOLE_VOXELS` voxels, with that of ``fit(scaled[::n]).predict(scaled)``.

    Raises
    ------
    FitError
        If the voxels are too few or too alike for the components.
    """
    chosen = scaled[:: spacing(len(scaled))]
    _require_variety(chosen, components)
    model = GaussianMixture(components, covariance_type=covariance, random_state=seed)
    try:
        with _FITTING, warnings.catch_warnings():
            # Reported as `converged` and, for repeated points, found before the fit.
            warnings.simplefilter("ignore", ConvergenceWarning)
            labels = model.fit_predict(chosen)
    except (ValueError, FloatingPointError):
        raise FitError(
            f"{components} components do not fit these voxels (a covariance became singular). "
            "Use fewer components, the covariance type diag, or standard scaling."
        ) from None
    order = np.argsort(model.means_[:, 0], kind="stable")
    rank = np.empty(components, dtype=np.uint8)
    rank[order] = np.arange(1, components + 1)
    weights, means = model.weights_[order], model.means_[order]
    covariances = _full_covariances(model)[order]
    assigned, log_likelihood = _assign(scaled, weights, means, covariances)
    return Mixture(
        weights=weights,
        means=means,
        covariances=covariances,
        # Of voxels that were fitted, the partition is scikit-learn's own.
        labels=rank[labels] if len(chosen) == len(scaled) else assigned,
        log_likelihood=log_likelihood,
        parameters=free_parameters(components, scaled.shape[1], covariance),
        iterations=int(model.n_iter_),
        converged=bool(model.converged_),
        fitted_voxels=len(chosen),
    )


def spacing(voxels: int) -> int:
    """Return n, where every n-th of so many voxels is fitted."""
    return 1 if voxels <= MAX_WHOLE_VOXELS else sampling.step(voxels, SUBSET_VOXELS)


def free_parameters(components: int, images: int, covariance: Covariance) -> int:
    """Count the free parameters of a mixture: covariances, means and weights."""
    triangle = images * (images + 1) // 2
    spread = {
        "full": components * triangle,
        "tied": triangle,
        "diag": components * images,
        "spherical": components,
    }[covariance]
    return spread + components * images + components - 1


def _assign(
    scaled: NDArray[np.float64],
    weights: NDArray[np.float64],
    means: NDArray[np.float64],
    covariances: NDArray[np.float64],
) -> tuple[NDArray[np.uint8], float]:
    """Return the likeliest component 1..K of each voxel, and the mean log-likelihood."""
    labels = np.empty(len(scaled), dtype=np.uint8)
    total = 0.0
    for part in _parts(len(scaled)):
        joint = _log_joint(scaled[part], weights, means, covariances)
        labels[part] = joint.argmax(axis=0) + 1
        total += float(_log_sum(joint).sum())
    return labels, total / len(scaled)


def _parts(voxels: int) -> Iterator[slice]:
    return (slice(start, start + CHUNK) for start in range(0, voxels, CHUNK))


def _require_variety(scaled: NDArray[np.float64], components: int) -> None:
    """Refuse what scikit-learn would "fit" without complaint, or with a traceback."""
    if len(scaled) < max(components, 2):
        raise FitError(
            f"Only {len(scaled)} foreground voxels for {components} components. "
            "Choose another slice, a wider foreground rule, or fewer components."
        )
    if len(np.unique(scaled[:, 0])) < max(components, 2):
        distinct = len(np.unique(scaled, axis=0))
        if distinct < max(components, 2):
            raise FitError(
                f"The foreground has only {distinct} distinct intensity "
                f"{'value' if distinct == 1 else 'values'}, too few for {components} components. "
                "Use fewer components or another slice."
            )
    for first in range(scaled.shape[1]):
        for second in range(first + 1, scaled.shape[1]):
            if are_copies(scaled[:, first], scaled[:, second]):
                raise CopiesError(first, second)


def are_copies(first: NDArray[np.float64], second: NDArray[np.float64]) -> bool:
    """Return whether one image's intensities are a linear function of another's."""
    return _correlation(first, second) > MAX_CORRELATION


def _correlation(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    """Return the absolute correlation of two images; 0 where one of them is constant."""
    first, second = first - first.mean(), second - second.mean()
    norm = np.linalg.norm(first) * np.linalg.norm(second)
    return float(abs(first @ second) / norm) if norm > 0 else 0.0


def _full_covariances(model: GaussianMixture) -> NDArray[np.float64]:
    components, images = model.means_.shape
    given = model.covariances_
    if model.covariance_type == "full":
        return np.asarray(given)
    if model.covariance_type == "tied":
        return np.repeat(given[None], components, axis=0)
    diagonals = given[:, None].repeat(images, axis=1) if given.ndim == 1 else given
    return np.asarray(diagonals[:, :, None] * np.eye(images))


def _log_joint(
    scaled: NDArray[np.float64],
    weights: NDArray[np.float64],
    means: NDArray[np.float64],
    covariances: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return log(weight x Gaussian density), shape (components, voxels)."""
    joint = np.empty((len(weights), len(scaled)))
    for k, (weight, mean, covariance) in enumerate(zip(weights, means, covariances, strict=True)):
        root = cholesky(covariance, lower=True)
        whiten = solve_triangular(root, np.eye(len(mean)), lower=True)
        distance = whiten @ (scaled - mean).T
        log_norm = np.log(np.diag(root)).sum() + len(mean) / 2 * np.log(2 * np.pi)
        joint[k] = np.log(weight) - log_norm - (distance**2).sum(axis=0) / 2
    return joint


def _log_sum(joint: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the log-likelihood of each voxel, shape (voxels,).

    What `scipy.special.logsumexp` returns, in a twentieth of its time.
    """
    largest = joint.max(axis=0)
    result: NDArray[np.float64] = np.log(np.exp(joint - largest).sum(axis=0)) + largest
    return result
