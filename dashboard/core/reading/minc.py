"""MINC 1 files, which are netCDF, read by nibabel."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
from nibabel.minc1 import Minc1File, MincError
from numpy.typing import NDArray
from scipy.io import netcdf_file

from dashboard.core.errors import NotNowError, VolumeError
from dashboard.core.reading.container import CHUNK_BYTES, Container
from dashboard.core.reading.foreign import not_an_image
from dashboard.core.reading.header import MAX_VOXELS, Packing, checked_shape
from dashboard.core.reading.summary import CHUNK_VOXELS
from dashboard.core.reading.unpacked import nameless

MAGIC = b"CDF\x01"
# The size of the largest image in float64; the file is copied before it is read.
MAX_BYTES = 8 * MAX_VOXELS
# scipy's netCDF reader trusts all lengths and names, and fails in these ways.
_DAMAGED = (
    ArithmeticError, AssertionError, AttributeError, EOFError, LookupError, MincError,
    NotImplementedError, TypeError, ValueError,
)  # fmt: skip

BAD_FILE = "the file's header cannot be read; it is damaged or not a MINC 1 image. Export it again."


class Minc:
    """An open MINC 1 file."""

    def __init__(self, file: Any) -> None:
        self._minc = Minc1File(file)
        dtype = np.dtype(self._minc.get_data_dtype())
        shape = checked_shape(self._minc.get_data_shape(), dtype.itemsize)
        if len(shape) > 3:
            raise VolumeError("MINC with several volumes is not supported. Convert it to NIfTI.")
        affine = np.asarray(self._minc.get_affine(), dtype=np.float64)
        if affine.shape != (4, 4):
            raise VolumeError(BAD_FILE)
        header = nib.Minc1Image.header_class(dtype, shape, self._minc.get_zooms())
        self.packing = Packing(shape, dtype, 0, 1.0, 0.0, affine, header)

    def chunks(self) -> Iterator[NDArray[np.float64]]:
        """Yield the intensities as ``get_fdata()`` gives them, the first axis fastest."""
        _, rows, planes = self.packing.shape
        at_once = max(1, CHUNK_VOXELS // self.packing.shape[0])
        thick = max(1, at_once // rows)
        for k in range(0, planes, thick):
            for j in range(0, rows, at_once):
                yield self._part((slice(None), slice(j, j + at_once), slice(k, k + thick)))

    def _part(self, part: tuple[slice, slice, slice]) -> NDArray[np.float64]:
        try:
            with np.errstate(all="ignore"):
                scaled = self._minc.get_scaled_data(part)
        except _DAMAGED:
            raise VolumeError(BAD_FILE) from None
        return np.asarray(scaled, dtype=np.float64).ravel(order="F")


@contextmanager
def opened(container: Container, scratch: Path | None) -> Iterator[Minc]:
    """Open a copy of a file, because the original may change while it is mapped.

    Raises
    ------
    VolumeError
        If it is not a MINC 1 file.
    OSError
        If the disk is full.
    """
    with nameless(scratch) as copy:
        _copy(container, copy)
        try:
            with np.errstate(all="ignore"):
                image = Minc(_Mapped(copy, mmap=True))
        except (*_DAMAGED, OSError):
            raise VolumeError(BAD_FILE) from None
        except MemoryError:  # more often of impossible lengths than of a full memory
            raise NotNowError(BAD_FILE) from None
        yield image


def _copy(container: Container, copy: Any) -> None:
    content = container.read(CHUNK_BYTES)
    if not content.startswith(MAGIC):
        raise not_an_image(content[:348], BAD_FILE)
    count = 0
    while content:
        count += len(content)
        if count > MAX_BYTES:
            raise VolumeError(
                f"it is larger than {MAX_BYTES // 2**20:,} MiB, the limit for MINC. Crop or "
                "downsample the image."
            )
        copy.write(content)
        content = container.read(CHUNK_BYTES)
    copy.flush()
    copy.seek(0)


class _Mapped(netcdf_file):  # type: ignore[misc]
    """A netCDF file whose memory map ends with its last array, without warnings."""

    def close(self) -> None:
        self.variables: dict[str, Any] = {}
        self._mm_buf = self._mm = None

    __del__ = close
