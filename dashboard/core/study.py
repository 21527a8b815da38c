"""The channels of one head: volumes that have to lie on one grid."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from dashboard.core.errors import GridError
from dashboard.core.volume import Volume

# Affines of one grid differ by rounding only: a thousandth of a millimetre at the most.
AFFINE_TOLERANCE = 1e-3
# Covariances of more images have more parameters than a slice has voxels to spare.
MAX_MIXED = 8
# T1 in thousands beside diffusivities in mm²/s differ by a factor of some 10^6.
MAX_SCALE_GAP = 1e9


def same_grid(first: Volume, other: Volume) -> bool:
    """Return whether two volumes have the same shape and, to rounding, the same affine."""
    return first.shape == other.shape and np.allclose(
        first.mm_affine, other.mm_affine, rtol=1e-5, atol=AFFINE_TOLERANCE
    )


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
                f"correspond. {first.name} has shape {_shape(first)} and affine "
                f"{_rows(first.affine)}; {other.name} has shape {_shape(other)} and affine "
                f"{_rows(other.affine)}. "
                "Resample one of them to the other's grid, or choose another image."
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
