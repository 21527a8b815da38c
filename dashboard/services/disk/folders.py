"""Folders and files that belong to the user who runs the program."""

import os
import time
from collections.abc import Iterator
from pathlib import Path


def make_private(folder: Path) -> None:
    """Make a folder, and missing ones above it, that only this user can read.

    Raises
    ------
    OSError
    """
    if not folder.is_dir():
        make_private(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)


def listed(folder: Path) -> list[Path]:
    """Return what is in a folder; nothing if it is missing or cannot be read."""
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def untouched(folder: Path, seconds: float) -> Iterator[Path]:
    """Yield the paths in a folder that nobody has written to for so many seconds."""
    latest = time.time() - seconds
    for path in listed(folder):
        try:
            left = path.stat().st_mtime < latest
        except OSError:  # another worker may be removing it
            continue
        if left:
            yield path


def size(path: Path) -> int:
    """Return the bytes of a file; 0 if there is none, or it cannot be looked at."""
    try:
        return path.stat().st_size if path.is_file() else 0
    except OSError:
        return 0


def write_whole(path: Path, content: bytes, new: Path) -> None:
    """Write a file that only this user can read: whole or not at all, even in a power cut.

    Parameters
    ----------
    path : Path
    content : bytes
    new : Path
        Where it is written first, in the same folder; what is there is replaced.

    Raises
    ------
    OSError
        If it cannot be written; then nothing is left of it.
    """
    try:
        new.unlink(missing_ok=True)
        with open(new, "xb", opener=_private) as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    except OSError:
        new.unlink(missing_ok=True)
        raise
    sync(path.parent)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def version(path: Path) -> tuple[int, ...]:
    """Return what changes with a file, even if it is replaced by one of its size and age.

    Raises
    ------
    OSError
    """
    status = path.stat()
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino


def sync(folder: Path) -> None:
    """Make new names in a folder outlast a power cut, if the system can."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
