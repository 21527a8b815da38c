"""Which slice of a grid lies at a place."""

import numpy as np

from dashboard.core.orientation import PLANE_AXES, Plane
from dashboard.core.volume import Volume

# Positions are sums of float32 numbers: an end that is met exactly is not to be missed.
ROUNDING_MM = 1e-3


def nearest_slice(volume: Volume, plane: Plane, mm: float, *, of: float = 0.0) -> int | None:
    """Return the slice of a volume that lies nearest to a place.

    Parameters
    ----------
    plane : {"axial", "coronal", "sagittal"}
    mm : float
        The place's coordinate along the RAS axis through the plane.
    of : float
        Thickness in mm of the slice that is looked for, where it is one of another volume.

    Returns
    -------
    int or None
        None where the volume has nothing there: its nearest slice is further away than half the
        thicker slice.
    """
    away = np.abs(volume.slice_positions(plane) - mm)
    nearest = int(away.argmin())
    reach = max(thickness(volume, plane), of) / 2 + ROUNDING_MM
    return nearest if away[nearest] <= reach else None


def thickness(volume: Volume, plane: Plane) -> float:
    """Return the thickness of a volume's slices in mm."""
    return volume.voxel_size[volume.orientation.axes[PLANE_AXES[plane][0]]]
