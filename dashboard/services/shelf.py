"""Where uploaded files stay: each once by its content, while some study's manifest names it."""

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from dashboard.services.locks import Lock, remove_abandoned
from dashboard.services.manifests import Entry, Manifest, Manifests, new_key, sync_folder
from dashboard.services.receiving import Arrived, Received
from dashboard.services.room import files


@dataclass(frozen=True)
class Checked:
    """An image that can be read, and the identity by which the volume store knows its content."""

    image: Arrived
    source: str


class Shelf:
    """Files and manifests of one folder, which all workers share.

    Nothing but a manifest makes a study, and it is written last: what a dead worker leaves is
    named by none, and goes with the next sweep.

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
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.incoming.mkdir(exist_ok=True)

    def add(
        self,
        images: Iterable[Checked],
        sidecars: Iterable[Received],
        describe: Callable[[tuple[Entry, ...]], Manifest],
    ) -> tuple[str, Manifest]:
        """Move files to their places and write their manifest, which no sweep may come between."""
        with self._lock.held():
            self.blobs.mkdir(exist_ok=True)
            entries = tuple(self._entry(image) for image in images)
            beside = {file.name: self._place(file, file.sha256).name for file in sidecars}
            sync_folder(self.blobs)
            manifest = replace(describe(entries), sidecars=beside)
            key = new_key()
            self.manifests.write(key, manifest)
        return key, manifest

    def remove(self, keys: Iterable[str]) -> None:
        """Remove studies with every byte that no other study needs."""
        sources: set[str] = set()
        with self._lock.held():
            for key in keys:
                manifest = self.manifests.get(key)
                if manifest:
                    sources |= {file.source for file in manifest.files}
                self.manifests.remove(key)
            needed = {name for m in self.manifests.all().values() for name in m.blobs}
            for path in files(self.blobs):
                if path.name not in needed:
                    path.unlink(missing_ok=True)
        self.forget_unused(sources)

    def forget_unused(self, sources: set[str]) -> None:
        """Forget what was unpacked from files that no study has."""
        used = {file.source for m in self.manifests.all().values() for file in m.files}
        for source in sources - used:
            self._forget(source)

    def sweep(self, ended: Callable[[Manifest], bool]) -> None:
        """Remove what dead workers left, what has had its time, and what no study names.

        Raises
        ------
        OSError
            If something cannot be removed.
        """
        if not self._folder.is_dir():
            return
        with self._lock.held():
            for path in files(self.incoming):
                remove_abandoned(path)
            self.manifests.remove_damaged()
        self.remove([key for key, one in self.manifests.all().items() if ended(one)])

    def _entry(self, checked: Checked) -> Entry:
        places = [self._place(file, checked.image.identity) for file in checked.image.files]
        return Entry(
            name=checked.image.name,
            blob=places[0].name,
            header=places[1].name if len(places) > 1 else None,
            source=checked.source,
        )

    def _place(self, file: Received, identity: str) -> Path:
        """Move a file to where its content belongs, unless it is there already."""
        size = os.fstat(file.file.fileno()).st_size
        file.file.close()  # Windows moves no open file
        place = self.blobs / (identity + "".join(file.path.suffixes))
        if not (place.is_file() and place.stat().st_size == size):
            file.path.replace(place)
        return place
