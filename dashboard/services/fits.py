"""Fitted mixtures on disk, shared by all workers."""

import hashlib
import json
import tempfile
import threading
import zipfile
from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from dashboard import __version__
from dashboard.core.mixture import Mixture

# Fits of one-slice mixtures take 5 to 30 kB: some ten thousand of them.
MAX_BYTES = 256 * 2**20
# How many new fits are written between two looks at the folder's size.
BETWEEN_LOOKS = 200
# What reading a damaged or vanished file may raise.
UNUSABLE = (OSError, EOFError, ValueError, KeyError, AttributeError, TypeError, zipfile.BadZipFile)
ARRAYS = ("weights", "means", "covariances", "labels")
NUMBERS = ("log_likelihood", "parameters", "iterations", "converged", "fitted_voxels")


class FitStore:
    """Mixtures by what decides them, as `.npz` without pickles, bounded in size.

    The folder may be deleted at any time; whatever cannot be read is fitted again, and a disk
    that is full or read-only costs only the time.
    """

    def __init__(self, folder: Path, *, max_bytes: int = MAX_BYTES) -> None:
        self._folder = folder / "fits"
        self._max_bytes = max_bytes
        self._written = 0
        self._lock = threading.Lock()

    def get(self, key: Mapping[str, Any], fit: Callable[[], Mixture]) -> Mixture:
        """Return the mixture for a key, fitted if it is not there.

        Parameters
        ----------
        key : mapping
            Everything that decides the result besides the versions of this program and of
            scikit-learn and numpy, as JSON values.
        fit : callable
            What it raises is passed on and not remembered.
        """
        path = self._folder / f"{_name(key)}.npz"
        try:
            return _read(path)
        except UNUSABLE:
            mixture = fit()
        self._write(path, mixture)
        return mixture

    def _write(self, path: Path, mixture: Mixture) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self._folder, delete=False) as file:
                arrays = {name: getattr(mixture, name) for name in (*ARRAYS, *NUMBERS)}
                np.savez(file, **arrays)
            Path(file.name).replace(path)
            self._bound()
        except OSError:
            return

    def _bound(self) -> None:
        """Now and then, remove the oldest fits beyond the folder's size."""
        with self._lock:
            self._written += 1
            if self._written % BETWEEN_LOOKS != 1:
                return
        found = ((file.stat(), file) for file in self._folder.iterdir())
        files = sorted(found, key=lambda pair: -pair[0].st_mtime)
        total = 0
        for status, file in files:
            total += status.st_size
            if total > self._max_bytes:
                file.unlink(missing_ok=True)


def _name(key: Mapping[str, Any]) -> str:
    libraries = {name: version(name) for name in ("scikit-learn", "numpy")}
    whole = {**key, **libraries, "neuromix": __version__}
    return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()


def _read(path: Path) -> Mixture:
    # A pickle in the file raises ValueError instead of being run.
    with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
        arrays = {name: stored[name] for name in ARRAYS}
        numbers = {name: stored[name].item() for name in NUMBERS}
    return Mixture(**arrays, **numbers)
