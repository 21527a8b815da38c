"""What uploaded studies consist of, one small file per study: it exists while its file does."""

import json
import re
import secrets
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from dashboard.services.disk.folders import make_private, write_whole

PREFIX = "upload-"
# 128 random bits in the characters of a URL: anyone with the key can see the study.
_KEY = re.compile(rf"{PREFIX}[A-Za-z0-9_-]{{22}}")
_NEW = ".new-"
# NeuroMix reads and removes only files it created.
_FILE = re.compile(rf"({_KEY.pattern})\.json")
_UNFINISHED = re.compile(rf"{re.escape(_NEW)}{_KEY.pattern}")
# Errors of a file that is no manifest, as opposed to one that cannot be read just now.
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
        Its identity in the volume store, which forgets it by this.
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
        Hash of the name of the browser that made it.
    created : float
        Seconds since 1970.
    files : tuple of Entry
    sidecars : dict of str to str
        Original names of their .bval and .tsv files, and the files that hold them.
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
    """Return a new key, which nobody can guess."""
    return PREFIX + secrets.token_urlsafe(16)


class Manifests:
    """The manifests of one folder; each is read again only after it changed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[str, tuple[tuple[int, int], Manifest]] = {}

    def get(self, key: str) -> Manifest | None:
        """Return a study's manifest; None if it is missing or unreadable."""
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
        """Return every study by its key, or fail: what none of them names is removed.

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
        """Write a manifest whole or not at all, even in a power cut."""
        make_private(self._folder)
        content = json.dumps(asdict(manifest), ensure_ascii=False).encode()
        write_whole(self._path(key), content, self._folder / f"{_NEW}{key}")

    def remove(self, key: str) -> None:
        """Remove a study's manifest, and so the study."""
        self._path(key).unlink(missing_ok=True)
        self._read.pop(key, None)

    def remove_damaged(self) -> None:
        """Remove damaged and unfinished manifests while nobody writes one.

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
    """Read a manifest, without fields that only a newer version knows."""
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
