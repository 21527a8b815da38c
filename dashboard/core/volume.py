"""One image file as the dashboard uses it: its voxels, where they lie, and what to know of them."""

import hashlib
import logging
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
from numpy.typing import NDArray

from dashboard.core.errors import VolumeError
from dashboard.core.image import EXTENSIONS as EXTENSIONS  # the page lists files by them
from dashboard.core.image import MM_PER_UNIT, Image, read_image
from dashboard.core.orientation import PLANE_AXES, Orientation, Plane

# The volumes of a file whose mean is taken; None stands for all of them.
Take = tuple[int, ...] | None
FIRST: Take = (0,)
# Percent of the voxels beyond each end of a clipped range.
CLIP_LEVELS = ("0.1", "0.5", "1")
# Most voxels read to describe a volume's intensities: percentiles are stable far below this.
SAMPLED_VOXELS = 2_000_000
# MRI slices are up to some 20 times as thick as their pixels are wide.
MAX_ANISOTROPY = 50
# Scanners give at most 2^16, maps a little more; float32 ends here.
LARGEST_SINGLE = float(np.finfo(np.float32).max)

# nibabel reports each header field that it mends on stderr, where a command has one line to say.
nib.imageglobals.logger.setLevel(logging.CRITICAL)


@dataclass(frozen=True)
class Intensities:
    """What is known of all voxels of a volume together, in the image's own unit.

    Attributes
    ----------
    low, high : float
        Smallest and largest finite intensity.
    window : tuple of float
        Black and white of the grey pictures: the smallest intensity (0 where nothing is
        negative), and the one that 0.5 % of the non-zero voxels exceed.
    background : float
        The most frequent intensity.
    mean : float
        Of the finite voxels.
    background_share : float
        Share of the finite voxels that have the most frequent intensity.
    voxels, zeros, negatives, nonfinite, saturated : int
        Counts: all voxels; those that are 0, below 0, NaN or infinite; and exactly `high`.
    limits : mapping of str to tuple of float
        For each level of clipping p, the p-th and (100 - p)-th percentile of the voxels that
        differ from the background.
    """

    low: float
    high: float
    window: tuple[float, float]
    background: float
    mean: float
    background_share: float
    voxels: int
    zeros: int
    negatives: int
    nonfinite: int
    saturated: int
    limits: Mapping[str, tuple[float, float]]


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
    notices : tuple of str
        What was unusual about the file, one sentence each.
    intensities : Intensities
    source : str
        SHA-256 of the file; of a pair, of both.
    volumes : int
        Number of volumes in the file, of which this is one or a mean.
    digest : str
        Hash of the intensities: the same for copies under other headers or compressions.
    processing : tuple of str
        What was done since the file was read, in short: "mean of 65 volumes".
    """

    id: str
    name: str
    data: NDArray[Any]
    affine: NDArray[np.float64]
    unit: str
    header: tuple[tuple[str, str], ...]
    notices: tuple[str, ...]
    intensities: Intensities
    source: str
    volumes: int
    digest: str
    processing: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The name with what was done to the voxels, as views and tables show it."""
        return f"{self.name} ({', '.join(self.processing)})" if self.processing else self.name

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


def file_id(path: Path) -> str:
    """Return the SHA-256 of a file, which is the identity of its volume.

    Raises
    ------
    VolumeError
        If the file is missing or cannot be read.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise VolumeError(
                f"{path.name or 'No name'}: this is a folder or a device. Choose an image file."
            )
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        raise VolumeError(
            f"{path.name}: there is no such file. Check its name and folder."
        ) from None
    except OSError as error:
        raise VolumeError(f"{path.name}: the file cannot be read ({error.strerror}).") from None


def read_volume(path: Path, *, name: str | None = None, take: Take = FIRST) -> Volume:
    """Read one image file whole.

    Parameters
    ----------
    path : Path
        A NIfTI, Analyze, MGH or MINC file.
    name : str, optional
        What messages call the file, where it is stored under another name.
    take : tuple of int, or None
        Volumes of a 4-D or 5-D file, counted from 0 in storage order, whose mean is taken; None
        takes the mean of all.

    Returns
    -------
    Volume

    Raises
    ------
    VolumeError
        If the file is missing, damaged, too large, or holds no scalar intensities.
    """
    identity = file_id(path)
    image = read_image(path)
    affine, position = _sound_affine(image)
    intensities = describe(image.data)
    return Volume(
        id=identity,
        name=stem(path),
        data=image.data,
        affine=affine,
        unit=image.unit,
        header=image.header,
        notices=(*image.notices, *position, *_intensity_notices(intensities)),
        intensities=intensities,
        source=identity,
        volumes=1,
        digest=hashlib.sha256(np.ascontiguousarray(image.data, "<f8").tobytes()).hexdigest(),
    )


def _sound_affine(image: Image) -> tuple[NDArray[np.float64], list[str]]:
    """Return an affine that can be computed with, and what is unusual about the header's."""
    affine = image.affine
    if not _spans_space(affine):
        return np.eye(4), [
            "The header's position matrix (affine) is unusable, so 1 mm voxels in storage order "
            "are assumed: left and right, millimetres and volumes are unknown."
        ]
    sizes = nib.affines.voxel_sizes(affine)
    if sizes.max() > MAX_ANISOTROPY * sizes.min():
        edges = " x ".join(f"{size * MM_PER_UNIT[image.unit]:g}" for size in sizes)
        return affine, [
            f"The voxels measure {edges} mm, which no scanner gives: pictures are distorted and "
            "volumes in mL are doubtful."
        ]
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


def _intensity_notices(intensities: Intensities) -> list[str]:
    largest = max(-intensities.low, intensities.high)
    if largest <= LARGEST_SINGLE:
        return []
    return [
        f"Intensities reach {largest:.3g}, beyond what float32 and many other programs hold; "
        "check the scaling (scl_slope) in the file's header."
    ]


def describe(data: NDArray[Any]) -> Intensities:
    """Summarise all finite voxels of a volume.

    Parameters
    ----------
    data : ndarray
        Intensities with at least one finite value.

    Returns
    -------
    Intensities
    """
    finite = data[np.isfinite(data)]
    step = max(1, finite.size // SAMPLED_VOXELS)
    low, high = float(finite.min()), float(finite.max())
    sample = finite[::step]
    shown = sample[sample != 0]
    white = float(np.percentile(shown, 99.5)) if shown.size else high
    black = min(0.0, float(np.percentile(sample, 0.5))) if low < 0 else (0.0 if white > 0 else low)
    values, counts = np.unique(sample, return_counts=True)
    background = values[counts.argmax()]
    bulk = sample[sample != background]
    return Intensities(
        low=low,
        high=high,
        window=(black, white) if white > black else (black, black + 1.0),
        background=float(background),
        mean=float(finite.mean(dtype=np.float64)),
        background_share=float((sample == background).mean()),
        voxels=data.size,
        zeros=int((finite == 0).sum()),
        negatives=int((finite < 0).sum()),
        nonfinite=int(data.size - finite.size),
        saturated=int((finite == high).sum()),
        limits={level: _limits(bulk, float(level), (low, high)) for level in CLIP_LEVELS},
    )


def _limits(bulk: NDArray[Any], level: float, whole: tuple[float, float]) -> tuple[float, float]:
    if not bulk.size:
        return whole
    low, high = np.percentile(bulk, [level, 100 - level])
    return float(low), float(high)
