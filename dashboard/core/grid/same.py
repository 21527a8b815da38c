"""Which volumes share a voxel grid, and can be fitted together."""

from collections.abc import Sequence
from itertools import combinations, product

import numpy as np
from numpy.typing import NDArray

from dashboard.core.errors import GridError
from dashboard.core.facts import FileCode, Notice
from dashboard.core.grid.position import require_position
from dashboard.core.volume import Volume

# In voxels. Headers round (0.9375 mm as 0.938), and smaller shifts do not change the tissue.
SAME_PLACE = 0.1
TOWARDS = (("left", "right"), ("back", "front"), ("foot", "head"))
# T1 intensities in thousands and diffusivities in mm²/s differ by a factor of about 10^6.
MAX_SCALE_GAP = 1e9


def same_grid(first: Volume, other: Volume) -> bool:
    """Return whether two volumes have the same shape and, up to rounding, the same position."""
    return first.shape == other.shape and same_places(first.shape, first.mm_affine, other.mm_affine)


def same_places(
    shape: Sequence[int], affine: NDArray[np.float64], other: NDArray[np.float64]
) -> bool:
    """Return whether two affines in one unit agree in every voxel of a grid, to `SAME_PLACE`."""
    corners = np.array([*product(*((0, n - 1) for n in shape))])
    moved = np.linalg.solve(affine, other) @ np.column_stack([corners, np.ones(8)]).T
    # Two affines differ most at a corner.
    return bool(np.abs(moved[:3].T - corners).max() < SAME_PLACE)


def require_same_grid(volumes: Sequence[Volume]) -> None:
    """Raise GridError, with shapes and affines, unless all volumes are on one grid.

    It is a LostPositionError if one of them only lost its position.
    """
    first = volumes[0]
    for other in volumes[1:]:
        if not same_grid(first, other):
            require_position(first, other)
            moved = shift(first, other)
            how = "" if moved is None else f": {other.name} is shifted by {towards(moved)}"
            raise GridError(
                f"{first.name} and {other.name} are not on the same grid{how}.",
                f"{_described(first)}; {_described(other)}. Resample one of them to the grid of "
                "the other, or choose another image.",
            )


def shift(first: Volume, other: Volume) -> tuple[float, float, float] | None:
    """Return the shift along RAS in mm between two grids that differ in nothing else, or None."""
    there = other.mm_affine
    there[:3, 3] = first.mm_affine[:3, 3]
    if first.shape != other.shape or not same_places(first.shape, first.mm_affine, there):
        return None
    right, anterior, superior = map(float, other.mm_affine[:3, 3] - first.mm_affine[:3, 3])
    return right, anterior, superior


def towards(mm: Sequence[float]) -> str:
    """Return a shift along RAS in words: "3 mm to the back, 4 mm to the head"."""
    # Smaller parts than a tenth of the largest do not count as a direction.
    seen = [axis for axis in range(3) if abs(mm[axis]) > 0.1 * max(map(abs, mm))]
    return ", ".join(f"{abs(mm[a]):.4g} mm to the {TOWARDS[a][int(mm[a] > 0)]}" for a in seen)


def study_notices(volumes: Sequence[Volume]) -> list[Notice]:
    """Return notices about images with very different intensities."""
    notices = []
    for first, other in combinations(volumes, 2):
        low, high = sorted((first, other), key=_magnitude)
        gap = _magnitude(high) / _magnitude(low) if _magnitude(low) else 0
        if gap > MAX_SCALE_GAP:
            facts = {"high": high.name, "low": low.name, "gap": gap}
            notices.append(Notice(FileCode.SCALES, facts))
    return notices


def _magnitude(volume: Volume) -> float:
    return max(-volume.intensities.low, volume.intensities.high)


def _described(volume: Volume) -> str:
    rows = (" ".join(f"{value + 0.0:.5g}" for value in row) for row in volume.affine[:3])
    shape = " x ".join(map(str, volume.shape))
    return f"{volume.name} has shape {shape} and affine [{'; '.join(rows)}]"
