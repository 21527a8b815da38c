"""Planes of the head, for any storage order of the axes.

A volume keeps its file's storage order: the mixture's random start depends on the order of the
voxels, and results go back to the file's own grid. Only pictures are reoriented to RAS: first
axis to the patient's right, second to anterior, third to superior.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, Self

import nibabel as nib
import numpy as np
from numpy.typing import NDArray

Plane = Literal["axial", "coronal", "sagittal"]
Side = Literal["neurological", "radiological"]

# The RAS axes of each plane: (through the plane, to the right, upwards).
PLANE_AXES: dict[Plane, tuple[int, int, int]] = {
    "axial": (2, 0, 1),
    "coronal": (1, 0, 2),
    "sagittal": (0, 1, 2),
}


@dataclass(frozen=True)
class Orientation:
    """The directions of a volume's stored axes in RAS.

    Attributes
    ----------
    axes : tuple of int
        For each RAS axis, the stored axis along it.
    flips : tuple of bool
        For each RAS axis, whether the stored axis runs in the opposite direction.
    shape : tuple of int
        Number of voxels along each stored axis.
    """

    axes: tuple[int, int, int]
    flips: tuple[bool, bool, bool]
    shape: tuple[int, int, int]

    @classmethod
    def from_affine(cls, affine: NDArray[np.float64], shape: tuple[int, int, int]) -> Self:
        """Find the closest RAS axes of a stored grid (`nibabel.orientations.io_orientation`)."""
        codes = _codes(np.asarray(affine, dtype=np.float64).tobytes(), affine.shape)
        axes, flips = [0, 0, 0], [False, False, False]
        for stored, (ras, sign) in enumerate(codes):
            axes[int(ras)], flips[int(ras)] = stored, bool(sign < 0)
        return cls((axes[0], axes[1], axes[2]), (flips[0], flips[1], flips[2]), shape)

    @property
    def ras_shape(self) -> tuple[int, int, int]:
        """Number of voxels along each RAS axis."""
        return (self.shape[self.axes[0]], self.shape[self.axes[1]], self.shape[self.axes[2]])

    def count(self, plane: Plane) -> int:
        """Return the number of slices of a plane."""
        return self.ras_shape[PLANE_AXES[plane][0]]

    def picture_shape(self, plane: Plane) -> tuple[int, int]:
        """Return the number of voxels to the right and upwards in a plane's picture."""
        _, across, up = PLANE_AXES[plane]
        return self.ras_shape[across], self.ras_shape[up]

    def stored_index(self, plane: Plane, index: int) -> tuple[int, int]:
        """Return the stored axis through a plane, and a RAS slice's index along it."""
        ras = PLANE_AXES[plane][0]
        stored = self.axes[ras]
        return stored, self.shape[stored] - 1 - index if self.flips[ras] else index

    def slice_of(self, plane: Plane, voxel: tuple[int, int, int]) -> int:
        """Return the RAS slice of a plane in which a stored voxel lies."""
        ras = PLANE_AXES[plane][0]
        index = voxel[self.axes[ras]]
        return self.ras_shape[ras] - 1 - index if self.flips[ras] else index

    def cut(self, data: NDArray[Any], plane: Plane, index: int) -> NDArray[Any]:
        """Return one slice as a 2-D view of `data`, its axes in storage order.

        `index` counts from 0 in RAS; for the axial plane of a file stored as RAS this is
        ``data[:, :, index]``.
        """
        return np.asarray(data[self._where(plane, index)])

    def picture_to_stored(self, plane: Plane) -> NDArray[np.int64]:
        """Return the matrix from (column, row upwards, slice, 1) to stored indices, shape (3, 4).

        Columns are those of a neurological picture.
        """
        matrix = np.zeros((3, 4), dtype=np.int64)
        through, across, up = PLANE_AXES[plane]
        for position, ras in enumerate((across, up, through)):
            stored = self.axes[ras]
            matrix[stored, position] = -1 if self.flips[ras] else 1
            matrix[stored, 3] = self.shape[stored] - 1 if self.flips[ras] else 0
        return matrix

    def embed(self, cut: NDArray[Any], plane: Plane, index: int) -> NDArray[Any]:
        """Return a volume of zeros in the stored shape with one slice filled in."""
        volume = np.zeros(self.shape, dtype=cut.dtype)
        volume[self._where(plane, index)] = cut
        return volume

    def _where(self, plane: Plane, index: int) -> tuple[int | slice, ...]:
        stored, position = self.stored_index(plane, index)
        return tuple(position if axis == stored else slice(None) for axis in range(3))

    def upright(self, cut: NDArray[Any], plane: Plane, side: Side = "neurological") -> NDArray[Any]:
        """Reorient a slice from `cut` to picture rows, top row first.

        Parameters
        ----------
        cut : ndarray, 2-D
            A slice in storage order.
        plane : {"axial", "coronal", "sagittal"}
        side : {"neurological", "radiological"}
            The patient's left at the picture's left, or at its right.

        Returns
        -------
        ndarray, shape (voxels upwards, voxels to the right)
        """
        _, across, up = PLANE_AXES[plane]
        picture = cut if self.axes[across] < self.axes[up] else cut.T
        if self.flips[across] != mirrored(plane, side):
            picture = picture[::-1]
        if not self.flips[up]:
            picture = picture[:, ::-1]
        return picture.T


def mirrored(plane: Plane, side: Side) -> bool:
    """Return whether a plane's picture has the patient's right at its left."""
    return side == "radiological" and plane != "sagittal"


@lru_cache(1024)
def _codes(affine: bytes, shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Return the RAS axis and direction of each stored one; a request asks some ten times."""
    found: NDArray[np.float64] = nib.orientations.io_orientation(
        np.frombuffer(affine).reshape(shape)
    )
    return found
