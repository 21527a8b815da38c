"""Positions that were lost: a mask written with the identity still has its image's shape.

Its voxels are right and lie on the image's grid, but its header says that they lie elsewhere.
Resampling would believe the header and move them.
"""

import hashlib
from dataclasses import replace

import numpy as np

from dashboard.core.errors import GridError
from dashboard.core.facts import FileCode
from dashboard.core.processing import Placed
from dashboard.core.volume import Volume

# Shares of a box: a shorter shift is one.
NEAR = 0.25
# Notices of files whose position is unknown.
UNPLACED = (FileCode.BAD_AFFINE, FileCode.NO_POSITION)


class LostPositionError(GridError):
    """A volume has the shape of another one, but lost its position."""


def is_placed(volume: Volume) -> bool:
    """Return whether the header gives the position of the voxels."""
    return not any(notice.code in UNPLACED for notice in volume.notices)


def is_lost(volume: Volume) -> bool:
    """Return whether a position is missing, or the identity up to signs.

    ``np.eye(4)`` is what programs write that know only the voxels; where left and posterior are
    positive, as in ITK, it becomes diag(-1, -1, 1, 1).
    """
    return not is_placed(volume) or np.array_equal(np.abs(volume.affine), np.eye(4))


def lost_beside(first: Volume, other: Volume) -> tuple[Volume, Volume] | None:
    """Return which of two volumes lost its position, and the other one.

    None if their shapes differ, if both or neither lost it, or if they are merely shifted.
    """
    if first.shape != other.shape or is_lost(first) == is_lost(other):
        return None
    lost, placed = (first, other) if is_lost(first) else (other, first)
    return None if is_placed(lost) and _near(lost, placed) else (lost, placed)


def _near(first: Volume, other: Volume) -> bool:
    """Return whether two volumes of one shape differ by less than a quarter of it, as by a shift.

    The identity puts the first voxel at 0 mm, where scanners and templates have the middle.
    """
    between = np.linalg.solve(first.mm_affine, other.mm_affine)
    moved = np.abs(between[:3, 3]) / first.shape
    return bool(np.allclose(between[:3, :3], np.eye(3), atol=1e-3) and (moved < NEAR).all())


def require_position(first: Volume, other: Volume) -> None:
    """Raise LostPositionError if one of two volumes on different grids lost its position."""
    if found := lost_beside(first, other):
        lost, placed = found
        raise LostPositionError(
            f"{lost.name} has the shape of {placed.name} but {described(lost)} for its position, "
            "as if its header had been lost.",
            f"Take the position of {placed.name} if its voxels are in the same order. Resampling "
            "would move it.",
        )


def described(volume: Volume) -> str:
    """Return what a volume has instead of a position."""
    return "the identity" if is_placed(volume) else "nothing"


def positioned(volume: Volume, other: Volume) -> Volume:
    """Return a volume at the position of another one of its shape."""
    grid = np.asarray(other.mm_affine + 0.0, dtype="<f8").tobytes()  # no negative zeros
    return replace(
        volume,
        id=hashlib.sha256(f"placed {volume.id} ".encode() + grid).hexdigest(),
        affine=other.affine,
        unit=other.unit,
        processing=(*volume.processing, Placed(other.name)),
    )
