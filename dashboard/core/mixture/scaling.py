"""Scaling of the foreground's intensities before the fit, and back to original units."""

from dataclasses import dataclass, replace
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.preprocessing import MinMaxScaler, RobustScaler, StandardScaler

from dashboard.core.errors import FitError

Scaling = Literal["standard", "robust", "minmax", "none"]

# Sums of squares of smaller intensities do not overflow float64, over a whole volume.
LARGEST = 1e140


@dataclass(frozen=True, eq=False)
class LinearScale:
    """``scaled = (value - offset) / factor`` for each image.

    Attributes
    ----------
    offset, factor : ndarray, shape (images,)
        In intensity units; `factor` is 1 if an image is constant.
    """

    offset: NDArray[np.float64]
    factor: NDArray[np.float64]

    def means(self, scaled: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return positions in scaled units, shape (..., images), in original units."""
        return scaled * self.factor + self.offset

    def covariances(self, scaled: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return covariances in scaled units, shape (..., images, images), in original units."""
        return scaled * np.outer(self.factor, self.factor)

    def scaled(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return original intensities, shape (..., images), in scaled units."""
        found: NDArray[np.float64] = values - self.offset
        found /= self.factor
        return found

    def first(self, images: int) -> Self:
        """Return the scale of the first images alone."""
        return replace(self, offset=self.offset[:images], factor=self.factor[:images])

    def followed_by(self, more: Self) -> Self:
        """Return the scale of more images, which begins as this one."""
        offset, factor = more.offset.copy(), more.factor.copy()
        offset[: len(self.offset)], factor[: len(self.factor)] = self.offset, self.factor
        return replace(self, offset=offset, factor=factor)


def scale(values: NDArray[Any], kind: Scaling) -> tuple[NDArray[np.float64], LinearScale]:
    """Scale each image by scikit-learn's scaler of that kind.

    Parameters
    ----------
    values : ndarray, shape (voxels, images)
    kind : {"standard", "robust", "minmax", "none"}
        Mean and population SD; median and interquartile range; minimum and range; unchanged.

    Returns
    -------
    scaled : ndarray, shape (voxels, images)

    Raises
    ------
    FitError
        If the intensities are so large that their squares overflow.
    """
    if values.size and not np.abs(values).max() < LARGEST:
        raise FitError(
            "The intensities are too large to fit: their squares overflow. Divide the image by a "
            "constant."
        )
    if kind == "none":
        images = values.shape[1]
        return values.astype(np.float64), LinearScale(np.zeros(images), np.ones(images))
    if kind == "standard":
        standard = StandardScaler()
        scaled = standard.fit_transform(values)
        return scaled, LinearScale(standard.mean_, standard.scale_)
    if kind == "robust":
        robust = RobustScaler()
        scaled = robust.fit_transform(values)
        return scaled, LinearScale(robust.center_, robust.scale_)
    minmax = MinMaxScaler()
    scaled = minmax.fit_transform(values)
    return scaled, LinearScale(minmax.data_min_, 1 / minmax.scale_)
