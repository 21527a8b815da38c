"""Scaling of the foreground's intensities before the fit, and back to original units."""

from dataclasses import dataclass, replace
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.preprocessing import MinMaxScaler, RobustScaler, StandardScaler

from dashboard.core.errors import FitError

Scaling = Literal["standard", "robust", "minmax", "none"]

# Images of which all intensities are smaller are scaled in a smaller unit.
SMALL = 1e-3
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

    def apply(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return values, shape (..., images), in scaled units, in their own precision."""
        scaled: NDArray[Any] = values - self.offset.astype(values.dtype)
        scaled /= self.factor.astype(values.dtype)
        return scaled

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
    if kind == "none":
        return values.astype(np.float64), scale_of(values, kind)
    scaler, unit, linear = _fitted(values, kind)
    return scaler.transform(values / unit if (unit != 1).any() else values), linear


def scale_of(values: NDArray[Any], kind: Scaling) -> LinearScale:
    """Return the scale alone, from values of any precision, shape (voxels, images).

    Raises
    ------
    FitError
        As `scale`.
    """
    if kind == "none":
        _require_squares(values)
        images = values.shape[1]
        return LinearScale(np.zeros(images), np.ones(images))
    return _fitted(values, kind)[2]


def _fitted(values: NDArray[Any], kind: Scaling) -> tuple[Any, Any, LinearScale]:
    """Return scikit-learn's scaler of a kind, the unit of each image, and what both do to it."""
    _require_squares(values)
    unit = unit_of(values)
    measured = values / unit if (unit != 1).any() else values
    if kind == "standard":
        standard = StandardScaler().fit(measured)
        offset, factor = standard.mean_, standard.scale_
        scaler: Any = standard
    elif kind == "robust":
        scaler = RobustScaler().fit(measured)
        offset, factor = scaler.center_, scaler.scale_
    else:
        scaler = MinMaxScaler().fit(measured)
        offset, factor = scaler.data_min_, 1 / scaler.scale_
    return scaler, unit, LinearScale(offset * unit, factor * unit)


def unit_of(values: NDArray[Any]) -> NDArray[np.float64]:
    """Return a power of two for each image, in which its intensities are not small.

    scikit-learn takes a range below some 1e-15 for 0, and diffusivities in m2/s are 1e-9. Division
    by a power of two rounds nothing.
    """
    if not len(values):
        return np.ones(values.shape[1])
    largest = np.maximum(values.max(axis=0), -values.min(axis=0)).astype(np.float64)
    small = (largest > 1 / LARGEST) & (largest < SMALL)
    return np.ldexp(1.0, np.where(small, np.frexp(largest)[1], 0))


def _require_squares(values: NDArray[Any]) -> None:
    if values.size and not max(abs(float(values.min())), abs(float(values.max()))) < LARGEST:
        raise FitError(
            "The intensities are too large to fit: their squares overflow. Divide the image by a "
            "constant."
        )
