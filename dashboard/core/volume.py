"""One image: its voxels, their position, and a summary of their intensities."""

import logging
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO

import nibabel as nib
import numpy as np
from numpy.typing import NDArray

from dashboard.core.errors import NotNowError
from dashboard.core.facts import FileCode, Notice
from dashboard.core.orientation import PLANE_AXES, Orientation, Plane
from dashboard.core.processing import Step, Taken
from dashboard.core.reading.header import MM_PER_UNIT
from dashboard.core.reading.identity import file_id, volume_id
from dashboard.core.reading.image import Image, read_image
from dashboard.core.reading.names import EXTENSIONS
from dashboard.core.reading.position import completed
from dashboard.core.reading.summary import Intensities
from dashboard.core.reading.unpacked import nameless
from dashboard.core.reading.voxels import FIRST, Take

# MRI slices are up to about 20 times as thick as their pixels are wide.
MAX_ANISOTROPY = 50
# Larger intensities do not fit float32; scanners give at most 2^16.
LARGEST_SINGLE = float(np.finfo(np.float32).max)

# nibabel logs each repaired header field to stderr, where commands print their own warnings.
nib.imageglobals.logger.setLevel(logging.CRITICAL)


@dataclass(frozen=True, eq=False)
class Volume:
    """One image on a voxel grid.

    Attributes
    ----------
    id : str
        Identity of the voxels: a hash of the file and of all processing.
    name : str
        The file's name without its extensions, or the name in a study.
    data : ndarray, shape (i, j, k)
        Intensities in storage order, float32 if that is exact and float64 otherwise.
    affine : ndarray, shape (4, 4)
        From voxel indices to scanner positions, in `unit`.
    unit : str
        The header's spatial unit: mm, meter, micron or unknown.
    header : tuple of (str, str)
        Fields and values of the header, in file order.
    notices : tuple of Notice
        What is unusual about the file.
    source : str
        SHA-256 of the file, or of both files of a pair.
    volumes : int
        Number of volumes in the file.
    digest : str
        Hash of the intensities alone, the same for copies under another header or compression.
    processing : tuple of Step
        What was done after the file was read.
    short_name : str
        The name where there is little room; empty if that is the name itself.
    """

    id: str
    name: str
    data: NDArray[Any]
    affine: NDArray[np.float64]
    unit: str
    header: tuple[tuple[str, str], ...]
    notices: tuple[Notice, ...]
    intensities: Intensities
    source: str
    volumes: int
    digest: str
    processing: tuple[Step, ...] = ()
    short_name: str = ""

    @property
    def label(self) -> str:
        """The name and the processing, as sentences and tables say them."""
        return self._with_steps(self.name)

    @property
    def short(self) -> str:
        """The name where there is little room."""
        return self.short_name or self.name

    @property
    def short_label(self) -> str:
        """The short name and the processing, for titles."""
        return self._with_steps(self.short)

    def _with_steps(self, name: str) -> str:
        steps = ", ".join(map(str, self.processing))
        return f"{name} ({steps})" if steps else name

    @property
    def shape(self) -> tuple[int, int, int]:
        """Number of voxels along each stored axis."""
        i, j, k = self.data.shape
        return i, j, k

    @cached_property
    def orientation(self) -> Orientation:
        """The directions of the stored axes in RAS."""
        return Orientation.from_affine(self.affine, self.shape)

    @property
    def mm_affine(self) -> NDArray[np.float64]:
        """The affine in millimetres, shape (4, 4)."""
        scaled = self.affine.copy()
        scaled[:3] *= MM_PER_UNIT[self.unit]
        return scaled

    @property
    def voxel_size(self) -> tuple[float, float, float]:
        """Edge lengths of a voxel along the stored axes, in mm."""
        i, j, k = nib.affines.voxel_sizes(self.mm_affine)
        return float(i), float(j), float(k)

    def pixel_size(self, plane: Plane) -> tuple[float, float]:
        """Width and height of a voxel in a plane's picture, in mm."""
        _, across, up = PLANE_AXES[plane]
        axes, size = self.orientation.axes, self.voxel_size
        return size[axes[across]], size[axes[up]]

    @property
    def first_plane(self) -> Plane:
        """The plane to show by default: axial, or that of a single slice."""
        shape = self.orientation.picture_shape
        return next((plane for plane in PLANE_AXES if min(shape(plane)) > 1), "axial")

    def first_slice(self, plane: Plane) -> int:
        """Return the slice to show by default: the middle of the head, not of the box."""
        return (sum(self.slices_of_head(plane)) + 1) // 2

    def slices_of_head(self, plane: Plane) -> tuple[int, int]:
        """Return the first and the last slice with a part of the head."""
        stored, _ = self.orientation.stored_index(plane, 0)
        first, last = sorted(
            self.orientation.stored_index(plane, index)[1]
            for index in self.intensities.extents[stored]
        )
        return first, last

    def slice_positions(self, plane: Plane) -> NDArray[np.float64]:
        """Return the centre of each slice along the plane's RAS axis, in mm."""
        slices = [
            self.orientation.stored_index(plane, k) for k in range(self.orientation.count(plane))
        ]
        centres = np.tile((np.array(self.shape) - 1) / 2, (len(slices), 1))
        for centre, (axis, index) in zip(centres, slices, strict=True):
            centre[axis] = index
        positions = nib.affines.apply_affine(self.mm_affine, centres)
        return np.asarray(positions[:, PLANE_AXES[plane][0]])

    @property
    def voxel_ml(self) -> float:
        """Volume of one voxel in mL."""
        return float(abs(np.linalg.det(self.mm_affine[:3, :3]))) / 1000


def stem(path: Path) -> str:
    """Return a file's name without its image extension."""
    lower = path.name.lower()
    for extension in sorted(EXTENSIONS, key=len, reverse=True):
        if lower.endswith(extension) and len(lower) > len(extension):
            return path.name[: -len(extension)]
    return path.name


def read_volume(path: Path, *, name: str | None = None, take: Take = FIRST) -> Volume:
    """Read one image file; its voxels go to a temporary file, deleted with the volume.

    Parameters
    ----------
    path : Path
        A NIfTI, Analyze, MGH or MINC file, by its extension.
    name : str, optional
        The file's original name, for messages and the volume's name, if it is stored under another.
    take : tuple of int, or None
        Volumes of a 4-D or 5-D file, counted from 0 in storage order; several are averaged, and
        None averages all.

    Raises
    ------
    VolumeError
        If the file is missing, damaged or too large, holds no scalar intensities or no such
        volume, or if the disk is full.
    """
    source = file_id(path, name=name)
    try:
        with nameless(None) as npy:
            return unpack(path, source, npy, name=name, take=take)
    except OSError as error:
        raise NotNowError(
            f"there is no room to unpack it ({error.strerror}). Free disk space, or choose another "
            "cache or temporary folder.",
            name or path.name,
        ) from None


def unpack(
    path: Path,
    source: str,
    npy: BinaryIO,
    *,
    name: str | None = None,
    take: Take = FIRST,
    scratch: Path | None = None,
) -> Volume:
    """Read one image file as `read_volume` does, its voxels mapped from a given file.

    Parameters
    ----------
    source : str
        The file's identity.
    npy : file object
        New, open for reading and writing; receives the voxels as an ``.npy``.
    scratch : Path, optional
        Folder for temporary files.

    Raises
    ------
    VolumeError
        As for `read_volume`.
    OSError
        If the disk is full.
    """
    image = read_image(path, npy, name=name, take=take, scratch=scratch)
    affine, position = _sound_affine(image)
    intensities = image.summary.intensities()
    largest = max(-intensities.low, intensities.high)
    beyond = [Notice(FileCode.BEYOND_SINGLE, {"largest": largest})]
    return Volume(
        id=source if image.volumes == 1 else volume_id(source, take),
        name=stem(Path(name or path.name)),
        data=image.data,
        affine=affine,
        unit=image.unit,
        header=image.header,
        notices=(*image.notices, *position, *(beyond if largest > LARGEST_SINGLE else ())),
        intensities=intensities,
        source=source,
        volumes=image.volumes,
        digest=image.summary.digest,
        processing=(Taken(image.taken, image.volumes),) if image.volumes > 1 else (),
    )


def _sound_affine(image: Image) -> tuple[NDArray[np.float64], list[Notice]]:
    """Return a usable affine, and what is unusual about the header's."""
    affine = completed(image.affine, image.data.shape)
    if not _spans_space(affine):
        return np.eye(4), [Notice(FileCode.BAD_AFFINE)]
    sizes = nib.affines.voxel_sizes(affine)
    if sizes.max() > MAX_ANISOTROPY * sizes.min():
        edges = (sizes * MM_PER_UNIT[image.unit]).tolist()
        return affine, [Notice(FileCode.ANISOTROPIC, {"sizes": edges})]
    return affine, []


def _spans_space(affine: NDArray[np.float64]) -> bool:
    """Return whether voxels have a finite size and position and three distinct directions."""
    # From a nanometre to a kilometre, in mm or micrometres; NaN compares as false.
    if not (np.abs(affine) < 1e9).all():
        return False
    sizes = nib.affines.voxel_sizes(affine)
    if not ((sizes > 1e-6).all() and (sizes < 1e6).all()):
        return False
    return bool(abs(np.linalg.det(affine[:3, :3] / sizes)) > 1e-3)
