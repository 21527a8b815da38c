"""Differences between the voxel grids of two images.

Grids are compared with their axes in RAS order, so that storage order and position are separate
differences.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import nibabel as nib
import numpy as np
from nibabel.orientations import inv_ornt_aff, io_orientation
from numpy.typing import NDArray

from dashboard.core.grid.same import SAME_PLACE, same_grid, same_places
from dashboard.core.reading.position import turn
from dashboard.core.volume import Volume

# In voxels: shifts this close to whole voxels need no interpolation.
WHOLE_VOXEL = 0.01
# In voxels: positions this close to the edge of the field of view are inside, as in resampling.
ROUNDING = 1e-4

Shape = tuple[int, int, int]
Edges = tuple[float, float, float]
Found = TypeVar("Found")


@dataclass(frozen=True)
class Difference:
    """The properties in which two grids differ; the others are None.

    Attributes
    ----------
    shapes : pair of tuple of int
        Voxels along each axis of both grids.
    sizes : pair of tuple of float
        Voxel sizes in mm.
    upright : bool
        Whether shapes and sizes are in RAS order, because the storage orders differ.
    orders : pair of str
        Directions of the stored axes, such as "RAS".
    rotation : float
        Degrees between the axes.
    shift_mm, shift_voxels : tuple of float
        From the first voxel of the first grid to that of the second, along RAS and along the
        axes, if voxel sizes and directions agree.
    """

    shapes: tuple[Shape, Shape] | None = None
    sizes: tuple[Edges, Edges] | None = None
    upright: bool = False
    orders: tuple[str, str] | None = None
    rotation: float | None = None
    shift_mm: Edges | None = None
    shift_voxels: Edges | None = None

    @property
    def is_reordering(self) -> bool:
        """Whether both grids hold the same voxels in another storage order."""
        return not (self.shapes or self.sizes or self.rotation or self.shift_mm)

    @property
    def is_whole(self) -> bool:
        """Whether the grids differ by whole voxels, so that resampling needs no interpolation."""
        shift = self.shift_voxels or (0.5,)
        return all(abs(part - round(part)) < WHOLE_VOXEL for part in shift)


def letters(volume: Volume) -> str:
    """Return the directions of the stored axes, such as "RAS"."""
    return "".join(nib.orientations.aff2axcodes(volume.affine))


def grouped(images: Mapping[str, Volume]) -> list[list[str]]:
    """Group images by grid, in order of first appearance."""
    return alike(images, same_grid)


def alike(found: Mapping[str, Found], same: Callable[[Found, Found], bool]) -> list[list[str]]:
    """Group names by what is the same as the first of a group, in order of first appearance."""
    groups: list[list[str]] = []
    for name, one in found.items():
        own = next((group for group in groups if same(found[group[0]], one)), None)
        if own is None:
            groups.append([name])
        else:
            own.append(name)
    return groups


def overlap(target: Volume, other: Volume) -> float:
    """Return the share of the target's voxel centres in another volume's field of view."""
    to_other = np.linalg.solve(other.mm_affine, target.mm_affine)[:3]
    along = int(np.argmax(target.shape))
    across = [axis for axis in range(3) if axis != along]
    i, j = np.ogrid[: target.shape[across[0]], : target.shape[across[1]]]
    # The first and last voxel of each row that lies in the other's box.
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


def difference(first: Volume, other: Volume) -> Difference:
    """Return how a grid differs from the first one's."""
    if is_reordered(first, other):
        return Difference(orders=(letters(first), letters(other)))
    (shape, affine), (other_shape, other_affine) = _upright(first), _upright(other)
    sizes, other_sizes = (nib.affines.voxel_sizes(a) for a in (affine, other_affine))
    degrees = turn(affine, other_affine)
    # Sizes and rotations count if they move the far side of the grid by more than rounding.
    same_size = bool((np.abs(other_sizes / sizes - 1) * shape < SAME_PLACE).all())
    turned = np.radians(degrees) * max(shape) >= SAME_PLACE
    orders = (letters(first), letters(other)) if letters(first) != letters(other) else None
    if same_size and not turned:
        shift = other_affine[:3, 3] - affine[:3, 3]
        voxels = np.linalg.inv(affine[:3, :3]) @ shift
        return Difference(
            shapes=(first.shape, other.shape) if shape != other_shape else None,
            orders=orders,
            shift_mm=_three(shift),
            shift_voxels=_three(voxels),
        )
    counts = (shape, other_shape) if orders else (first.shape, other.shape)
    edges = (_three(sizes), _three(other_sizes)) if orders else (first.voxel_size, other.voxel_size)
    return Difference(
        shapes=counts if shape != other_shape else None,
        sizes=edges if not same_size else None,
        upright=orders is not None,
        orders=orders,
        rotation=degrees if turned else None,
    )


def _three(values: Iterable[float]) -> Edges:
    x, y, z = map(float, values)
    return x, y, z


def distance(first: Volume, other: Volume) -> float:
    """Return the distance between the centres of two volumes, in mm."""
    middles = [
        nib.affines.apply_affine(v.mm_affine, (np.array(v.shape) - 1) / 2) for v in (first, other)
    ]
    return float(np.linalg.norm(middles[1] - middles[0]))


def _upright(volume: Volume) -> tuple[Shape, NDArray[np.float64]]:
    """Return shape and affine of the grid with its axes in RAS order."""
    reorder = inv_ornt_aff(io_orientation(volume.affine), volume.shape)
    return volume.orientation.ras_shape, np.asarray(volume.mm_affine @ reorder)
