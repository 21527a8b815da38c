"""What uploaded studies consist of, one small file each: a study exists while its file does."""

import json
import os
import re
import secrets
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from dashboard.services.disk.private import make_private

PREFIX = "upload-"
# 128 random bits, as a URL takes them: who knows a key may see the study.
_KEY = re.compile(rf"{PREFIX}[A-Za-z0-9_-]{{22}}")
_NEW = ".new-"
# Nothing else in the folder is ours to read or to remove.
_FILE = re.compile(rf"({_KEY.pattern})\.json")
_UNFINISHED = re.compile(rf"{re.escape(_NEW)}{_KEY.pattern}")
# What a file raises that holds no manifest, as opposed to one that cannot be read just now.
_DAMAGED = (ValueError, TypeError, KeyError, AttributeError)


@dataclass(frozen=True)
class Entry:
    """One image of a study.

    Attributes
    ----------
    name : str
        The original file name.
    blob : str
        The file that holds it.
    header : str or None
        The other half of a pair.
    source : str
        Identity by which the volume store forgets it.
    """

    name: str
    blob: str
    header: str | None
    source: str


@dataclass(frozen=True)
class Manifest:
    """A study.

    Attributes
    ----------
    title : str
    owner : str
        Hash of what the browser that made it calls itself.
    created : float
        Seconds since 1970.
    files : tuple of Entry
    sidecars : dict of str to str
        Original names of the .bval and .tsv files that belong to them, and what holds them.
    """

    title: str
    owner: str
    created: float
    files: tuple[Entry, ...]
    sidecars: dict[str, str] = field(default_factory=dict)

    @property
    def blobs(self) -> set[str]:
        """Every file that the study needs."""
        images = {name for file in self.files for name in (file.blob, file.header) if name}
        return images | set(self.sidecars.values())


def new_key() -> str:
    """Return a key that nobody can guess."""
    return PREFIX + secrets.token_urlsafe(16)


class Manifests:
    """The manifests of one folder, read again only when they changed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[str, tuple[tuple[int, int], Manifest]] = {}

    def get(self, key: str) -> Manifest | None:
        """Return a study's manifest; None if there is none, or it cannot be read."""
        try:
            return self._get(key)
        except OSError:
            return None

    def all(self) -> dict[str, Manifest]:
        """Return every study that can be read, by its key."""
        try:
            found = {key: self.get(key) for key in self._keys()}
        except OSError:
            return {}
        return {key: manifest for key, manifest in found.items() if manifest}

    def certain(self) -> dict[str, Manifest]:
        """Return every study by its key, to remove what none of them names.

        Raises
        ------
        OSError
            If one of them cannot be read just now.
        """
        found = {key: self._get(key) for key in self._keys()}
        return {key: manifest for key, manifest in found.items() if manifest}

    def _get(self, key: str) -> Manifest | None:
        known = self._read.pop(key, None)
        if not _KEY.fullmatch(key):
            return None
        path = self._path(key)
        try:
            status = path.stat()
            version = (status.st_mtime_ns, status.st_ino)
            if not known or known[0] != version:
                known = version, _manifest(json.loads(path.read_text("utf-8")))
        except (FileNotFoundError, *_DAMAGED):
            return None
        self._read[key] = known
        return known[1]

    def _keys(self) -> list[str]:
        try:
            found = [_FILE.fullmatch(path.name) for path in self._folder.iterdir()]
        except FileNotFoundError:
            found = []
        keys = [match[1] for match in found if match]
        for gone in self._read.keys() - set(keys):
            self._read.pop(gone, None)
        return keys

    def write(self, key: str, manifest: Manifest) -> None:
        """Write a manifest so that it is there whole or not at all, also after a power cut."""
        make_private(self._folder)
        new = self._folder / f"{_NEW}{key}"
        try:
            with new.open("w", encoding="utf-8") as file:
                json.dump(asdict(manifest), file, ensure_ascii=False)
                file.flush()
                os.fsync(file.fileno())
            new.replace(self._path(key))
        except OSError:
            new.unlink(missing_ok=True)
            raise
        sync_folder(self._folder)

    def remove(self, key: str) -> None:
        """Remove a study's manifest, and with it the study."""
        self._path(key).unlink(missing_ok=True)
        self._read.pop(key, None)

    def remove_damaged(self) -> None:
        """Remove manifests that broke or were never finished; nobody may be writing one.

        Raises
        ------
        OSError
            If one of them cannot be read just now.
        """
        for path in self._folder.iterdir() if self._folder.is_dir() else ():
            whole = _FILE.fullmatch(path.name)
            if _UNFINISHED.fullmatch(path.name) or (whole and not _is_json(path)):
                path.unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        return self._folder / f"{key}.json"


def _manifest(facts: dict[str, Any]) -> Manifest:
    """Read a manifest; what a newer version says beyond ours is passed over."""
    files = tuple(Entry(**_known(Entry, file)) for file in facts.pop("files"))
    return Manifest(**_known(Manifest, facts), files=files)


def _known(kind: type[Entry | Manifest], facts: dict[str, Any]) -> dict[str, Any]:
    return {one.name: facts[one.name] for one in fields(kind) if one.name in facts}


def _is_json(path: Path) -> bool:
    try:
        json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return True
    except ValueError:
        return False
    return True


def sync_folder(folder: Path) -> None:
    """Make new names in a folder outlast a power cut, where the system can."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
