"""A model's classes in the images' own units."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dashboard.core.mixture.model import Model


@dataclass(frozen=True, eq=False)
class Class:
    """One class in the images' own units.

    Attributes
    ----------
    number : int
        1..K.
    weight : float
        The mixture weight, 0..1.
    voxels : int
        Voxels whose most probable class this is.
    mean, sd : ndarray, shape (images,)
    covariance : ndarray, shape (images, images)
    volume_ml : float
        Their volume in mL.
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


def describe(model: Model, voxel_ml: float) -> list[Class]:
    """Return the classes in original intensity units, class 1 first."""
    means, covariances = model.gaussians
    return [
        Class(
            number=k + 1,
            weight=float(model.weights[k]),
            voxels=int(model.counts[k]),
            mean=means[k],
            sd=np.sqrt(np.diag(covariances[k])),
            covariance=covariances[k],
            volume_ml=float(model.counts[k] * voxel_ml),
        )
        for k in range(model.components)
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
