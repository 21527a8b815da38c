"""Which volumes share a voxel grid, and can be fitted together."""

from collections.abc import Sequence
from itertools import combinations, product

import numpy as np
from numpy.typing import NDArray

from dashboard.core.errors import GridError
from dashboard.core.facts import FileCode, Notice
from dashboard.core.volume import Volume

# In voxels. Headers round (0.9375 mm as 0.938), and smaller shifts do not change the tissue.
SAME_PLACE = 0.1
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
    """Raise GridError, with shapes and affines, unless all volumes are on one grid."""
    first = volumes[0]
    for other in volumes[1:]:
        if not same_grid(first, other):
            raise GridError(
                f"{first.name} and {other.name} are not on the same grid.",
                f"{_described(first)}; {_described(other)}. Resample one of them to the grid of "
                "the other, or choose another image.",
            )


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
