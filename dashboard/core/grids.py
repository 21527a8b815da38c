"""How the voxel grids of two images differ, in words.

Grids are compared after their axes were brought into RAS order, so that what is only another
storage order is told from what is another place.
"""

from collections.abc import Mapping

import nibabel as nib
import numpy as np
from nibabel.orientations import inv_ornt_aff, io_orientation
from numpy.typing import NDArray

from dashboard.core.findings import number, times
from dashboard.core.position import turn
from dashboard.core.study import AFFINE_TOLERANCE, same_grid
from dashboard.core.volume import Volume

# Headers store voxel sizes in float32 and many programs round them to three decimals.
SIZE_TOLERANCE = 1e-3
# A tenth of a degree moves the edge of a head by less than 0.2 mm.
SMALLEST_TURN = 0.1
# An offset this close to whole voxels needs no interpolation.
WHOLE_VOXEL = 0.01
# Points along each axis by which the overlap of two boxes is measured: good to a few percent.
PROBES = 24
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
    """Return the share of a volume's box that another volume's box covers."""
    probes = [np.linspace(0, n - 1, min(n, PROBES)) for n in target.shape]
    points = np.stack([axis.ravel() for axis in np.meshgrid(*probes)], axis=1)
    mm = nib.affines.apply_affine(target.mm_affine, points)
    there = nib.affines.apply_affine(np.linalg.inv(other.mm_affine), mm)
    inside = (there >= -0.5) & (there <= np.array(other.shape) - 0.5)
    return float(inside.all(axis=1).mean())


def is_reordered(first: Volume, other: Volume) -> bool:
    """Return whether two grids hold the same voxels in another storage order."""
    (shape, affine), (other_shape, other_affine) = _upright(first), _upright(other)
    return shape == other_shape and np.allclose(
        affine, other_affine, rtol=1e-5, atol=AFFINE_TOLERANCE
    )


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
    degrees = turn(affine, other_affine)
    same_size = np.allclose(sizes, other_sizes, rtol=SIZE_TOLERANCE, atol=0)
    if same_size and degrees < SMALLEST_TURN:
        return _offset(first, other)
    parts = []
    if shape != other_shape:
        parts.append(f"{times(other.shape)} instead of {times(first.shape)} voxels")
    if not same_size:
        parts.append(f"{times(other.voxel_size)} instead of {times(first.voxel_size)} mm")
    if letters(first) != letters(other):
        parts.append(f"axes {letters(other)} instead of {letters(first)}")
    if degrees >= SMALLEST_TURN:
        parts.append(f"axes turned by {degrees:.1f}°")
    return "has " + ", ".join(parts)


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
