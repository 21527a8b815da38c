"""From stored numbers to intensities, with a few chunks in memory at a time."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from nibabel.volumeutils import apply_read_scaling
from numpy.typing import NDArray

from dashboard.core.errors import VolumeError
from dashboard.core.facts import FileCode, Notice
from dashboard.core.reading.container import CUT_SHORT, Container
from dashboard.core.reading.header import Packing
from dashboard.core.reading.summary import CHUNK_VOXELS, Summary
from dashboard.core.reading.unpacked import DOUBLE, Unpacked

# The volumes of a file to average; None for all.
Take = tuple[int, ...] | None
FIRST: Take = (0,)
# float64 holds every whole number up to here.
LARGEST_WHOLE = 2**53
# Smaller sums stay in memory: functional runs at 3 mm and coarser.
SUMS_IN_MEMORY = 4 * 2**20


def taken(volumes: int, take: Take) -> tuple[int, ...]:
    """Return the volumes to read; raises VolumeError if the file does not have them."""
    if take is None:
        return tuple(range(volumes))
    for index in take:
        if not 0 <= index < volumes:
            held = "1 volume" if volumes == 1 else f"{volumes:,} volumes"
            raise VolumeError(f"the file has {held}, counted from 0; there is no volume {index}.")
    if not take:
        raise VolumeError("no volume is selected.")
    return tuple(sorted(set(take)))


def read_voxels(
    container: Container,
    packing: Packing,
    wanted: tuple[int, ...],
    into: Unpacked,
    *,
    scratch: Path | None = None,
) -> list[Notice]:
    """Read a volume, or the mean of several, as ``get_fdata()`` gives it.

    Parameters
    ----------
    container : Container
        At its first voxel; all volumes are read or skipped.
    wanted : tuple of int
        Volumes in ascending order.
    into : Unpacked
        Receives the intensities.
    scratch : Path, optional
        Folder for the sums of a mean.

    Raises
    ------
    VolumeError
        If the file is damaged or cut short.
    OSError
        If the disk is full.
    """
    stored = _Stored(container, packing)
    chunks = stored.volume(wanted[0]) if len(wanted) == 1 else _mean(stored, wanted, scratch)
    for values in chunks:
        into.add(values)
    stored.skip_to(packing.volumes)
    return [Notice(FileCode.ROUNDED)] if stored.merged else []


def finite_notices(summary: Summary) -> list[Notice]:
    """Return the number of voxels that are NaN or infinite; raises VolumeError if all are."""
    count = summary.nonfinite
    if count == summary.voxels:
        raise VolumeError("no voxel has a finite intensity. Choose another image.")
    if not count:
        return []
    return [Notice(FileCode.NONFINITE, {"count": count, "share": count / summary.voxels})]


class _Stored:
    """The volumes of an open file, from start to end; `merged` if float64 rounded a number."""

    def __init__(self, container: Container, packing: Packing) -> None:
        self._container, self._packing = container, packing
        self._next = 0
        self.merged = False

    def volume(self, index: int) -> Iterator[NDArray[np.float64]]:
        """Skip to a volume and yield its intensities in chunks."""
        self.skip_to(index)
        self._next += 1
        for first in range(0, self._packing.voxels, CHUNK_VOXELS):
            yield self._chunk(min(CHUNK_VOXELS, self._packing.voxels - first))

    def skip_to(self, index: int) -> None:
        """Skip the volumes before one."""
        packing = self._packing
        self._container.skip((index - self._next) * packing.voxels * packing.dtype.itemsize)
        self._next = index

    def _chunk(self, count: int) -> NDArray[np.float64]:
        packing = self._packing
        content = self._container.read(count * packing.dtype.itemsize)
        if len(content) < count * packing.dtype.itemsize:
            raise VolumeError(CUT_SHORT)
        stored = np.frombuffer(content, dtype=packing.dtype)
        self.merged = self.merged or _exceeds_whole(stored)
        with np.errstate(all="ignore"):
            scaled = apply_read_scaling(
                stored, np.float64(packing.slope), np.float64(packing.intercept)
            )
            return np.asarray(scaled, dtype=np.float64)


def _mean(
    stored: _Stored, wanted: tuple[int, ...], scratch: Path | None
) -> Iterator[NDArray[np.float64]]:
    """Yield the mean of several volumes in chunks; their sums are kept on disk."""
    size = CHUNK_VOXELS * DOUBLE.itemsize
    folder = None if scratch is None else str(scratch)
    with tempfile.SpooledTemporaryFile(max_size=SUMS_IN_MEMORY, dir=folder) as sums:
        for index in wanted:
            sums.seek(0)
            for values in stored.volume(index):
                total = values
                if index != wanted[0]:
                    start = sums.tell()
                    so_far = np.frombuffer(sums.read(values.size * DOUBLE.itemsize), DOUBLE)
                    sums.seek(start)
                    with np.errstate(all="ignore"):
                        total = so_far + values
                sums.write(total.tobytes())
        sums.seek(0)
        while content := sums.read(size):
            with np.errstate(all="ignore"):
                yield np.frombuffer(content, DOUBLE) / len(wanted)


def _exceeds_whole(stored: NDArray[Any]) -> bool:
    if stored.dtype.kind not in "iu" or stored.dtype.itemsize < 8:
        return False
    return int(stored.max()) > LARGEST_WHOLE or int(stored.min()) < -LARGEST_WHOLE
