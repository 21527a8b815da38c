"""Fitted models and what speaks for them on disk, shared by all workers."""

import hashlib
import json
import re
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar

from dashboard import __version__
from dashboard.core.export.record import LIBRARIES
from dashboard.core.mixture.criteria import Candidate
from dashboard.core.mixture.fit import METHOD
from dashboard.core.mixture.model import Model
from dashboard.services.cache.copies import FORMAT
from dashboard.services.disk.folders import listed, make_private
from dashboard.services.disk.locks import alone
from dashboard.services.tally import Tally

# A model takes 1 kB, of many images and components 15 kB: some hundred thousand of them.
MAX_BYTES = 256 * 2**20
# New models written between two looks at the folder's size.
BETWEEN_LOOKS = 200
# Characters of each SHA-256 in a model's file name: with eight images in the fit, two shown and a
# mask it stays below the 255 that file systems take. Two files that share them cost one more fit.
MARK = 15
SEPARATOR = "-"
# A file is written at once; one that is left behind is from a killed process.
NEW, LEFT_SECONDS = ".new-", 3600
# A model that is being fitted.
LOCK = ".lock"
# Hexadecimal digits of a SHA-256.
DIGEST = 64
# NeuroMix removes only files it created.
OURS = re.compile(
    rf"{re.escape(NEW)}[a-z0-9_]{{8}}"
    rf"|([0-9a-f]{{{MARK}}}{SEPARATOR})*[0-9a-f]{{{DIGEST}}}\.json"
    rf"|[0-9a-f]{{{DIGEST}}}{re.escape(LOCK)}"
)
# Older versions kept labels, which a removed upload must not live on in.
_OLD_FOLDER, _OLD = "fits", re.compile(r"([0-9a-f]{16}-)*[0-9a-f]{64}\.npz")
# What reading a damaged or vanished file may raise.
UNUSABLE = (OSError, ValueError, KeyError, AttributeError, TypeError)

Record = TypeVar("Record", Model, Candidate)


class ModelStore:
    """Models by what they were made from, as JSON, bounded in size.

    The folder may be deleted at any time. A model that cannot be read is fitted again; a disk
    that is full or read-only costs only time.

    Parameters
    ----------
    folder : Path
        The cache.
    max_bytes : int
    kept : callable of SHA-256
        Returns False for a file that was forgotten, which may happen while it is fitted.

    Attributes
    ----------
    tally : Tally
        Of the models asked for; those made were fitted.
    """

    def __init__(
        self,
        folder: Path,
        *,
        max_bytes: int = MAX_BYTES,
        kept: Callable[[str], bool] = lambda _: True,
    ) -> None:
        self._folder = folder / "models"
        self._kept = kept
        self._max_bytes = max_bytes
        self._written = 0
        self._lock = threading.Lock()
        self.tally = Tally()
        for old in listed(folder / _OLD_FOLDER):
            if _OLD.fullmatch(old.name):
                old.unlink(missing_ok=True)

    def get(self, key: Mapping[str, Any], fit: Callable[[], Model]) -> Model:
        """Return the model for a key, fitted if it is not there: by one worker, others wait.

        Parameters
        ----------
        key : mapping
            From `provenance`; versions are added here. `forget` finds the model by "sources",
            the SHA-256 of all its files.
        fit : callable
            Its errors are passed on and not remembered.
        """
        return self._get(key, Model, fit, self.tally.count)

    def candidate(
        self, key: Mapping[str, Any], make: Callable[[], Candidate], *, stable: bool = False
    ) -> Candidate:
        """Return what speaks for the model for a key, made as `get` does it.

        Parameters
        ----------
        key : mapping
        make : callable
        stable : bool
            With its stability, which takes several fits.
        """
        return self._get(_of_candidate(key, stable=stable), Candidate, make)

    def known_candidate(self, key: Mapping[str, Any], *, stable: bool = False) -> Candidate | None:
        """Return what `candidate` does, if some worker has made it."""
        return _read(self._path(_of_candidate(key, stable=stable)), Candidate)

    def _get(
        self,
        key: Mapping[str, Any],
        kind: type[Record],
        make: Callable[[], Record],
        count: Callable[..., None] = lambda **_: None,
    ) -> Record:
        path = self._path(key)
        if found := _read(path, kind):
            count(there=True)
            return found
        with self._alone(path):
            if found := _read(path, kind):
                count(there=True)
                return found
            count(there=False)
            made = make()
            self._write(path, made)
        # Asked after writing: whoever forgets the file from now on finds what was made.
        if not all(self._kept(source) for source in key.get("sources", ())):
            path.unlink(missing_ok=True)
        return made

    def holds(self, key: Mapping[str, Any]) -> bool:
        """Return whether there is a model for a key."""
        return self._path(key).exists()

    def forget(self, source: str) -> None:
        """Remove every model made from the file with that SHA-256."""
        for path in listed(self._folder):
            if source[:MARK] in path.name.split(SEPARATOR)[:-1]:
                path.unlink(missing_ok=True)

    @contextmanager
    def _alone(self, path: Path) -> Iterator[None]:
        """Fit a model while no other worker does; where nothing can be written, all may."""
        with ExitStack() as held:
            with suppress(OSError):
                make_private(self._folder)
                held.enter_context(alone(self._folder / f"{path.stem[-DIGEST:]}{LOCK}"))
            yield

    def _path(self, key: Mapping[str, Any]) -> Path:
        return self._folder / f"{_name(key)}.json"

    def _write(self, path: Path, made: Model | Candidate) -> None:
        try:
            make_private(self._folder)
            with tempfile.NamedTemporaryFile(dir=self._folder, prefix=NEW, delete=False) as file:
                new = Path(file.name)
                try:
                    file.write(made.to_json().encode())
                except BaseException:
                    new.unlink(missing_ok=True)
                    raise
            new.replace(path)
            self._bound()
        except OSError:
            return

    def _bound(self) -> None:
        """Now and then, remove the oldest models beyond the folder's size."""
        with self._lock:
            self._written += 1
            if self._written % BETWEEN_LOOKS != 1:
                return
        found = []
        for file in listed(self._folder):
            # Another worker may be removing what is listed here.
            with suppress(OSError):
                if OURS.fullmatch(file.name):
                    found.append((file.stat(), file))
        total = 0
        for status, file in sorted(found, key=lambda pair: -pair[0].st_mtime):
            total += status.st_size
            passing = file.name.startswith(NEW) or file.name.endswith(LOCK)
            left = passing and time.time() - status.st_mtime > LEFT_SECONDS
            if left or total > self._max_bytes:
                file.unlink(missing_ok=True)


@cache
def _versions() -> dict[str, Any]:
    """Return the versions of all that turns files into a model."""
    libraries = {name: version(name) for name in LIBRARIES}
    return {**libraries, "neuromix": __version__, "method": METHOD, "format": FORMAT}


def _read(path: Path, kind: type[Record]) -> Record | None:
    """Return what is on disk; None if there is nothing that can be used."""
    try:
        return kind.from_json(path.read_text(encoding="utf-8"))
    except UNUSABLE:
        return None


def _of_candidate(key: Mapping[str, Any], *, stable: bool) -> dict[str, Any]:
    return {**key, "criteria": "stable" if stable else "fit"}


def _name(key: Mapping[str, Any]) -> str:
    """Return a file name: the beginnings of all sources, and the hash of the whole key."""
    whole = json.dumps([key, _versions()], sort_keys=True)
    decided = hashlib.sha256(whole.encode()).hexdigest()
    marks = dict.fromkeys(source[:MARK] for source in key.get("sources", ()))
    return SEPARATOR.join((*marks, decided))
