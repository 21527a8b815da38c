"""The slice of a grid at a place."""

import numpy as np

from dashboard.core.orientation import PLANE_AXES, Plane
from dashboard.core.volume import Volume

# Positions are sums of float32 numbers: allow for rounding at the edge of a slice.
ROUNDING_MM = 1e-3


def nearest_slice(volume: Volume, plane: Plane, mm: float, *, of: float = 0.0) -> int | None:
    """Return the slice of a volume nearest to a place.

    Parameters
    ----------
    mm : float
        The place's coordinate along the RAS axis through the plane.
    of : float
        Thickness in mm of another volume's slice at the place.

    Returns
    -------
    int or None
        None if the nearest slice is further away than half the thicker of both slices.
    """
    away = np.abs(volume.slice_positions(plane) - mm)
    nearest = int(away.argmin())
    reach = max(thickness(volume, plane), of) / 2 + ROUNDING_MM
    return nearest if away[nearest] <= reach else None


def thickness(volume: Volume, plane: Plane) -> float:
    """Return the thickness of a volume's slices in mm."""
    return volume.voxel_size[volume.orientation.axes[PLANE_AXES[plane][0]]]
