"""The channels of one head: volumes that have to lie on one grid."""

from collections.abc import Sequence
from itertools import combinations, product

import numpy as np
from numpy.typing import NDArray

from dashboard.core.errors import GridError
from dashboard.core.volume import Volume

# Grids whose voxels lie within a tenth of a voxel of each other everywhere are one grid: headers
# round (0.9375 mm as 0.938), and less moves no voxel into another tissue.
SAME_PLACE = 0.1
# T1 in thousands beside diffusivities in mm²/s differ by a factor of some 10^6.
MAX_SCALE_GAP = 1e9


def same_grid(first: Volume, other: Volume) -> bool:
    """Return whether two volumes have the same shape and, to rounding, the same positions."""
    return first.shape == other.shape and same_places(first.shape, first.mm_affine, other.mm_affine)


def same_places(
    shape: Sequence[int], affine: NDArray[np.float64], other: NDArray[np.float64]
) -> bool:
    """Return whether two affines put every voxel of a grid at the same place, to `SAME_PLACE`.

    Parameters
    ----------
    shape : sequence of int
    affine, other : ndarray, shape (4, 4)
        To one unit.
    """
    corners = np.array([*product(*((0, n - 1) for n in shape))])
    moved = np.linalg.solve(affine, other) @ np.column_stack([corners, np.ones(8)]).T
    # An affine map is furthest off at a corner.
    return bool(np.abs(moved[:3].T - corners).max() < SAME_PLACE)


def require_same_grid(volumes: Sequence[Volume]) -> None:
    """Refuse volumes whose voxels do not correspond one to one.

    Raises
    ------
    GridError
        Naming the shapes and affines of the first two volumes that differ.
    """
    first = volumes[0]
    for other in volumes[1:]:
        if not same_grid(first, other):
            raise GridError(
                f"{first.name} and {other.name} are not on the same grid, so their voxels do not "
                "correspond.",
                f"{first.name} has shape {_shape(first)} and affine "
                f"{_rows(first.affine)}; {other.name} has shape {_shape(other)} and affine "
                f"{_rows(other.affine)}. "
                "Resample one of them to the other's grid, or choose another image.",
            )


def study_notices(volumes: Sequence[Volume]) -> list[str]:
    """Return what is suspicious about images that are to be fitted together, one sentence each."""
    notices = []
    for first, other in combinations(volumes, 2):
        low, high = sorted((first, other), key=_magnitude)
        gap = _magnitude(high) / _magnitude(low) if _magnitude(low) else 0
        if gap > MAX_SCALE_GAP:
            notices.append(
                f"The intensities of {high.name} are {gap:.0e} times those of {low.name}: check "
                f"their units and keep the scaling on, or {low.name} plays no part in the fit."
            )
    return notices


def _magnitude(volume: Volume) -> float:
    return max(-volume.intensities.low, volume.intensities.high)


def _shape(volume: Volume) -> str:
    return " x ".join(map(str, volume.shape))


def _rows(affine: NDArray[np.float64]) -> str:
    rows = (" ".join(f"{value + 0.0:.5g}" for value in row) for row in affine[:3])
    return "[" + "; ".join(rows) + "]"
