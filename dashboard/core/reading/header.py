"""A file's header: how its voxels are packed, checked, and its fields as they are shown."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from nibabel.spatialimages import HeaderDataError
from numpy.typing import NDArray

from dashboard.core.errors import VolumeError
from dashboard.core.facts import Notice

# 512 x 512 x 512 in float64 is 1 GiB, the most disk space for one image.
MAX_VOXELS = 512**3
# A resting-state run of 1,200 volumes at 2 mm is 4.3 GB in float32, all unpacked once.
MAX_STORED_BYTES = 8 * 2**30
# Millimetres per spatial unit of the header; "unknown" means mm, as in most tools.
MM_PER_UNIT = {"mm": 1.0, "meter": 1000.0, "micron": 0.001, "unknown": 1.0}


@dataclass(frozen=True, eq=False)
class Packing:
    """How a file packs its voxels: its checked header.

    Attributes
    ----------
    shape : tuple of int
        Voxels along each stored axis, without trailing axes of length 1 beyond the third.
    dtype : dtype
        As stored, including the byte order.
    offset : int
        Bytes before the first voxel.
    slope, intercept : float
        ``intensity = slope * stored + intercept``.
    affine : ndarray, shape (4, 4)
        From the header, even if unusable; NaN if it has none.
    """

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    offset: int
    slope: float
    intercept: float
    affine: NDArray[np.float64]
    header: Any
    notices: tuple[Notice, ...] = ()

    @property
    def voxels(self) -> int:
        """Number of voxels of one volume."""
        return math.prod(self.shape[:3])

    @property
    def grid(self) -> tuple[int, int, int]:
        """Shape of one volume."""
        i, j, k = (*self.shape, 1, 1)[:3]
        return i, j, k

    @property
    def volumes(self) -> int:
        """Number of volumes, over the fourth and all further axes."""
        return math.prod(self.shape[3:])


def checked_shape(axes: Sequence[int], itemsize: int) -> tuple[int, ...]:
    """Return the shape in a header, without trailing axes of length 1 beyond the third.

    `itemsize` is the number of bytes per voxel.

    Raises
    ------
    VolumeError
        If the shape is impossible or too large.
    """
    # numpy integers would overflow silently.
    shape = tuple(int(n) for n in axes)
    if not shape:
        raise VolumeError("the file has no image grid (surface or matrix data?).")
    if min(shape) < 1:
        raise VolumeError(f"the header has the impossible shape {shape}. Export the file again.")
    while len(shape) > 3 and shape[-1] == 1:
        shape = shape[:-1]
    voxels = math.prod(shape[:3])
    if voxels > MAX_VOXELS:
        raise VolumeError(
            f"it has {voxels:,} voxels; at most {MAX_VOXELS:,} are supported. Crop or downsample "
            "the image."
        )
    if math.prod(shape) * itemsize > MAX_STORED_BYTES:
        raise VolumeError(
            f"its {math.prod(shape[3:]):,} volumes are larger than the {MAX_STORED_BYTES // 2**30} "
            "GiB that are supported. Save some of the volumes as a file of their own."
        )
    return shape


def header_affine(header: Any) -> NDArray[np.float64]:
    """Return the affine of a nibabel header, all NaN if the header contradicts itself."""
    try:
        with np.errstate(all="ignore"):
            return np.asarray(header.get_best_affine(), dtype=np.float64)
    except (HeaderDataError, ValueError, ArithmeticError, np.linalg.LinAlgError):
        return np.full((4, 4), np.nan)


def spatial_unit(header: Any) -> str:
    """Return a header's spatial unit; MGH and MINC are always in mm."""
    if not hasattr(header, "get_xyzt_units"):
        return "mm"
    try:
        unit = str(header.get_xyzt_units()[0])
    except KeyError:
        return "unknown"
    return unit if unit in MM_PER_UNIT else "unknown"


def listed(header: Any) -> tuple[tuple[str, str], ...]:
    """Return the fields of a header as ``print(header)`` does, followed by the units."""
    fields = []
    if hasattr(header, "items"):
        fields = [(str(key), _printable(value)) for key, value in header.items()]
    if hasattr(header, "get_xyzt_units"):
        try:
            fields.append(("get_xyzt_units()", str(header.get_xyzt_units())))
        except KeyError:
            fields.append(("get_xyzt_units()", "unknown code"))
    return tuple(fields)


def _printable(value: Any) -> str:
    if isinstance(value, np.ndarray) and value.dtype.kind == "S":
        value = value.tobytes().split(b"\0")[0].decode("latin-1")
        return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in value)
    text = np.array2string(np.asarray(value), separator=" ", threshold=16, precision=6)
    return " ".join(text.split())
