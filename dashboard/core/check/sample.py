"""Evenly spaced voxels of the images in the fit, and what the foreground rule keeps of them."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dashboard.core import sampling
from dashboard.core.check.difference import grouped
from dashboard.core.check.findings import Choices
from dashboard.core.grid.same import same_grid
from dashboard.core.mixture.foreground import foreground
from dashboard.core.mixture.mask import mask_of
from dashboard.core.volume import Volume

# Shares of a head are then known to a percent, and a group of a thousandth has thirty voxels.
SAMPLED = 30_000
# Shares of half an edge.
MIDDLE, BORDER = 0.5, 0.9

Values = NDArray[np.float64]
Marks = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Sample:
    """Evenly spaced voxels of images on one grid.

    Attributes
    ----------
    values : mapping of str to ndarray, shape (voxels,)
        Intensities of each image, clipped if the fit's are.
    own : mapping of str to ndarray of bool, shape (voxels,)
        What the rule keeps of each image alone.
    fitted : ndarray of bool, shape (voxels,)
        The foreground of all together.
    middle, border : ndarray of bool, shape (voxels,)
        The voxels in the middle half of each edge of the box, and those near its faces.
    """

    values: Mapping[str, Values]
    own: Mapping[str, Marks]
    fitted: Marks
    middle: Marks
    border: Marks


def sampled(
    images: Mapping[str, Volume], choices: Choices, mask: Volume | None = None
) -> Sample | None:
    """Sample images; return None if they, or the mask, are on several grids."""
    volumes = list(images.values())
    if len(grouped(images)) != 1 or (mask and not same_grid(volumes[0], mask)):
        return None
    if choices.foreground == "mask" and mask is None:
        return None
    indices = sampling.indices(volumes[0].shape, SAMPLED)
    values = {name: np.asarray(v.data[indices], np.float64) for name, v in images.items()}
    marks = None if mask is None else mask_of(mask).marks(mask.data[indices])
    own = {
        name: foreground([values[name]], choices.foreground, [volume.intensities.background], marks)
        for name, volume in images.items()
    }
    if choices.clip != "none":
        for name, volume in images.items():
            np.clip(values[name], *volume.intensities.limits[choices.clip], out=values[name])
    # From 0 in the middle of the box to 1 at its faces.
    away = [
        np.abs(2 * index - (edge - 1)) / edge
        for index, edge in zip(indices, volumes[0].shape, strict=True)
    ]
    farthest = np.maximum.reduce(away)
    fitted = np.logical_and.reduce(list(own.values()))
    return Sample(values, own, fitted, farthest <= MIDDLE, farthest >= BORDER)
