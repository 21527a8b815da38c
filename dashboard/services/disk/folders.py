"""Folders that belong to the user who runs the program."""

import os
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
