"""The joint density of two images' intensities."""

import threading
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft2, next_fast_len, rfft2

from dashboard.core import sampling
from dashboard.core.errors import FitError

# Points counted at once: 16 MB in float64.
COUNTED_AT_ONCE = 2**20
# Float64 holds a density of a million on it.
LEAST_AREA = 1e-300
# The grid of seaborn.kdeplot: points per axis, and bandwidths beyond the data.
DENSITY_POINTS = 200
DENSITY_CUT = 3
# Reach of the convolution in kernel SDs: the remainder is below 1e-7 of the peak.
KERNEL_REACH = 6
# Grid spacing in widths of the kernel's narrowest direction. Binning widens a kernel by
# spacing**2 / 6, which is subtracted; the remaining error is below 1 % of the peak.
FINEST_SPACING = 1 / 2
# A finer padded grid would exceed a worker's memory (16 million cells, 128 MB).
MAX_REFINEMENT = 16
# A grid of more cells is smoothed alone: the finest takes 600 MB for two seconds.
FINE_CELLS = 2**20

_smoothing = threading.Lock()


@dataclass(frozen=True, eq=False)
class JointDensity:
    """A kernel density estimate on a regular grid.

    Attributes
    ----------
    x, y : ndarray, shape (points,)
        Grid positions.
    density : ndarray, shape (points, points)
        Probability per unit area; rows run along `y`.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    density: NDArray[np.float64]

    def proportions(self) -> NDArray[np.float64]:
        """Return, for each grid point, the share of the mass that lies at lower densities.

        Its contour at p is that of `seaborn.kdeplot`: a share p of the mass lies outside.
        """
        flat = self.density.ravel()
        order = np.argsort(flat)
        mass = np.cumsum(flat[order])
        result = np.empty_like(flat)
        result[order] = mass / mass[-1]
        return result.reshape(self.density.shape)


def joint_density(points: NDArray[np.float64]) -> JointDensity:
    """Estimate the density of intensity pairs as `seaborn.kdeplot` does, by convolution.

    The Gaussian kernel has the points' covariance times Scott's factor. The grid has 200 points
    per axis and reaches 3 bandwidths beyond the data. Each point is spread linearly over its four
    nearest grid points, and the counts are convolved by FFT [1]_, on a finer grid if the bandwidth
    is small.

    Parameters
    ----------
    points : ndarray, shape (voxels, 2)

    Raises
    ------
    FitError
        If there are fewer than three points, if all lie on a line, or if float64 cannot hold the
        area that they cover.

    References
    ----------
    .. [1] M. P. Wand, "Fast computation of multivariate kernel estimators", Journal of
       Computational and Graphical Statistics 3 (1994), 433-445.
    """
    # In units of each image's range, so that no square overflows.
    origin = points.min(axis=0).astype(np.float64)
    unit = points.max(axis=0) - origin  # float64, whatever the points are
    with np.errstate(over="ignore", under="ignore"):
        area = float(unit.prod())
    if len(points) > 2 and unit.all() and not LEAST_AREA < area < np.inf:
        raise FitError(
            "The intensities are too large or too small for a joint density. Multiply the images "
            "by a constant."
        )
    unit[unit == 0] = 1
    density = _density(_Scaled(points, origin, unit))
    return JointDensity(
        density.x * unit[0] + origin[0], density.y * unit[1] + origin[1], density.density / area
    )


class _Scaled:
    """Points between 0 and 1, by the million: copies of a very large slice would take gigabytes."""

    def __init__(
        self, points: NDArray[Any], origin: NDArray[np.float64], unit: NDArray[np.float64]
    ) -> None:
        self._points, self._origin, self._unit = points, origin, unit

    def __len__(self) -> int:
        return len(self._points)

    def __iter__(self) -> Iterator[NDArray[np.float64]]:
        for part in sampling.parts(len(self._points), COUNTED_AT_ONCE):
            yield (self._points[part] - self._origin) / self._unit

    def covariance(self) -> NDArray[np.float64]:
        """Return the covariance of the points."""
        middle = sum(part.sum(axis=0) for part in self) / len(self)
        products = sum((part - middle).T @ (part - middle) for part in self)
        return np.asarray(products / (len(self) - 1))


def _density(points: _Scaled) -> JointDensity:
    """Estimate the density of points between 0 and 1."""
    count = len(points)
    covariance = points.covariance() * count ** (-2 / 6) if count > 2 else np.zeros((2, 2))
    spread = np.sqrt(np.diag(covariance))
    if not np.linalg.det(covariance) > 1e-10 * (spread**2).prod():
        raise FitError(
            "The intensities lie on a line, so they have no joint density. Choose another slice or "
            "another image."
        )
    low, high = -DENSITY_CUT * spread, 1 + DENSITY_CUT * spread
    coarse = (high - low) / (DENSITY_POINTS - 1)
    # If images correlate strongly, the kernel is far narrower than along either axis.
    narrow = 1 / np.sqrt(np.diag(np.linalg.inv(covariance)))
    refine = np.clip(np.ceil(coarse / (FINEST_SPACING * narrow)), 1, MAX_REFINEMENT).astype(int)
    step = coarse / refine
    shape = (DENSITY_POINTS - 1) * refine + 1
    kernel = covariance - np.diag(step**2) / 6
    if not (kernel[0, 0] > 0 and np.linalg.det(kernel) > np.linalg.det(covariance) / 2):
        kernel = covariance
    with _smoothing if shape.prod() > FINE_CELLS else nullcontext():
        counts = np.zeros(int(shape.prod()))
        for part in points:
            _add_linearly(counts, (part - low) / step, shape)
        fine = _convolve(counts.reshape(shape), kernel, step)
        smooth = fine[:: refine[0], :: refine[1]].T / count  # a copy, without the finer grid
        del counts, fine
    x = np.linspace(low[0], high[0], DENSITY_POINTS)
    y = np.linspace(low[1], high[1], DENSITY_POINTS)
    return JointDensity(x, y, smooth)


def _add_linearly(
    counts: NDArray[np.float64], position: NDArray[np.float64], shape: NDArray[np.int64]
) -> None:
    """Spread each point over the four grid points around it, by distance."""
    base = np.minimum(position.astype(np.int64), shape - 2)
    part = position - base
    for right in (0, 1):
        for above in (0, 1):
            weight = np.abs(1 - right - part[:, 0]) * np.abs(1 - above - part[:, 1])
            cell = (base[:, 0] + right) * shape[1] + base[:, 1] + above
            counts += np.bincount(cell, weight, counts.size)


def _convolve(
    counts: NDArray[np.float64], covariance: NDArray[np.float64], step: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Convolve grid counts with a Gaussian density of the given covariance."""
    reach = np.ceil(KERNEL_REACH * np.sqrt(np.diag(covariance)) / step).astype(int)
    reach = np.minimum(reach, np.array(counts.shape) - 1)
    padded = [
        next_fast_len(n + int(r), real=True) for n, r in zip(counts.shape, reach, strict=True)
    ]
    # Distances on the padded torus: the kernel is centred on the first cell.
    dx, dy = (np.fft.fftfreq(n, 1 / n) * s for n, s in zip(padded, step, strict=True))
    precision = np.linalg.inv(covariance)
    exponent = (
        precision[0, 0] * (dx**2)[:, None]
        + 2 * precision[0, 1] * np.outer(dx, dy)
        + precision[1, 1] * (dy**2)[None, :]
    )
    kernel = np.exp(-exponent / 2) / (2 * np.pi * np.sqrt(np.linalg.det(covariance)))
    spectrum = rfft2(counts, padded) * rfft2(kernel)
    smooth: NDArray[np.float64] = irfft2(spectrum, padded)
    return np.maximum(smooth[: counts.shape[0], : counts.shape[1]], 0)
