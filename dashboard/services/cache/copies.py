"""The files of the volume store: one folder per image file, with a limit on their total size.

Below `volumes-<FORMAT>/`, `<source>/<id>.npy` holds voxels and `<id>.json` describes them. The
description is written last, and a volume without it does not exist. It names the size and times of
the voxels' file: what was written to since is no copy either. Nobody may write to voxels, because
to read from a map whose file was cut short ends the process. `<id>.refused` says why a file
is no image. Unfinished copies are in folders of their own, which a sweep removes once the process
that made them is dead.
"""

import json
import os
import re
import secrets
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from dashboard import __version__
from dashboard.core.facts import Notice
from dashboard.core.processing import from_record, to_record
from dashboard.core.reading.summary import Intensities
from dashboard.core.reading.texture import Texture
from dashboard.core.volume import Volume
from dashboard.services.disk.folders import listed, make_private, version
from dashboard.services.disk.locks import alone, create_locked, remove_abandoned

# Part of the folder's name: another number when what is written changes its meaning.
FORMAT = 10
# About 700 images of 1 mm in float32, or 20 of the largest; a laptop has room for them.
MAX_BYTES = 20 * 2**30
# New copies written between two looks at the folder's size.
BETWEEN_LOOKS = 20
# What reading a damaged or vanished copy may raise.
UNUSABLE = (OSError, EOFError, ValueError, KeyError, TypeError, AttributeError)

_NEW, _LOCK, _REFUSED = ".new-", ".lock", ".refused"
# Nothing else is ever removed: the cache may be a folder in which its user keeps other things.
_STORES = re.compile(r"volumes-[0-9]+")
_SOURCE = re.compile(r"[0-9a-f]{64}")
_UNFINISHED = re.compile(rf"{re.escape(_NEW)}[0-9a-f]{{16}}({re.escape(_LOCK)})?")
# Older versions kept no folder for each file.
_OLD = re.compile(rf"{_SOURCE.pattern}(\.npy|\.json)?")


class Copies:
    """Unpacked volumes by the SHA-256 of their file and their own identity."""

    def __init__(self, folder: Path, *, max_bytes: int) -> None:
        self._folder = folder / f"volumes-{FORMAT}"
        self._max_bytes = max_bytes
        self._written = 0
        self._lock = threading.Lock()
        for old in listed(folder):
            # A removed upload must not live on in what another version unpacked.
            if _STORES.fullmatch(old.name) and old != self._folder:
                _clear(old)
        self._sweep()

    def mapped(self, source: str, identity: str) -> Volume:
        """Open a copy; raises one of `UNUSABLE` if there is none."""
        folder = self._folder / source
        facts: dict[str, Any] = json.loads((folder / f"{identity}.json").read_text("utf-8"))
        path = folder / f"{identity}.npy"
        data: Any = np.load(path, mmap_mode="r", allow_pickle=False)
        data.version = version(path)
        if data.ndim != 3 or data.version != tuple(facts.pop("file")):
            raise ValueError("not a volume, or not the one that was written")
        intensities = facts.pop("intensities")
        return Volume(
            data=data,
            affine=np.array(facts.pop("affine")),
            header=tuple((key, value) for key, value in facts.pop("header")),
            notices=tuple(Notice(**notice) for notice in facts.pop("notices")),
            processing=tuple(from_record(step) for step in facts.pop("processing")),
            intensities=_intensities(intensities),
            **facts,
        )

    def kept(self, source: str) -> bool:
        """Return whether there is any copy of a file."""
        return _is_there(self._folder / source)

    def has(self, source: str, identity: str) -> bool:
        """Return whether there is a copy."""
        return _is_there(self._folder / source / f"{identity}.json")

    def refused(self, source: str, identity: str) -> "Refused | None":
        """Return why there is no volume in a file, if it has been read in vain."""
        path = self._folder / source / f"{identity}{_REFUSED}"
        with suppress(*UNUSABLE):
            stored = json.loads(path.read_text("utf-8"))
            # Another version may be able to read it.
            if stored["version"] == __version__:
                return Refused(stored["reason"])
        return None

    def refuse(self, source: str, identity: str, reason: str) -> "Refused":
        """Note why there is no volume in a file; a disk that is full or read-only has no room."""
        stored = json.dumps({"version": __version__, "reason": reason})
        with suppress(OSError):
            folder = self._folder / source
            make_private(folder)
            (folder / f"{identity}{_REFUSED}").write_text(stored, "utf-8")
        return Refused(reason)

    @contextmanager
    def alone(self, source: str) -> Iterator[None]:
        """Work on a file while no other worker does; raises OSError if nothing can be written."""
        make_private(self._folder)
        with alone(self._folder / f"{_NEW}{source[:16]}{_LOCK}"):
            yield

    @contextmanager
    def new_copy(self) -> Iterator["NewCopy"]:
        """Give a folder for a new copy; whatever is not kept is removed at the end."""
        make_private(self._folder)
        folder = self._folder / f"{_NEW}{secrets.token_hex(8)}"
        lock = folder.with_suffix(_LOCK)
        with create_locked(lock):
            try:
                folder.mkdir()
                copy = NewCopy(folder, self._folder)
                yield copy
            finally:
                shutil.rmtree(folder, ignore_errors=True)
                with suppress(OSError):
                    lock.unlink()
        lock.unlink(missing_ok=True)  # Windows removes no open file
        self._look(keep=copy.kept)

    def remove(self, source: str) -> None:
        """Remove all copies of a file; those that are open stay valid."""
        # In one step, so that nobody adds a copy half-way.
        away = self._folder / f"{_NEW}{secrets.token_hex(8)}"
        try:
            (self._folder / source).rename(away)
        except FileNotFoundError:
            return
        except OSError:  # Windows renames no folder with open files
            away = self._folder / source
        shutil.rmtree(away, ignore_errors=True)

    def touch(self, source: str) -> None:
        """Note that a file's copies are in use."""
        with suppress(OSError):
            os.utime(self._folder / source)

    def lost(self, volume: Volume) -> bool:
        """Return whether a volume is mapped from a copy that is gone or was written to."""
        mapped: Any = volume.data
        try:
            return hasattr(mapped, "version") and version(Path(mapped.filename)) != mapped.version
        except OSError:
            return True

    def _look(self, keep: str | None) -> None:
        """Now and then, sweep, and remove the files longest unopened beyond the limit."""
        with self._lock:
            self._written += 1
            if self._written % BETWEEN_LOOKS != 1:
                return
        self._sweep()
        total = 0
        for _, folder, size in sorted(self._sizes(), reverse=True):
            total += size
            if total > self._max_bytes and folder.name != keep:
                self.remove(folder.name)

    def _sizes(self) -> Iterator[tuple[float, Path, int]]:
        for folder in listed(self._folder):
            # Another worker may be removing what is listed here.
            with suppress(OSError):
                if _SOURCE.fullmatch(folder.name):
                    size = sum(file.stat().st_size for file in folder.iterdir())
                    yield folder.stat().st_mtime, folder, size

    def _sweep(self) -> None:
        """Remove what dead processes were writing."""
        found = [path for path in listed(self._folder) if _UNFINISHED.fullmatch(path.name)]
        for path in found:
            if path.suffix == _LOCK:
                remove_abandoned(path)
        for path in found:
            if path.suffix != _LOCK and not path.with_suffix(_LOCK).exists():
                shutil.rmtree(path, ignore_errors=True)


@dataclass(frozen=True)
class Refused:
    """A file that is no image, until it changes."""

    reason: str


class NewCopy:
    """A folder in which one copy is made.

    Attributes
    ----------
    folder : Path
    array : Path
        Where the voxels go.
    kept : str or None
        The file whose copy was kept.
    """

    def __init__(self, folder: Path, copies: Path) -> None:
        self.folder = folder
        self.array, self._description = folder / "volume.npy", folder / "volume.json"
        self.kept: str | None = None
        self._facts: dict[str, Any] = {}
        self._copies = copies

    def describe(self, volume: Volume) -> None:
        """Note everything but the voxels."""
        self._facts = {
            "id": volume.id,
            "name": volume.name,
            "affine": volume.affine.tolist(),
            "unit": volume.unit,
            "header": volume.header,
            "notices": [asdict(notice) for notice in volume.notices],
            "source": volume.source,
            "volumes": volume.volumes,
            "digest": volume.digest,
            "processing": [to_record(step) for step in volume.processing],
            "intensities": asdict(volume.intensities),
        }

    def keep(self, source: str, identity: str, *, new: bool = True) -> None:
        """Move the copy to the others of its file; raises OSError if that is impossible.

        A copy that is made of another one is not `new`: if it would be the first, its file was
        forgotten meanwhile.
        """
        folder = self._copies / source
        if new:
            folder.mkdir(exist_ok=True)
        array = folder / f"{identity}.npy"
        if os.name == "posix":  # Windows neither cuts nor removes a mapped file
            self.array.chmod(0o400)
        self.array.replace(array)
        facts = json.dumps({**self._facts, "file": version(array)})
        self._description.write_text(facts, "utf-8")
        self._description.replace(folder / f"{identity}.json")
        self.kept = source


def _clear(store: Path) -> None:
    """Remove what a version of this program kept in a folder, and the folder if that was all."""
    for path in listed(store):
        if _OLD.fullmatch(path.name) or _UNFINISHED.fullmatch(path.name):
            shutil.rmtree(path, ignore_errors=True)
            with suppress(OSError):  # what was a folder is gone by now
                path.unlink()
    with suppress(OSError):
        store.rmdir()


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # a folder that may not be looked into
        return False


def _intensities(stored: dict[str, Any]) -> Intensities:
    limits = {level: tuple(pair) for level, pair in stored.pop("limits").items()}
    distinct, extents = stored.pop("distinct"), stored.pop("extents")
    texture = stored.pop("texture")
    return Intensities(
        **{**stored, "window": tuple(stored["window"])},
        limits=limits,
        distinct=None if distinct is None else tuple(distinct),
        extents=tuple((first, last) for first, last in extents),
        texture=Texture(**texture),
    )
