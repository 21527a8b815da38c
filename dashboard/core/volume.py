"""One image file: validate it, read it, and say what is in it.

The header is checked before nibabel allocates anything, since nibabel trusts it.
"""

import gzip
import hashlib
import logging
import zlib
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
from nibabel.filebasedimages import ImageFileError
from nibabel.spatialimages import HeaderDataError, HeaderTypeError
from numpy.typing import NDArray

from dashboard.core.errors import VolumeError
from dashboard.core.orientation import PLANE_AXES, Orientation, Plane

# What the page lists and `segment` takes; other compressions would be unpacked unseen.
EXTENSIONS = (".nii", ".nii.gz", ".img", ".img.gz", ".mgz", ".mgh", ".mnc")
# 512 x 512 x 512 in float64 is 1 GiB, the most one image may take of a worker's memory.
MAX_VOXELS = 512**3
# Millimetres in one spatial unit of the header; "unknown" is taken as mm, as most tools do.
MM_PER_UNIT = {"mm": 1.0, "meter": 1000.0, "micron": 0.001, "unknown": 1.0}
# Most voxels read to describe a volume's intensities: percentiles are stable far below this.
SAMPLED_VOXELS = 2_000_000
# What nibabel raises for headers it cannot make sense of.
DAMAGED = (
    ImageFileError, HeaderDataError, HeaderTypeError, OSError, ValueError, zlib.error, EOFError,
    KeyError,
)  # fmt: skip

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
    """

    low: float
    high: float
    window: tuple[float, float]
    background: float


@dataclass(frozen=True, eq=False)
class Volume:
    """One image on its file's own grid.

    Attributes
    ----------
    id : str
        SHA-256 of the file.
    name : str
        The file's name without its extensions.
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
    """

    id: str
    name: str
    data: NDArray[Any]
    affine: NDArray[np.float64]
    unit: str
    header: tuple[tuple[str, str], ...]
    notices: tuple[str, ...]
    intensities: Intensities

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


@dataclass
class _Findings:
    """Notices collected while one file is read."""

    notices: list[str] = field(default_factory=list)

    def add(self, sentence: str) -> None:
        self.notices.append(sentence)


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
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        raise VolumeError(
            f"{path.name}: there is no such file. Check its name and folder."
        ) from None
    except OSError as error:
        raise VolumeError(f"{path.name}: the file cannot be read ({error.strerror}).") from None


def read_volume(path: Path) -> Volume:
    """Read one image file whole.

    Parameters
    ----------
    path : Path
        A NIfTI, Analyze, MGH or MINC file. Of a 4-D file the first volume is taken.

    Returns
    -------
    Volume

    Raises
    ------
    VolumeError
        If the file is missing, damaged, too large, or holds no scalar intensities.
    """
    identity = file_id(path)
    image = _open(path)
    findings = _Findings()
    data = _read_data(image, path.name, findings)
    affine = _sound_affine(image, findings)
    return Volume(
        id=identity,
        name=stem(path),
        data=data,
        affine=affine,
        unit=_spatial_unit(image),
        header=_header_fields(image),
        notices=tuple(findings.notices),
        intensities=describe(data),
    )


def _open(path: Path) -> Any:
    if not path.name.lower().endswith(EXTENSIONS):
        known = ", ".join(EXTENSIONS)
        raise VolumeError(f"{path.name}: this is no image file that can be read ({known}).")
    if path.stat().st_size == 0:
        raise VolumeError(f"{path.name}: the file is empty. Copy or export it again.")
    try:
        return nib.load(path)
    except DAMAGED:
        raise VolumeError(
            f"{path.name}: the file's header cannot be read; it is damaged or not an image. "
            "Copy or export it again."
        ) from None


def _read_data(image: Any, name: str, findings: _Findings) -> NDArray[Any]:
    shape = _checked_shape(image, name)
    dtype = image.get_data_dtype()
    if dtype.names or dtype.kind not in "iufb":
        kind = "colours" if dtype.names else "complex numbers"
        raise VolumeError(
            f"{name}: its voxels are {kind}; an image of single intensities is needed."
        )
    try:
        voxels = _first_volume(image, shape, findings)
    except (OSError, EOFError, ValueError, zlib.error, gzip.BadGzipFile):
        raise VolumeError(
            f"{name}: the voxels are damaged or cut short. Copy or export the file again."
        ) from None
    finite = np.isfinite(voxels)
    if not finite.any():
        raise VolumeError(f"{name}: no voxel has a finite intensity, so there is nothing to show.")
    if not finite.all():
        count = int(voxels.size - finite.sum())
        findings.add(
            f"{count:,} voxels ({count / voxels.size:.2%}) are NaN or infinite; "
            "they are never foreground and are left out of every histogram."
        )
    return _compact(voxels)


def _checked_shape(image: Any, name: str) -> tuple[int, ...]:
    shape = tuple(int(n) for n in getattr(image, "shape", ()))
    if getattr(image, "affine", None) is None or not shape:
        raise VolumeError(f"{name}: the file holds no image grid (surface or matrix data?).")
    if min(shape) < 1:
        raise VolumeError(f"{name}: the header gives the impossible shape {shape}.")
    voxels = int(np.prod(shape[:3], dtype=object))
    if voxels > MAX_VOXELS:
        raise VolumeError(
            f"{name}: {voxels:,} voxels are more than the {MAX_VOXELS:,} this dashboard takes; "
            "crop or downsample the image."
        )
    return shape


def _first_volume(image: Any, shape: tuple[int, ...], findings: _Findings) -> NDArray[np.float64]:
    """Read the first volume as float64, just as ``get_fdata()`` would give it."""
    while len(shape) > 3 and shape[-1] == 1:
        shape = shape[:-1]
    if len(shape) > 3:
        count = int(np.prod(shape[3:]))
        size = " x ".join(map(str, shape))
        findings.add(f"The file holds {count} volumes ({size}); only the first is used.")
        voxels = np.asarray(image.dataobj[(..., *[0] * (len(shape) - 3))], dtype=np.float64)
    else:
        voxels = image.get_fdata(caching="unchanged")
    return voxels.reshape((*shape, 1, 1)[:3], order="F")


def _compact(voxels: NDArray[np.float64]) -> NDArray[Any]:
    """Halve the memory where float32 holds every value exactly."""
    with np.errstate(over="ignore"):
        single = voxels.astype(np.float32, order="F")
    return single if np.array_equal(single, voxels, equal_nan=True) else np.asfortranarray(voxels)


def _sound_affine(image: Any, findings: _Findings) -> NDArray[np.float64]:
    affine = np.asarray(image.affine, dtype=np.float64)
    sizes = nib.affines.voxel_sizes(affine) if np.isfinite(affine).all() else np.zeros(3)
    # Voxels between a nanometre and a kilometre, and three axes that span the space.
    if (sizes > 1e-6).all() and (sizes < 1e6).all():
        directions = affine[:3, :3] / sizes
        if abs(np.linalg.det(directions)) > 1e-3:
            return affine
    findings.add(
        "The header's position matrix (affine) is unusable, so 1 mm voxels in storage order are "
        "assumed: left and right, millimetres and volumes are unknown."
    )
    return np.eye(4)


def _spatial_unit(image: Any) -> str:
    """Return the header's spatial unit; MGH and MINC are in mm by definition of the format."""
    if not hasattr(image.header, "get_xyzt_units"):
        return "mm"
    try:
        unit = str(image.header.get_xyzt_units()[0])
    except KeyError:
        return "unknown"
    return unit if unit in MM_PER_UNIT else "unknown"


def _header_fields(image: Any) -> tuple[tuple[str, str], ...]:
    """List the header as ``print(image.header)`` does, with the units spelled out behind it."""
    header = image.header
    fields = []
    if hasattr(header, "items"):
        fields = [(str(key), _printable(value)) for key, value in header.items()]
    if hasattr(header, "get_xyzt_units"):
        try:
            fields.append(("get_xyzt_units()", str(header.get_xyzt_units())))
        except KeyError:
            fields.append(("get_xyzt_units()", "not a known code"))
    return tuple(fields)


def _printable(value: Any) -> str:
    if isinstance(value, np.ndarray) and value.dtype.kind == "S":
        value = value.tobytes().split(b"\0")[0].decode("latin-1")
        return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in value)
    text = np.array2string(np.asarray(value), separator=" ", threshold=16, precision=6)
    return " ".join(text.split())


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
    return Intensities(
        low=low,
        high=high,
        window=(black, white) if white > black else (black, black + 1.0),
        background=float(values[counts.argmax()]),
    )
