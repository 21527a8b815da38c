"""Locks between worker processes, which the system releases when a process dies."""

import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

if sys.platform == "win32":

    def take(_file: BinaryIO, *, wait: bool) -> bool:  # noqa: ARG001
        """Lock nothing: without fork there is one worker."""
        return True

else:
    import fcntl

    def take(file: BinaryIO, *, wait: bool) -> bool:
        """Lock an open file until it is closed; return False if somebody else has it."""
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            return False
        return True


class Lock:
    """One holder at a time among the threads of all workers."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._threads = threading.Lock()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Wait for the lock and hold it."""
        with self._threads, self._path.open("ab") as file:
            take(file, wait=True)
            yield


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Hold a file of that name that nobody else holds; it is removed at the end."""
    file = _taken(path)
    try:
        yield
    finally:
        with suppress(OSError):  # Windows removes no open file
            path.unlink()  # while it is locked: whoever waits for it finds it gone
        file.close()


def _taken(path: Path) -> BinaryIO:
    while True:
        file = path.open("ab")
        take(file, wait=True)
        with suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(file.fileno()), path.stat()):
                return file
        file.close()


def create_locked(path: Path) -> BinaryIO:
    """Create a file that is not abandoned while it is open."""
    while True:
        file = path.open("xb")
        # A sweep may lock the file before its maker does, and remove it. That must be over before
        # there is another file of this name.
        take(file, wait=True)
        if path.exists():
            return file
        file.close()


def remove_abandoned(path: Path, look: Callable[[Path], object] = lambda _: None) -> None:
    """Remove a file of `create_locked` after a last look, unless its maker has it open."""
    # Windows has no such lock, but does not remove open files.
    with suppress(OSError):
        if os.name == "posix":
            with path.open("rb") as file:
                if take(file, wait=False):
                    look(path)
                    # Another sweep may have removed it, and its maker created another.
                    if os.path.samestat(os.fstat(file.fileno()), path.stat()):
                        path.unlink()
        else:
            look(path)
            path.unlink(missing_ok=True)
