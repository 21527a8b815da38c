"""Between places of the head, in mm, and the voxels of a grid."""

import numpy as np

from dashboard.core.orientation import Plane
from dashboard.core.volume import Volume

Voxel = tuple[int, int, int]
# As many decimals of a mm as the browser's links have.
DECIMALS = 3


def voxel_at(volume: Volume, place: tuple[float, float, float]) -> Voxel | None:
    """Return the stored voxel at a place; None beyond the grid."""
    affine = volume.mm_affine
    found = np.linalg.solve(affine[:3, :3], np.array(place) - affine[:3, 3])
    nearest = np.rint(found)
    if ((nearest < 0) | (nearest >= volume.shape)).any():
        return None
    i, j, k = nearest.astype(int).tolist()
    return i, j, k


def on_slice(volume: Volume, voxel: Voxel, plane: Plane, index: int) -> tuple[float, float, float]:
    """Return the place of a voxel once it is moved to another slice of a plane."""
    axis, stored = volume.orientation.stored_index(plane, index)
    moved = [stored if n == axis else value for n, value in enumerate(voxel)]
    affine = volume.mm_affine
    x, y, z = (affine[:3, :3] @ moved + affine[:3, 3]).round(DECIMALS) + 0.0  # no -0
    return float(x), float(y), float(z)
