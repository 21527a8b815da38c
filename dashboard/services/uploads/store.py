"""Where uploaded files stay: each content once, while the manifest of some study names it."""

import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from dashboard.core.errors import NeuroMixError
from dashboard.core.reading.identity import file_id
from dashboard.services.disk.folders import listed, make_private, sync
from dashboard.services.disk.locks import Lock, create_locked, remove_abandoned
from dashboard.services.uploads.manifests import Entry, Manifest, Manifests, new_key
from dashboard.services.uploads.receiving import INCOMING, Arrived, Received, new_path

# A file that stays is named by the SHA-256 of its image. NeuroMix removes no others.
_BLOB = re.compile(r"[0-9a-f]{64}(\.[a-z]+){1,2}")


@dataclass(frozen=True)
class Checked:
    """An image that can be read, and its identity in the volume store."""

    image: Arrived
    source: str


class Shelf:
    """Files and manifests of one folder, which all workers share.

    A study is its manifest, which is written last: no manifest names what a dead worker left, so
    the next sweep removes it.

    Parameters
    ----------
    folder : Path
    forget : callable of SHA-256
        Removes what was unpacked from a file.
    """

    def __init__(self, folder: Path, forget: Callable[[str], None]) -> None:
        self.blobs = folder / "blobs"
        self.incoming = folder / "incoming"
        self.manifests = Manifests(folder / "studies")
        self._folder = folder
        self._lock = Lock(folder / "lock")
        self._forget = forget

    def make(self) -> None:
        """Make the folders that arriving files need."""
        make_private(self.incoming)

    def require_usable(self) -> None:
        """Check that files can arrive.

        Raises
        ------
        OSError
        """
        self.make()
        path = new_path(self.incoming, ".try")
        create_locked(path).close()
        path.unlink(missing_ok=True)  # a sweep may have been faster

    def add(
        self,
        images: Iterable[Checked],
        sidecars: Iterable[Received],
        describe: Callable[[tuple[Entry, ...]], Manifest],
        require: Callable[[int], None],
    ) -> tuple[str, Manifest]:
        """Move files to their places and write their manifest; no sweep comes in between.

        Parameters
        ----------
        images, sidecars : iterable
        describe : callable
            Makes the manifest.
        require : callable of int
            Refuses this many more bytes if they exceed the quota.
        """
        images, sidecars = list(images), list(sidecars)
        arriving = [(file, one.image.identity) for one in images for file in one.image.files]
        arriving += [(file, file.sha256) for file in sidecars]
        with self._lock.held():
            make_private(self.blobs)
            sizes = {self._target(file, identity): _size(file) for file, identity in arriving}
            require(sum(size for path, size in sizes.items() if not path.is_file()))
            entries = tuple(self._entry(image) for image in images)
            beside = {file.name: self._shelve(file, file.sha256).name for file in sidecars}
            sync(self.blobs)
            manifest = replace(describe(entries), sidecars=beside)
            key = new_key()
            self.manifests.write(key, manifest)
        return key, manifest

    def rename(self, key: str, title: str) -> bool:
        """Give a study another title; False if it is gone.

        Raises
        ------
        OSError
            If its manifest cannot be written.
        """
        with self._lock.held():
            manifest = self.manifests.get(key)
            if manifest:
                self.manifests.write(key, replace(manifest, title=title))
        return manifest is not None

    def remove(self, keys: Iterable[str]) -> None:
        """Remove studies with every byte that no other study needs.

        Raises
        ------
        OSError
            If a manifest cannot be read, or something cannot be removed.
        """
        gone = set(keys)
        sources: set[str] = set()
        try:
            with self._lock.held():
                known = self.manifests.certain()
                ended = [known.pop(key) for key in gone & known.keys()]
                sources |= {file.source for one in ended for file in one.files}
                for key in gone:
                    self.manifests.remove(key)
                needed = {name for manifest in known.values() for name in manifest.blobs}
                named = {name for manifest in ended for name in manifest.blobs}
                sources |= self._remove_blobs(needed, named)
        finally:
            self.forget_unused(sources)

    def forget_unused(self, sources: set[str]) -> None:
        """Forget what was unpacked from files that no study has any more."""
        used = {file.source for m in self.manifests.all().values() for file in m.files}
        for source in sources - used:
            self._forget(source)

    def sweep(self, ended: Callable[[Manifest], bool]) -> None:
        """Remove what dead workers left, expired studies, and files that no study names.

        Raises
        ------
        OSError
            If something cannot be removed.
        """
        if not self._folder.is_dir():
            return
        with self._lock.held():
            self.manifests.remove_damaged()
            sources: set[str | None] = set()
            # A header goes last: the volume store knows a pair by both halves.
            for path in sorted(listed(self.incoming), key=lambda path: path.suffix == ".hdr"):
                if INCOMING.fullmatch(path.name):
                    remove_abandoned(path, lambda path: sources.add(_source(path)))
        self.forget_unused({source for source in sources if source})
        self.remove([key for key, one in self.manifests.certain().items() if ended(one)])

    def _remove_blobs(self, needed: set[str], named: set[str]) -> set[str]:
        """Remove files that are not needed; return the sources of those that no manifest named."""
        found = [path for path in listed(self.blobs) if _BLOB.fullmatch(path.name)]
        sources = {_source(path) for path in found if path.name not in needed | named}
        for path in found:
            if path.name not in needed:
                path.unlink(missing_ok=True)
        return {source for source in sources if source}

    def _entry(self, checked: Checked) -> Entry:
        paths = [self._shelve(file, checked.image.identity) for file in checked.image.files]
        return Entry(
            name=checked.image.name,
            blob=paths[0].name,
            header=paths[1].name if len(paths) > 1 else None,
            source=checked.source,
        )

    def _target(self, file: Received, identity: str) -> Path:
        return self.blobs / (identity + "".join(file.path.suffixes))

    def _shelve(self, file: Received, identity: str) -> Path:
        """Move a file to where its content belongs, unless it is there already."""
        size = _size(file)
        file.file.close()  # Windows moves no open file
        target = self._target(file, identity)
        if not (target.is_file() and target.stat().st_size == size):
            file.path.replace(target)
        return target


def _size(file: Received) -> int:
    return os.fstat(file.file.fileno()).st_size


def _source(path: Path) -> str | None:
    """Return the identity of an image that a dead worker may have unpacked."""
    try:
        return file_id(path)
    except NeuroMixError:
        return None
