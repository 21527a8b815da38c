"""Which slices of two grids lie at the same place."""

import numpy as np

from dashboard.core.orientation import PLANE_AXES, Plane
from dashboard.core.volume import Volume

# Positions are sums of float32 numbers: an end that is met exactly is not to be missed.
ROUNDING_MM = 1e-3


def nearest_slices(volume: Volume, other: Volume, plane: Plane) -> list[int | None]:
    """Return for each slice of a volume the slice of another one that lies nearest.

    Parameters
    ----------
    volume, other : Volume
        On any two grids; only the RAS axis through the plane is looked at.
    plane : {"axial", "coronal", "sagittal"}

    Returns
    -------
    list of int or None
        None where the other one has nothing: its nearest slice is further away than half the
        thicker slice of the two.
    """
    there = other.slice_positions(plane)
    reach = max(_thickness(volume, plane), _thickness(other, plane)) / 2 + ROUNDING_MM
    found: list[int | None] = []
    for position in volume.slice_positions(plane):
        away = np.abs(there - position)
        nearest = int(away.argmin())
        found.append(nearest if away[nearest] <= reach else None)
    return found


def _thickness(volume: Volume, plane: Plane) -> float:
    return volume.voxel_size[volume.orientation.axes[PLANE_AXES[plane][0]]]
