"""The files of one drop on their way to disk: hashed as they arrive, never whole in memory."""

import errno
import hashlib
import logging
import os
import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from dashboard.services.disk.locks import create_locked
from dashboard.services.uploads import names
from dashboard.services.uploads.limits import Limits
from dashboard.services.uploads.plan import File, Plan

# Space is reserved in steps if a browser does not say how much it sends.
STEP_BYTES = 16 * 2**20
# Names of arriving files. NeuroMix removes no others.
INCOMING = re.compile(r"[0-9]+-[0-9a-f]{32}(\.[a-z]+){1,2}")
# Errors of a full disk, or of a full share of it.
FULL = (errno.ENOSPC, errno.EDQUOT)

log = logging.getLogger(__name__)


@dataclass
class Received:
    """One file that has arrived: its name, its path, its SHA-256."""

    name: str
    path: Path
    file: BinaryIO
    hash: "hashlib._Hash" = field(default_factory=hashlib.sha256)

    @property
    def sha256(self) -> str:
        """Of the bytes so far."""
        return self.hash.hexdigest()


@dataclass(frozen=True)
class Arrived:
    """One image of a drop: a file, or a pair of files side by side."""

    name: str
    image: Received
    header: Received | None = None

    @property
    def files(self) -> tuple[Received, ...]:
        """The image's files."""
        return (self.image, self.header) if self.header else (self.image,)

    @property
    def identity(self) -> str:
        """SHA-256 of the content; for a pair, of both files."""
        if not self.header:
            return self.image.sha256
        both = self.image.sha256 + self.header.sha256
        return hashlib.sha256(both.encode()).hexdigest()


class Part:
    """One part of the form, as a file that werkzeug's parser writes."""

    def __init__(self, drop: "Drop", received: Received | None) -> None:
        self._drop = drop
        self._received = received

    def write(self, data: bytes) -> int:
        """Hash and write a piece; pieces of a file that is left out only count."""
        self._drop.count(len(data))
        if self._received:
            self._received.hash.update(data)
            with disk_errors(self._drop.limits):
                self._received.file.write(data)
        return len(data)

    def seek(self, _offset: int, _whence: int = 0) -> int:
        """Finish the part: the parser rewinds it to be read, which nobody does."""
        if self._received:
            with disk_errors(self._drop.limits):
                self._received.file.flush()
        return 0

    def close(self) -> None:
        """Leave the file to its drop."""


class Drop:
    """The files of one drop while they arrive; those not kept are removed when it closes."""

    def __init__(self, folder: Path, limits: Limits, reserve: Callable[[int], None]) -> None:
        self._folder = folder
        self.limits = limits
        self._reserve = reserve
        self._reserved = 0
        self._bytes = 0
        self._parts = 0
        self._plan = Plan()
        self._received: dict[File, Received] = {}
        # Where the halves of a pair are, side by side, by the number of their image.
        self._bases: dict[int, Path] = {}
        self.refused = self._plan.refused

    def close(self) -> None:
        """Remove whatever was not kept."""
        for received in self._received.values():
            with suppress(OSError):  # closing writes the rest, and the disk may be full
                received.file.close()
            with suppress(OSError):
                received.path.unlink(missing_ok=True)

    def expect(self, count: int) -> None:
        """Reserve what the browser says it sends.

        Raises
        ------
        UploadError
            If that is too much.
        """
        if count > self.limits.drop:
            raise self.limits.too_large()
        if count > self._reserved:
            self._reserve(count)
            self._reserved = count

    def part(self, name: str) -> Part:
        """Begin a file; nothing is kept of a file that is left out."""
        self._parts += 1
        if self._parts > self.limits.files:
            raise self.limits.too_many()
        file = self._plan.add(name)
        if file is None:
            return Part(self, None)
        with disk_errors(self.limits):
            path = self._path(file)
            received = self._received[file] = Received(file.name, path, create_locked(path))
        return Part(self, received)

    def count(self, count: int) -> None:
        """Count bytes that have arrived."""
        self._bytes += count
        if self._bytes > self.limits.drop:
            raise self.limits.too_large()
        if self._bytes > self._reserved:
            self.expect(min(self._bytes + STEP_BYTES, self.limits.drop))

    def images(self) -> list[Arrived]:
        """Return the images that arrived, under unique names; a repeated file is one image."""
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
        """Return the files that belong to these images by their names."""
        return [self._received[file] for file in self._plan.sidecars(one.name for one in images)]

    def _path(self, file: File) -> Path:
        """Return a new path; the reader finds a pair's halves side by side."""
        base = self._bases.setdefault(file.image, new_path(self._folder, ""))
        # A header is opened by this name; its bytes show whether it is compressed.
        return base.with_name(base.name + (".hdr" if file.is_header else file.ending))


def new_path(folder: Path, extension: str) -> Path:
    """Return where a file of this process may arrive."""
    return folder / f"{os.getpid()}-{secrets.token_hex(16)}{extension}"


@contextmanager
def disk_errors(limits: Limits) -> Iterator[None]:
    """Turn the errors of a disk into sentences."""
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise limits.full() from None
        log.warning("uploads cannot be kept: %s", error)
        raise limits.unavailable(error) from None
