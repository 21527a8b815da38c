"""How the voxel grids of two images differ, in words.

Grids are compared after their axes were brought into RAS order, so that what is only another
storage order is told from what is another place.
"""

from collections.abc import Mapping, Sequence

import nibabel as nib
import numpy as np
from nibabel.orientations import inv_ornt_aff, io_orientation
from numpy.typing import NDArray

from dashboard.core.check.findings import number, times
from dashboard.core.grid.same import SAME_PLACE, same_grid, same_places
from dashboard.core.reading.position import turn
from dashboard.core.volume import Volume

# An offset this close to whole voxels needs no interpolation.
WHOLE_VOXEL = 0.01
# Positions this close to an edge of the field of view are within it, as in resampling.
ROUNDING = 1e-4
# Where an image covers less of the target than this, it is said before anybody resamples.
SMALL_OVERLAP = 0.5

TOWARDS = (("left", "right"), ("back", "front"), ("foot", "head"))


def letters(volume: Volume) -> str:
    """Return where the stored axes point, as in "RAS"."""
    return "".join(nib.orientations.aff2axcodes(volume.affine))


def grouped(images: Mapping[str, Volume]) -> list[list[str]]:
    """Sort images by their grid, in the order in which grids first appear."""
    groups: list[list[str]] = []
    for name, volume in images.items():
        for group in groups:
            if same_grid(images[group[0]], volume):
                group.append(name)
                break
        else:
            groups.append([name])
    return groups


def overlap(target: Volume, other: Volume) -> float:
    """Return the share of a volume's voxels whose centres lie in another volume's field of view."""
    to_other = np.linalg.solve(other.mm_affine, target.mm_affine)[:3]
    along = int(np.argmax(target.shape))
    across = [axis for axis in range(3) if axis != along]
    i, j = np.ogrid[: target.shape[across[0]], : target.shape[across[1]]]
    # Where each row of voxels enters the other's box, and where it leaves it.
    first = np.zeros(np.broadcast(i, j).shape)
    last = first + target.shape[along] - 1
    for row, count in zip(to_other, other.shape, strict=True):
        start = row[across[0]] * i + row[across[1]] * j + row[3]
        low, high = -0.5 - ROUNDING - start, count - 0.5 + ROUNDING - start
        if row[along] < 0:
            low, high = high, low
        if row[along]:
            first = np.maximum(first, np.ceil(low / row[along]))
            last = np.minimum(last, np.floor(high / row[along]))
        else:
            last = np.where((low <= 0) & (high >= 0), last, -1)
    return float(np.maximum(last - first + 1, 0).sum() / np.prod(target.shape))


def is_reordered(first: Volume, other: Volume) -> bool:
    """Return whether two grids hold the same voxels in another storage order."""
    (shape, affine), (other_shape, other_affine) = _upright(first), _upright(other)
    return shape == other_shape and same_places(shape, affine, other_affine)


def difference(first: Volume, other: Volume) -> str:
    """Tell how a grid differs from the first one's; the subject is the other image.

    Returns
    -------
    str
        The rest of a sentence, as in "has 64 × 64 × 30 instead of 256 × 256 × 170 voxels".
    """
    if is_reordered(first, other):
        return (
            f"covers the same grid in another storage order ({letters(other)} instead of "
            f"{letters(first)}), so that resampling only reorders voxels"
        )
    (shape, affine), (other_shape, other_affine) = _upright(first), _upright(other)
    sizes, other_sizes = (nib.affines.voxel_sizes(a) for a in (affine, other_affine))
    radians = np.radians(turn(affine, other_affine))
    # Both are told where they move the far side of the grid by more than rounding does.
    same_size = bool((np.abs(other_sizes / sizes - 1) * shape < SAME_PLACE).all())
    turned = radians * max(shape) >= SAME_PLACE
    if same_size and not turned:
        return _offset(first, other)
    other_order = letters(first) != letters(other)
    counts = (shape, other_shape) if other_order else (first.shape, other.shape)
    edges = (sizes, other_sizes) if other_order else (first.voxel_size, other.voxel_size)
    parts = []
    if shape != other_shape:
        parts.append(f"{times(counts[1])} instead of {times(counts[0])} voxels")
    if not same_size:
        mm, other_mm = _told_apart(*edges)
        parts.append(f"{other_mm} instead of {mm} mm")
    if parts and other_order:
        parts[-1] += " (from left, back and foot)"
    if other_order:
        parts.append(f"axes {letters(other)} instead of {letters(first)}")
    if turned:
        degrees = np.degrees(radians)
        parts.append(
            f"axes turned by {degrees:.1f}°" if degrees >= 1 else f"axes turned by {degrees:.2g}°"
        )
    return "has " + ", ".join(parts)


def _told_apart(one: Sequence[float], other: Sequence[float]) -> tuple[str, str]:
    """Write two voxel sizes with as many digits as it takes to see that they differ."""
    for digits in range(3, 9):
        told = [" × ".join(f"{edge:.{digits}g}" for edge in edges) for edges in (one, other)]
        if told[0] != told[1]:
            break
    return told[0], told[1]


def distance(first: Volume, other: Volume) -> float:
    """Return how far the middles of two volumes lie apart, in mm."""
    middles = [
        nib.affines.apply_affine(v.mm_affine, (np.array(v.shape) - 1) / 2) for v in (first, other)
    ]
    return float(np.linalg.norm(middles[1] - middles[0]))


def _upright(volume: Volume) -> tuple[tuple[int, ...], NDArray[np.float64]]:
    """Return shape and affine of the grid with its axes in RAS order."""
    reorder = inv_ornt_aff(io_orientation(volume.affine), volume.shape)
    return volume.orientation.ras_shape, np.asarray(volume.mm_affine @ reorder)


def _offset(first: Volume, other: Volume) -> str:
    """Tell how grids of the same voxel size and directions lie to each other."""
    (shape, affine), (other_shape, other_affine) = _upright(first), _upright(other)
    shift = other_affine[:3, 3] - affine[:3, 3]
    voxels = np.linalg.inv(affine[:3, :3]) @ shift
    order = ""
    if letters(first) != letters(other):
        order = f", stored as {letters(other)} instead of {letters(first)}"
    if shape != other_shape:
        cut = f"has voxels of the same size, but {times(other.shape)} instead of "
        whole = bool((np.abs(voxels - np.round(voxels)) < WHOLE_VOXEL).all())
        return f"{cut}{times(first.shape)} of them{order}" + (
            ", so that resampling only cuts or pads" if whole else ""
        )
    # A tenth of the largest part is where an offset reads as a direction.
    seen = [ras for ras in range(3) if abs(shift[ras]) > 0.1 * np.abs(shift).max()]
    ways = ", ".join(
        f"{number(abs(shift[ras]))} mm to the {TOWARDS[ras][int(shift[ras] > 0)]}" for ras in seen
    )
    length = round(float(np.linalg.norm(voxels)), 2)
    unit = "voxel" if length == 1 else "voxels"
    return (
        f"has the same shape and voxel size, but shifted by "
        f"{number(length) if length else 'less than 0.01'} {unit} ({ways}){order}"
    )
