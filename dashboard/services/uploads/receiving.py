"""The files of one drop on their way to disk: hashed as they pass, never whole in memory."""

import errno
import hashlib
import logging
import os
import re
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from dashboard.services.disk.locks import create_locked
from dashboard.services.uploads import names
from dashboard.services.uploads.limits import Limits
from dashboard.services.uploads.plan import File, Plan

# Room is asked for in steps when a browser does not say how much it sends.
STEP_BYTES = 16 * 2**20
# What is on its way is called so, with an extension; nothing else lies in its folder by our doing.
INCOMING = re.compile(r"[0-9]+-[0-9a-f]{32}(\.[a-z]+){1,2}")
# Errors of a full disk, or of a full share of it.
FULL = (errno.ENOSPC, errno.EDQUOT)

log = logging.getLogger(__name__)


@dataclass
class Received:
    """One file that has arrived: what it is called, where it lies, its SHA-256."""

    name: str
    path: Path
    file: BinaryIO
    hash: "hashlib._Hash" = field(default_factory=hashlib.sha256)

    @property
    def sha256(self) -> str:
        """Of the bytes that have passed."""
        return self.hash.hexdigest()


@dataclass(frozen=True)
class Arrived:
    """One image of a drop: a file, or a pair of files that lie side by side."""

    name: str
    image: Received
    header: Received | None = None

    @property
    def files(self) -> tuple[Received, ...]:
        """The image's files."""
        return (self.image, self.header) if self.header else (self.image,)

    @property
    def identity(self) -> str:
        """SHA-256 of the content, of a pair that of both."""
        if not self.header:
            return self.image.sha256
        both = self.image.sha256 + self.header.sha256
        return hashlib.sha256(both.encode()).hexdigest()


class Part:
    """Where one part of the form is written to, as a file for werkzeug's parser."""

    def __init__(self, drop: "Drop", received: Received | None) -> None:
        self._drop = drop
        self._received = received

    def write(self, data: bytes) -> int:
        """Hash and write a piece; one of a file that is left out only counts."""
        self._drop.count(len(data))
        if self._received:
            self._received.hash.update(data)
            with self._drop.disk():
                self._received.file.write(data)
        return len(data)

    def seek(self, _offset: int, _whence: int = 0) -> int:
        """Finish the part; the parser wants to read it from its start, and nobody does."""
        if self._received:
            with self._drop.disk():
                self._received.file.flush()
        return 0

    def close(self) -> None:
        """Leave the file to its drop."""


class Drop:
    """The files of one drop while they arrive; what is not kept is removed when it closes."""

    def __init__(self, folder: Path, limits: Limits, reserve: Callable[[int], None]) -> None:
        self._folder = folder
        self._limits = limits
        self._reserve = reserve
        self._reserved = 0
        self._bytes = 0
        self._parts = 0
        self._plan = Plan()
        self._received: dict[File, Received] = {}
        # Where halves of a pair lie side by side, by the number of their image.
        self._places: dict[int, Path] = {}
        self.refused = self._plan.refused

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for received in self._received.values():
            with suppress(OSError):  # closing writes what is left, and the disk may be full
                received.file.close()
            with suppress(OSError):
                received.path.unlink(missing_ok=True)

    def expect(self, count: int) -> None:
        """Make room for what the browser says it sends.

        Raises
        ------
        UploadError
            If that is too much.
        """
        if count > self._limits.drop:
            raise self._limits.too_large()
        if count > self._reserved:
            self._reserve(count)
            self._reserved = count

    def part(self, name: str) -> Part:
        """Begin a file; of one that is left out nothing is kept."""
        self._parts += 1
        if self._parts > self._limits.files:
            raise self._limits.too_many()
        file = self._plan.add(name)
        if file is None:
            return Part(self, None)
        with self.disk():
            path = self._path(file)
            received = self._received[file] = Received(file.name, path, create_locked(path))
        return Part(self, received)

    def count(self, count: int) -> None:
        """Count bytes that have arrived."""
        self._bytes += count
        if self._bytes > self._limits.drop:
            raise self._limits.too_large()
        if self._bytes > self._reserved:
            self.expect(min(self._bytes + STEP_BYTES, self._limits.drop))

    def disk(self) -> "Disk":
        """Translate the errors of the disk."""
        return Disk(self._limits)

    def images(self) -> list[Arrived]:
        """Return what has arrived, under names of their own; a repeated file is one image."""
        found: dict[str, Arrived] = {}
        same: set[tuple[str, str]] = set()
        for file, half in self._plan.images():
            header = self._received[half] if half else None
            image = Arrived(names.unique(file.name, found), self._received[file], header)
            if (file.name, image.identity) not in same:
                same.add((file.name, image.identity))
                found[image.name] = image
        return list(found.values())

    def sidecars(self, images: list[Arrived]) -> list[Received]:
        """Return what belongs to these images by its name."""
        return [self._received[file] for file in self._plan.sidecars(one.name for one in images)]

    def _path(self, file: File) -> Path:
        """Return a new path; the reader finds a pair's halves side by side."""
        place = self._places.setdefault(file.image, new_path(self._folder, ""))
        # A header is opened by this name; whether it is compressed is seen from its bytes.
        return place.with_name(place.name + (".hdr" if file.is_header else file.ending))


def new_path(folder: Path, extension: str) -> Path:
    """Return where a file of this process may arrive."""
    return folder / f"{os.getpid()}-{secrets.token_hex(16)}{extension}"


class Disk:
    """Translates the errors of a disk into sentences."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits

    def __enter__(self) -> None:
        return None

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if not isinstance(error, OSError):
            return
        if error.errno in FULL:
            raise self._limits.full() from None
        log.warning("uploads cannot be kept: %s", error)
        raise self._limits.unavailable(error) from None
