"""Writing of voxels to an ``.npy`` on disk: float32 until an intensity needs float64."""

import errno
import io
import math
import os
import tempfile
from pathlib import Path
from typing import Any, BinaryIO, cast

import numpy as np
from numpy.typing import NDArray

from dashboard.core.reading.summary import CHUNK_VOXELS, Summary
from dashboard.core.steps import take_step

SINGLE: np.dtype[Any] = np.dtype("<f4")
DOUBLE: np.dtype[Any] = np.dtype("<f8")
# Errors of file systems that cannot reserve space.
CANNOT_ALLOCATE = (errno.EOPNOTSUPP, errno.EINVAL, errno.ENOSYS)


class Unpacked:
    """One volume, written in storage order to a new file that is open for reading and writing."""

    def __init__(self, file: BinaryIO, shape: tuple[int, int, int]) -> None:
        self.summary = Summary(shape)
        self._file, self._shape, self._dtype = file, shape, SINGLE
        self._count = 0
        file.write(npy_header(shape, SINGLE))

    def add(self, values: NDArray[np.float64]) -> None:
        """Write the next voxels; raises OSError if the disk is full."""
        take_step()
        kept = self._fitting(values)
        self.summary.add(kept)
        self._file.write(np.ascontiguousarray(kept).data)
        self._count += kept.size

    def array(self) -> NDArray[Any]:
        """Return all voxels, mapped and read-only."""
        self._file.flush()
        offset = len(npy_header(self._shape, self._dtype))
        return np.memmap(self._file, self._dtype, "r", offset, self._shape, "F")

    def _fitting(self, values: NDArray[np.float64]) -> NDArray[Any]:
        if self._dtype == DOUBLE:
            return values
        with np.errstate(all="ignore"):
            single = values.astype(SINGLE)
        same = single == values
        if not same.all() and not (same | np.isnan(values)).all():
            self._widen()
            return values
        return single

    def _widen(self) -> None:
        """Rewrite the float32 voxels as float64, last chunk first so that none is overwritten."""
        start = len(npy_header(self._shape, SINGLE))
        for first in reversed(range(0, self._count, CHUNK_VOXELS)):
            count = min(CHUNK_VOXELS, self._count - first)
            self._file.seek(start + first * SINGLE.itemsize)
            values = np.frombuffer(self._file.read(count * SINGLE.itemsize), SINGLE)
            self._file.seek(start + first * DOUBLE.itemsize)
            self._file.write(values.astype(DOUBLE).data)
        self._file.seek(0)
        self._file.write(npy_header(self._shape, DOUBLE))
        self._file.seek(0, os.SEEK_END)
        self._dtype = DOUBLE


def npy_header(shape: tuple[int, ...], dtype: np.dtype[Any]) -> bytes:
    """Return the header of an ``.npy``, of the same length for both data types."""
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        header, {"descr": dtype.str, "fortran_order": True, "shape": shape}
    )
    return header.getvalue()


def nameless(folder: Path | None) -> BinaryIO:
    """Open a temporary file without a name, deleted even if the process is killed."""
    return cast(BinaryIO, tempfile.TemporaryFile(dir=folder))


def reserved(file: BinaryIO, shape: tuple[int, int, int], dtype: np.dtype[Any]) -> NDArray[Any]:
    """Return an array in a new file with its blocks reserved: on a full disk a map would kill."""
    header = npy_header(shape, dtype)
    file.write(header)
    size = len(header) + math.prod(shape) * dtype.itemsize
    file.truncate(size)
    if hasattr(os, "posix_fallocate"):
        try:
            os.posix_fallocate(file.fileno(), 0, size)
        except OSError as error:
            if error.errno not in CANNOT_ALLOCATE:
                raise
    return np.memmap(file, dtype, "r+", len(header), shape, "F")
