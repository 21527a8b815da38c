"""The key that signs sessions: made once, kept in the cache folder, and shared by all workers."""

import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path

from dashboard.core.errors import NeuroMixError
from dashboard.services.disk.folders import make_private, write_whole
from dashboard.services.disk.locks import Lock

KEY_BYTES = 32


def kept_key(folder: Path) -> bytes:
    """Return the key of a folder; make it if there is none, or others could read it.

    Raises
    ------
    NeuroMixError
        If the folder cannot be written to.
    """
    path = folder / "key"
    try:
        make_private(folder)
        with Lock(folder / "key.lock").held():
            return _read(path) or _made(path)
    except OSError as error:
        raise NeuroMixError(
            f"The key of the sessions cannot be kept in {folder} ({error.strerror}). Set "
            "SECRET_KEY, or DASHBOARD_CACHE to another folder."
        ) from None


def _read(path: Path) -> bytes | None:
    with suppress(OSError, ValueError):
        found = path.lstat()
        # Elsewhere files have no such modes.
        own = os.name != "posix" or (found.st_uid == os.geteuid() and not found.st_mode & 0o077)
        key = bytes.fromhex(path.read_text("ascii")) if stat.S_ISREG(found.st_mode) else b""
        if own and len(key) == KEY_BYTES:
            return key
    return None


def _made(path: Path) -> bytes:
    """Write a new key."""
    key = secrets.token_bytes(KEY_BYTES)
    write_whole(path, key.hex().encode(), path.with_suffix(".new"))
    return key
