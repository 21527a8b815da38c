"""The Gaussian mixture of scaled intensities, with classes in a stable order."""

import threading
import warnings
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cholesky, solve_triangular
from scipy.special import logsumexp
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture

from dashboard.core.errors import FitError
from dashboard.core.intensity import LinearScale

Covariance = Literal["full", "tied", "diag", "spherical"]
COMPONENTS = range(1, 11)
# Images that correlate more than this carry one image's information: their covariance is singular.
MAX_CORRELATION = 1 - 1e-7

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
    """

    weights: NDArray[np.float64]
    means: NDArray[np.float64]
    covariances: NDArray[np.float64]
    labels: NDArray[np.uint8]
    log_likelihood: float
    parameters: int
    iterations: int
    converged: bool

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
        joint = _log_joint(scaled, self.weights, self.means, self.covariances)
        shares: NDArray[np.float64] = np.exp(joint - logsumexp(joint, axis=1, keepdims=True))
        return shares


@dataclass(frozen=True, eq=False)
class Component:
    """One class in the images' own units.

    Attributes
    ----------
    number : int
        1..K.
    weight : float
        The mixture weight, 0..1.
    voxels : int
        Voxels for which this class has the largest posterior.
    mean, sd : ndarray, shape (images,)
    covariance : ndarray, shape (images, images)
    volume_ml : float
        The voxels' volume in mL.
    """

    number: int
    weight: float
    voxels: int
    mean: NDArray[np.float64]
    sd: NDArray[np.float64]
    covariance: NDArray[np.float64]
    volume_ml: float

    @property
    def correlation(self) -> float | None:
        """Correlation of the first two images within the class; None with one image."""
        if len(self.mean) < 2:
            return None
        return float(self.covariance[0, 1] / (self.sd[0] * self.sd[1]))


def fit(
    scaled: NDArray[np.float64], *, components: int, covariance: Covariance, seed: int
) -> Mixture:
    """Fit ``GaussianMixture(components, covariance_type=covariance, random_state=seed)``.

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
        With the partition of scikit-learn's ``fit_predict``, voxel for voxel, renumbered.

    Raises
    ------
    FitError
        If the voxels are too few or too alike for the components.
    """
    _require_variety(scaled, components)
    model = GaussianMixture(components, covariance_type=covariance, random_state=seed)
    try:
        with _FITTING, warnings.catch_warnings():
            # Reported as `converged` and, for repeated points, found before the fit.
            warnings.simplefilter("ignore", ConvergenceWarning)
            labels = model.fit_predict(scaled)
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
    evidence = logsumexp(_log_joint(scaled, weights, means, covariances), axis=1)
    return Mixture(
        weights=weights,
        means=means,
        covariances=covariances,
        labels=rank[labels],
        log_likelihood=float(evidence.mean()),
        parameters=free_parameters(components, scaled.shape[1], covariance),
        iterations=int(model.n_iter_),
        converged=bool(model.converged_),
    )


def describe(mixture: Mixture, scale: LinearScale, voxel_ml: float) -> list[Component]:
    """Return the components in original intensity units, class 1 first."""
    means, covariances = scale.means(mixture.means), scale.covariances(mixture.covariances)
    return [
        Component(
            number=k + 1,
            weight=float(mixture.weights[k]),
            voxels=int(mixture.counts[k]),
            mean=means[k],
            sd=np.sqrt(np.diag(covariances[k])),
            covariance=covariances[k],
            volume_ml=float(mixture.counts[k] * voxel_ml),
        )
        for k in range(mixture.components)
    ]


def ellipse(
    mean: NDArray[np.float64], covariance: NDArray[np.float64], sigmas: float, points: int = 60
) -> NDArray[np.float64]:
    """Return the closed curve at a Mahalanobis distance of `sigmas`, shape (points + 1, 2)."""
    angle = np.linspace(0, 2 * np.pi, points + 1)
    circle = np.stack([np.cos(angle), np.sin(angle)])
    values, vectors = np.linalg.eigh(covariance)
    axes = vectors * np.sqrt(np.maximum(values, 0))
    curve: NDArray[np.float64] = mean + sigmas * (axes @ circle).T
    return curve


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
            if _correlation(scaled[:, first], scaled[:, second]) > MAX_CORRELATION:
                raise FitError(
                    f"Images {first + 1} and {second + 1} are copies of each other up to scale in "
                    "these voxels, so they have no joint distribution. Choose different images."
                )


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
    """Return log(weight x Gaussian density), shape (voxels, components)."""
    columns = []
    for weight, mean, covariance in zip(weights, means, covariances, strict=True):
        root = cholesky(covariance, lower=True)
        distance = solve_triangular(root, (scaled - mean).T, lower=True)
        log_norm = np.log(np.diag(root)).sum() + len(mean) / 2 * np.log(2 * np.pi)
        columns.append(np.log(weight) - log_norm - (distance**2).sum(axis=0) / 2)
    return np.stack(columns, axis=1)
