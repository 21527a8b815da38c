"""Fitted mixtures on disk, shared by all workers."""

import hashlib
import json
import re
import tempfile
import threading
import time
import zipfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from dashboard import __version__
from dashboard.core.mixture.slice_fit import Mixture
from dashboard.services.disk.private import make_private

# Fits of one-slice mixtures take 5 to 30 kB: some ten thousand of them.
MAX_BYTES = 256 * 2**20
# How many new fits are written between two looks at the folder's size.
BETWEEN_LOOKS = 200
# Of each SHA-256 so many letters are in a fit's file name: with eight images it stays below the 255
# that file systems take, and two files that share them cost a fit at most.
MARK = 16
SEPARATOR = "-"
# What is being written is small and done at once; left behind, its process was killed.
NEW, LEFT_SECONDS = ".new-", 3600
# Nothing else in the folder is ours to remove.
OURS = re.compile(
    rf"{re.escape(NEW)}[a-z0-9_]{{8}}|([0-9a-f]{{{MARK}}}{SEPARATOR})*[0-9a-f]{{64}}\.npz"
)
# What reading a damaged or vanished file may raise.
UNUSABLE = (OSError, EOFError, ValueError, KeyError, AttributeError, TypeError, zipfile.BadZipFile)
ARRAYS = ("weights", "means", "covariances", "labels")
NUMBERS = ("log_likelihood", "parameters", "iterations", "converged", "fitted_voxels")


class FitStore:
    """Mixtures by what decides them, as `.npz` without pickles, bounded in size.

    The folder may be deleted at any time; whatever cannot be read is fitted again, and a disk
    that is full or read-only costs only the time.

    Parameters
    ----------
    folder : Path
        The cache.
    max_bytes : int
    kept : callable of SHA-256
        Tells whether a file has not been forgotten, which may happen while it is fitted.
    """

    def __init__(
        self,
        folder: Path,
        *,
        max_bytes: int = MAX_BYTES,
        kept: Callable[[str], bool] = lambda _: True,
    ) -> None:
        self._folder = folder / "fits"
        self._kept = kept
        self._max_bytes = max_bytes
        self._written = 0
        self._lock = threading.Lock()

    def get(self, key: Mapping[str, Any], fit: Callable[[], Mixture]) -> Mixture:
        """Return the mixture for a key, fitted if it is not there.

        Parameters
        ----------
        key : mapping
            Everything that decides the result besides the versions of this program and of
            scikit-learn and numpy, as JSON values. "sources" lists the SHA-256 of the files that
            take part, by which `forget` finds the fit.
        fit : callable
            What it raises is passed on and not remembered.
        """
        path = self._folder / f"{_name(key)}.npz"
        try:
            return _read(path)
        except UNUSABLE:
            mixture = fit()
        self._write(path, mixture)
        # Asked once the fit is there: whoever forgets the file from now on finds it.
        if not all(self._kept(source) for source in key.get("sources", ())):
            path.unlink(missing_ok=True)
        return mixture

    def forget(self, source: str) -> None:
        """Remove every fit in which the file with that SHA-256 took part."""
        for path in _listed(self._folder):
            if source[:MARK] in path.name.split(SEPARATOR)[:-1]:
                path.unlink(missing_ok=True)

    def _write(self, path: Path, mixture: Mixture) -> None:
        try:
            make_private(self._folder)
            with tempfile.NamedTemporaryFile(dir=self._folder, prefix=NEW, delete=False) as file:
                new = Path(file.name)
                try:
                    arrays = {name: getattr(mixture, name) for name in (*ARRAYS, *NUMBERS)}
                    np.savez(file, **arrays)
                except BaseException:
                    new.unlink(missing_ok=True)
                    raise
            new.replace(path)
            self._bound()
        except OSError:
            return

    def _bound(self) -> None:
        """Now and then, remove the oldest fits beyond the folder's size."""
        with self._lock:
            self._written += 1
            if self._written % BETWEEN_LOOKS != 1:
                return
        found = []
        for file in _listed(self._folder):
            # Another worker may be removing what is listed here.
            with suppress(OSError):
                if OURS.fullmatch(file.name):
                    found.append((file.stat(), file))
        total = 0
        for status, file in sorted(found, key=lambda pair: -pair[0].st_mtime):
            total += status.st_size
            left = file.name.startswith(NEW) and time.time() - status.st_mtime > LEFT_SECONDS
            if left or total > self._max_bytes:
                file.unlink(missing_ok=True)


def _listed(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def _name(key: Mapping[str, Any]) -> str:
    """Return a file name of the beginnings of all sources and the hash of the whole key."""
    libraries = {name: version(name) for name in ("scikit-learn", "numpy")}
    whole = {**key, **libraries, "neuromix": __version__}
    decided = hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()
    marks = dict.fromkeys(source[:MARK] for source in key.get("sources", ()))
    return SEPARATOR.join((*marks, decided))


def _read(path: Path) -> Mixture:
    # A pickle in the file raises ValueError instead of being run.
    with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
        arrays = {name: stored[name] for name in ARRAYS}
        numbers = {name: stored[name].item() for name in NUMBERS}
    return Mixture(**arrays, **numbers)
