"""Unpacked volumes on disk, mapped into memory, so that a study is read once for all workers."""

import json
import tempfile
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from dashboard.core.errors import VolumeError
from dashboard.core.volume import Intensities, Volume, file_id, read_volume, stem
from dashboard.services.memo import Memo

# Open maps take address space and file handles, hardly memory: eight channels of eight studies.
OPEN_VOLUMES = 64
# What reading a damaged or vanished copy may raise.
UNUSABLE = (OSError, EOFError, ValueError, KeyError, TypeError, AttributeError)
# Part of the file names: another number when what is written changes its meaning.
FORMAT = 3


class VolumeStore:
    """Volumes by the SHA-256 of their file.

    The store keeps a copy of its own, because mapping a user's file that is truncated later would
    kill the process. It may be deleted at any time; a volume that is missing is read again.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder / f"volumes-{FORMAT}"
        self._identities: Memo[tuple[Path, int, int], str] = Memo(4096)
        self._volumes: Memo[str, Volume] = Memo(OPEN_VOLUMES)

    def identity(self, path: Path) -> str:
        """Return the SHA-256 of a file, hashed again only when it changed."""
        try:
            status = path.stat()
        except OSError:
            raise VolumeError(
                f"{path.name}: there is no such file any more. Choose another image."
            ) from None
        key = (path, status.st_size, status.st_mtime_ns)
        return self._identities.get(key, lambda: file_id(path))

    def open(self, path: Path) -> Volume:
        """Return the volume of a file, from the store where it is there.

        Raises
        ------
        VolumeError
            If the file cannot be read as an image.
        """
        identity = self.identity(path)
        volume = self._volumes.get(identity, lambda: self._load(identity, path))
        # Copies of one file share a volume but keep their own names.
        return volume if volume.name == stem(path) else replace(volume, name=stem(path))

    def _load(self, identity: str, path: Path) -> Volume:
        try:
            return self._mapped(identity)
        except UNUSABLE:
            volume = read_volume(path)
        try:
            self._write(volume)
            return self._mapped(identity)
        except UNUSABLE:
            # A full or read-only disk costs memory, not the study.
            return volume

    def _mapped(self, identity: str) -> Volume:
        facts: dict[str, Any] = json.loads((self._folder / f"{identity}.json").read_text("utf-8"))
        data = np.load(self._folder / f"{identity}.npy", mmap_mode="r", allow_pickle=False)
        if data.ndim != 3:
            raise ValueError("not a volume")
        intensities = facts.pop("intensities")
        return Volume(
            data=data,
            affine=np.array(facts.pop("affine")),
            header=tuple((key, value) for key, value in facts.pop("header")),
            notices=tuple(facts.pop("notices")),
            processing=tuple(facts.pop("processing")),
            intensities=_intensities(intensities),
            **facts,
        )

    def _write(self, volume: Volume) -> None:
        """Write both files whole, the description last: a volume without one does not exist."""
        self._folder.mkdir(parents=True, exist_ok=True)
        facts = {
            "id": volume.id,
            "name": volume.name,
            "affine": volume.affine.tolist(),
            "unit": volume.unit,
            "header": volume.header,
            "notices": volume.notices,
            "source": volume.source,
            "volumes": volume.volumes,
            "digest": volume.digest,
            "processing": volume.processing,
            "intensities": asdict(volume.intensities),
        }
        with tempfile.TemporaryDirectory(dir=self._folder, prefix=".new-") as folder:
            array, description = Path(folder) / "volume.npy", Path(folder) / "volume.json"
            np.save(array, volume.data, allow_pickle=False)
            description.write_text(json.dumps(facts), "utf-8")
            array.replace(self._folder / f"{volume.id}.npy")
            description.replace(self._folder / f"{volume.id}.json")


def _intensities(stored: dict[str, Any]) -> Intensities:
    limits = {level: tuple(pair) for level, pair in stored.pop("limits").items()}
    return Intensities(**{**stored, "window": tuple(stored["window"]), "limits": limits})
