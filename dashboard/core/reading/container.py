"""The bytes of an image file, plain or gzipped, read once from start to end.

The first bytes decide whether a file is gzipped, not its name: browsers may unpack `.nii.gz` or
rename it `.nii`. A gzip is read to its end, where its checksum is.
"""

import gzip
import os
import stat
import zlib
from pathlib import Path
from typing import BinaryIO, Self, cast

from dashboard.core.errors import NotNowError, VolumeError
from dashboard.core.steps import take_step

GZIP_MAGIC = b"\x1f\x8b"
# Deflate packs at most 1032 bytes into one, so a small file cannot hold what a header claims.
MAX_GZIP_RATIO = 1032
# Padding and footers after the voxels are far smaller.
MAX_TAIL_BYTES = 64 * 2**20
# Bytes read at once: large enough for speed, small compared with any volume.
CHUNK_BYTES = 4 * 2**20

# Raised by file objects for a damaged gzip.
_DAMAGED = (gzip.BadGzipFile, EOFError, zlib.error)

CUT_SHORT = "the voxels are damaged or cut short. Copy or export the file again."


class Container:
    """An open image file; `packed` if it is a gzip. Its errors do not name the file."""

    def __init__(self, path: Path) -> None:
        try:
            self._file: BinaryIO = path.open("rb")
        except OSError as error:
            raise NotNowError(f"the file cannot be read ({error.strerror}).") from None
        status = os.fstat(self._file.fileno())
        self._size = status.st_size
        if not stat.S_ISREG(status.st_mode) or not self._size:
            self._file.close()
            raise VolumeError("the file is empty. Copy or export it again.")
        self.packed = self._file.read(len(GZIP_MAGIC)) == GZIP_MAGIC
        self._file.seek(0)
        self._stream: BinaryIO = self._file
        if self.packed:
            self._stream = cast(BinaryIO, gzip.GzipFile(fileobj=self._file))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()
        self._file.close()

    def require(self, count: int) -> None:
        """Raise VolumeError if the file cannot hold `count` bytes, before unpacking any."""
        if count > self._size * (MAX_GZIP_RATIO if self.packed else 1):
            raise VolumeError(CUT_SHORT)

    def read(self, count: int) -> bytes:
        """Return the next `count` bytes, fewer at the end.

        Raises
        ------
        VolumeError
            If a gzip is damaged.
        NotNowError
            If the disk does not give them.
        """
        take_step()
        try:
            return self._stream.read(count)
        except _DAMAGED:
            raise VolumeError(CUT_SHORT) from None
        except OSError as error:
            raise NotNowError(f"the file cannot be read ({error.strerror}).") from None

    def skip(self, count: int) -> None:
        """Skip `count` bytes; raise VolumeError if a gzip is damaged or ends before."""
        if not self.packed:
            self._file.seek(count, os.SEEK_CUR)
            return
        while count:
            passed = len(self.read(min(count, CHUNK_BYTES)))
            if not passed:
                raise VolumeError(CUT_SHORT)
            count -= passed

    def finish(self) -> int:
        """Read a gzip to its checksum; raise VolumeError if damaged or far too long.

        Returns the number of bytes that were left.
        """
        tail = 0 if self.packed else self._size - self._file.tell()
        while self.packed and (passed := len(self.read(CHUNK_BYTES))):
            tail += passed
            if tail > MAX_TAIL_BYTES:
                raise VolumeError(
                    "the file unpacks to far more data than its header describes. Export it again."
                )
        return max(tail, 0)
