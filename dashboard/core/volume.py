"""One image file as the dashboard uses it: its voxels, where they lie, and what to know of them."""

import logging
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO

import nibabel as nib
import numpy as np
from numpy.typing import NDArray

from dashboard.core.errors import VolumeError
from dashboard.core.facts import FileCode, Notice
from dashboard.core.orientation import PLANE_AXES, Orientation, Plane
from dashboard.core.processing import Step, Taken
from dashboard.core.reading.identity import file_id, volume_id
from dashboard.core.reading.image import EXTENSIONS, MM_PER_UNIT, Image, read_image
from dashboard.core.reading.summary import CLIP_LEVELS, Intensities, describe
from dashboard.core.reading.unpacked import nameless
from dashboard.core.reading.voxels import FIRST, Take

__all__ = [
    "CLIP_LEVELS",
    "EXTENSIONS",
    "FIRST",
    "MAX_ANISOTROPY",
    "Intensities",
    "Take",
    "Volume",
    "describe",
    "file_id",
    "read_volume",
    "stem",
    "unpack",
    "volume_id",
]

# MRI slices are up to some 20 times as thick as their pixels are wide.
MAX_ANISOTROPY = 50
# Scanners give at most 2^16, maps a little more; float32 ends here.
LARGEST_SINGLE = float(np.finfo(np.float32).max)

# nibabel reports each header field that it mends on stderr, where a command has one line to say.
nib.imageglobals.logger.setLevel(logging.CRITICAL)


@dataclass(frozen=True, eq=False)
class Volume:
    """One image on its file's own grid.

    Attributes
    ----------
    id : str
        Identity of the voxels: the source's, or that of what was done to it.
    name : str
        What views call it: the file's name without its extensions, or a name in a study.
    data : ndarray, shape (i, j, k)
        Intensities in storage order, float32 where that loses nothing and float64 elsewhere.
    affine : ndarray, shape (4, 4)
        From voxel indices to scanner positions, in `unit`.
    unit : str
        The header's spatial unit: mm, meter, micron or unknown.
    header : tuple of (str, str)
        Fields and values of the header, in the order in which they are printed.
    notices : tuple of Notice
        What was unusual about the file.
    source : str
        SHA-256 of the file; of a pair, of both.
    volumes : int
        Number of volumes in the file, of which this is one or the mean of some.
    digest : str
        Hash of the intensities: the same for copies under other headers or compressions.
    processing : tuple of Step
        What was done since the file was read.
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

    @property
    def label(self) -> str:
        """The name with what was done to the voxels, as views and tables show it."""
        return (
            f"{self.name} ({', '.join(map(str, self.processing))})"
            if self.processing
            else self.name
        )

    @property
    def shape(self) -> tuple[int, int, int]:
        """Number of voxels along each stored axis."""
        i, j, k = self.data.shape
        return i, j, k

    @cached_property
    def orientation(self) -> Orientation:
        """How the stored axes lie in RAS."""
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

    def slice_positions(self, plane: Plane) -> NDArray[np.float64]:
        """Return where the middle of each slice lies along the plane's RAS axis, in mm."""
        orientation = self.orientation
        ras = PLANE_AXES[plane][0]
        stored = orientation.axes[ras]
        centres = np.tile((np.array(self.shape) - 1) / 2, (orientation.count(plane), 1))
        centres[:, stored] = [
            orientation.stored_index(plane, k)[1] for k in range(orientation.count(plane))
        ]
        positions: NDArray[np.float64] = nib.affines.apply_affine(self.mm_affine, centres)[:, ras]
        return positions

    @property
    def voxel_ml(self) -> float:
        """Volume of one voxel in mL."""
        return float(abs(np.linalg.det(self.mm_affine[:3, :3]))) / 1000


def stem(path: Path) -> str:
    """Return a file's name without the extensions of an image."""
    lower = path.name.lower()
    for extension in sorted(EXTENSIONS, key=len, reverse=True):
        if lower.endswith(extension) and len(lower) > len(extension):
            return path.name[: -len(extension)]
    return path.name


def read_volume(path: Path, *, name: str | None = None, take: Take = FIRST) -> Volume:
    """Read one image file into a temporary one, which ends with the volume.

    Parameters
    ----------
    path : Path
        A NIfTI, Analyze, MGH or MINC file; its extension tells which.
    name : str, optional
        The file's own name, where it is stored under another one: messages name it, and its
        stem is the volume's name.
    take : tuple of int, or None
        Volumes of a 4-D or 5-D file, counted from 0 in storage order, whose mean is taken; None
        takes the mean of all.

    Raises
    ------
    VolumeError
        If the file is missing, damaged, too large, or holds no scalar intensities; if it has no
        such volume; or if there is no room for its voxels on the disk.
    """
    source = file_id(path, name=name)
    try:
        with nameless(None) as room:
            return unpack(path, source, room, name=name, take=take)
    except OSError as error:
        raise VolumeError(
            f"{name or path.name}: there is no room to unpack it ({error.strerror}). Free space "
            "on the disk, or choose another cache or temporary folder."
        ) from None


def unpack(
    path: Path,
    source: str,
    room: BinaryIO,
    *,
    name: str | None = None,
    take: Take = FIRST,
    scratch: Path | None = None,
) -> Volume:
    """Read one image file into a file that is given.

    Parameters
    ----------
    path, name, take
        As for `read_volume`.
    source : str
        The file's identity.
    room : file object
        New, open for reading and writing; takes the voxels as an ``.npy``.
    scratch : Path, optional
        Folder for what is needed in between.

    Returns
    -------
    Volume
        Its data are those in `room`, mapped.

    Raises
    ------
    VolumeError
        As for `read_volume`.
    OSError
        If there is no room on the disk.
    """
    image = read_image(path, room, name=name, take=take, scratch=scratch)
    affine, position = _sound_affine(image)
    intensities = image.summary.intensities()
    return Volume(
        id=source if image.volumes == 1 else volume_id(source, take),
        name=stem(Path(name or path.name)),
        data=image.data,
        affine=affine,
        unit=image.unit,
        header=image.header,
        notices=(*image.notices, *position, *_intensity_notices(intensities)),
        intensities=intensities,
        source=source,
        volumes=image.volumes,
        digest=image.summary.digest,
        processing=(Taken(image.taken, image.volumes),) if image.volumes > 1 else (),
    )


def _sound_affine(image: Image) -> tuple[NDArray[np.float64], list[Notice]]:
    """Return an affine that can be computed with, and what is unusual about the header's."""
    affine = image.affine
    if not _spans_space(affine):
        return np.eye(4), [Notice(FileCode.BAD_AFFINE)]
    sizes = nib.affines.voxel_sizes(affine)
    if sizes.max() > MAX_ANISOTROPY * sizes.min():
        edges = (sizes * MM_PER_UNIT[image.unit]).tolist()
        return affine, [Notice(FileCode.ANISOTROPIC, {"sizes": edges})]
    return affine, []


def _spans_space(affine: NDArray[np.float64]) -> bool:
    """Return whether voxels have a size, a place, and three directions that differ."""
    # From a nanometre to a kilometre, in millimetres or micrometres; NaN compares as false.
    if not (np.abs(affine) < 1e9).all():
        return False
    sizes = nib.affines.voxel_sizes(affine)
    if not ((sizes > 1e-6).all() and (sizes < 1e6).all()):
        return False
    return bool(abs(np.linalg.det(affine[:3, :3] / sizes)) > 1e-3)


def _intensity_notices(intensities: Intensities) -> list[Notice]:
    largest = max(-intensities.low, intensities.high)
    if largest <= LARGEST_SINGLE:
        return []
    return [Notice(FileCode.BEYOND_SINGLE, {"largest": largest})]
