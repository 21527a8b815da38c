"""Which slices of two grids lie at the same place."""

from collections.abc import Sequence

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
    reach = max(thickness(volume, plane), thickness(other, plane)) / 2 + ROUNDING_MM
    found: list[int | None] = []
    for position in volume.slice_positions(plane):
        away = np.abs(there - position)
        nearest = int(away.argmin())
        found.append(nearest if away[nearest] <= reach else None)
    return found


def slice_at(volume: Volume, plane: Plane, place: Sequence[float]) -> int | None:
    """Return the slice that lies nearest to a place; None where the volume has nothing there.

    Parameters
    ----------
    volume : Volume
    plane : {"axial", "coronal", "sagittal"}
    place : (float, float, float)
        A point of the head in mm, RAS.
    """
    away = np.abs(volume.slice_positions(plane) - place[PLANE_AXES[plane][0]])
    nearest = int(away.argmin())
    return nearest if away[nearest] <= thickness(volume, plane) / 2 + ROUNDING_MM else None


def thickness(volume: Volume, plane: Plane) -> float:
    """Return the distance between the middles of two neighbouring slices, in mm."""
    return volume.voxel_size[volume.orientation.axes[PLANE_AXES[plane][0]]]
