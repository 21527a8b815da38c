"""Unpacked volumes on disk, mapped into memory, so that a study is read once for all workers."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from dashboard.core.errors import NotNowError, VolumeError
from dashboard.core.grid.resampling import on_grid, resample, resampled_id
from dashboard.core.reading.foreign import missing
from dashboard.core.reading.identity import file_id, volume_id
from dashboard.core.reading.names import extension, files_of
from dashboard.core.reading.unpacked import nameless, reserved
from dashboard.core.reading.voxels import FIRST, Take
from dashboard.core.volume import Volume, read_volume, stem, unpack
from dashboard.services.cache.copies import MAX_BYTES, UNUSABLE, Copies, Refused
from dashboard.services.cache.memo import Memo
from dashboard.services.cache.reading import ReadOnce
from dashboard.services.disk.folders import version
from dashboard.services.disk.looks import Looks
from dashboard.services.limits import Allowance
from dashboard.services.tally import Tally

# Open maps take address space and file handles, hardly memory: eight channels of eight studies.
OPEN_VOLUMES = 64
# Files whose SHA-256 is remembered.
SEEN = 4096

# A file's SHA-256, the identity of the volume made from it, and the extension it was read by.
Key = tuple[str, str, str]


class VolumeStore:
    """Volumes by the SHA-256 of their file.

    The store keeps its own copies: mapping a user's file that is truncated later would kill the
    process. They may be deleted at any time; a missing volume is read again. That a file is no
    image is kept as well, until it changes.

    Parameters
    ----------
    folder : Path
        The cache.
    max_bytes : int
        Of all copies together; the files unopened for longest lose theirs.
    allowance : Allowance, optional
        How long reading a file may take.
    looks : Looks, optional
        At the disk of the files.
    """

    def __init__(
        self,
        folder: Path,
        *,
        max_bytes: int = MAX_BYTES,
        allowance: Allowance | None = None,
        looks: Looks | None = None,
    ) -> None:
        self._copies = Copies(folder, max_bytes=max_bytes)
        allowance = allowance or Allowance()
        self._identities: Memo[tuple[Any, ...], str] = ReadOnce(SEEN, allowance)
        self._seen: dict[Path, tuple[Any, ...]] = {}
        self._looks = looks or Looks()
        self._volumes: Memo[Key, Volume | Refused] = ReadOnce(OPEN_VOLUMES, allowance)

    @property
    def tally(self) -> Tally:
        """Of the volumes asked for; those made were opened."""
        return self._volumes.tally

    def identity(self, path: Path, *, name: str | None = None) -> str:
        """Return the SHA-256 of a file or pair, hashed again only when it changed."""
        with _naming(name or path.name):
            try:
                key = self._versions(path)
            except (FileNotFoundError, NotADirectoryError):
                reason = missing(path) or "the file no longer exists. Choose another image."
                raise NotNowError(reason) from None
            except OSError as error:
                raise NotNowError(f"the file cannot be read ({error.strerror}).") from None
            return self._identities.get(key, lambda: file_id(path, name=name))

    def _versions(self, path: Path) -> tuple[Any, ...]:
        """Return what changes with a file or pair; as it was before while its disk hangs."""
        known = self._seen.get(path)
        if known and self._looks.hang:
            return known
        with self._looks.one():
            # A changed header changes what the voxels mean.
            found = tuple((file, *version(file)) for file in files_of(path))
        if len(self._seen) >= SEEN:
            self._seen.clear()
        self._seen[path] = found
        return found

    def open(self, path: Path, *, name: str | None = None, take: Take = FIRST) -> Volume:
        """Return a volume of a file, from the store if it is there.

        Parameters
        ----------
        path : Path
            Its extension gives the format.
        name : str, optional
            The file's own name if it is stored under another one.
        take : tuple of int, or None
            Volumes of a series whose mean is taken, counted from 0; None takes all.

        Raises
        ------
        VolumeError
            If the file cannot be read as an image, or has no such volume.
        """
        name = name or path.name
        source = self.identity(path, name=name)
        key = source, volume_id(source, take), extension(path)
        with _naming(name):
            volume = self._get(key, lambda: self._unpacked(key, path, name, take))
        if isinstance(volume, Refused):
            raise VolumeError(volume.reason, name)
        # Copies of one file share a volume but keep their own names.
        called = stem(Path(name))
        return volume if volume.name == called else replace(volume, name=called)

    def holds(self, path: Path, *, name: str | None = None, take: Take = FIRST) -> bool:
        """Return whether a volume opens, or fails, without its file being unpacked.

        Raises
        ------
        VolumeError
            If there is no such file.
        """
        source = self.identity(path, name=name)
        identity = volume_id(source, take)
        refusal = _refusal_id(identity, extension(path))
        return self._copies.has(source, identity) or bool(self._copies.refused(source, refusal))

    def resampled(self, volume: Volume, target: Volume, *, nearest: bool = False) -> Volume:
        """Return a volume on the grid of another one, from the store if it is there.

        Raises
        ------
        GridError
            As `resample`.
        VolumeError
            If the disk is full.
        """
        key = volume.source, resampled_id(volume, target, nearest=nearest), ""
        with _naming(volume.name):
            found = self._get(key, lambda: self._resampled(key, volume, target, nearest))
        assert isinstance(found, Volume)
        return on_grid(found, volume, target, nearest=nearest)

    def kept(self, source: str) -> bool:
        """Return whether anything is unpacked from the file with that SHA-256."""
        return self._copies.kept(source)

    def forget(self, source: str) -> None:
        """Remove every copy that was made from the file with that SHA-256."""
        self._copies.remove(source)
        self._volumes.drop(lambda key, _: key[0] == source)

    def _get(self, key: Key, load: Callable[[], Volume | Refused]) -> Volume | Refused:
        found = self._volumes.get(key, load)
        if self._lost(found):
            # Another worker has forgotten the file, and a map would keep its voxels on the disk; or
            # somebody wrote into the copy: to read from a map that was cut short ends the worker.
            self._drop_lost()
            found = self._volumes.get(key, load)
        self._copies.touch(key[0])
        return found

    def _unpacked(self, key: Key, path: Path, name: str, take: Take) -> Volume | Refused:
        self._drop_lost()
        if known := self._known(key, take):
            return known
        source = key[0]

        def kept(read: Callable[[], Volume]) -> Volume | Refused:
            try:
                return read()
            except NotNowError:
                raise
            except VolumeError as error:
                self._require_unchanged(source, path, name)
                return self._copies.refuse(source, _refusal_id(*key[1:]), error.reason)

        try:
            with self._copies.alone(source):
                # Another worker may have read it meanwhile.
                return self._known(key, take) or kept(lambda: self._read(key, path, name, take))
        except UNUSABLE:
            # A full or read-only cache costs time, not the study.
            return kept(lambda: read_volume(path, name=name, take=take))

    def _known(self, key: Key, take: Take) -> Volume | Refused | None:
        """Return what is kept of a file."""
        source, identity, by = key
        for known in dict.fromkeys((identity, source)):
            with suppress(*UNUSABLE):
                volume = self._copies.mapped(source, known)
                # A mean over a file of one volume is that volume.
                if known == identity or (take is None and volume.volumes == 1):
                    return volume
        return self._copies.refused(source, _refusal_id(identity, by))

    def _read(self, key: Key, path: Path, name: str, take: Take) -> Volume:
        source = key[0]
        with self._copies.new_copy() as copy:
            with copy.array.open("w+b") as npy:
                read = unpack(path, source, npy, name=name, take=take, scratch=copy.folder)
            copy.describe(read)
            identity = read.id
            del read  # Windows moves no mapped file
            copy.keep(source, identity)
        volume = self._copies.mapped(source, identity)
        self._require_unchanged(source, path, name)
        return volume

    def _require_unchanged(self, source: str, path: Path, name: str) -> None:
        """Keep nothing of a file that was removed or changed while it was read."""
        try:
            same = self.identity(path, name=name) == source
        except VolumeError:
            self.forget(source)
            raise
        if not same:
            self.forget(source)
            raise NotNowError("the file changed while it was read. Open it again.", name)

    def _resampled(self, key: Key, volume: Volume, target: Volume, nearest: bool) -> Volume:
        self._drop_lost()
        source, identity, _ = key
        with suppress(*UNUSABLE):
            return self._copies.mapped(source, identity)
        try:
            with self._copies.alone(source):
                with suppress(*UNUSABLE):  # another worker may have made it meanwhile
                    return self._copies.mapped(source, identity)
                with self._copies.new_copy() as copy:
                    with copy.array.open("w+b") as file:
                        into = partial(reserved, file)
                        copy.describe(resample(volume, target, nearest=nearest, into=into))
                    copy.keep(source, identity, new=False)
                return self._copies.mapped(source, identity)
        except UNUSABLE:
            return _in_passing(volume, target, nearest)

    def _drop_lost(self) -> None:
        """Close maps of copies that are gone or were written to."""
        self._volumes.drop(lambda _, found: self._lost(found))

    def _lost(self, found: Volume | Refused) -> bool:
        return isinstance(found, Volume) and self._copies.lost(found)


@contextmanager
def _naming(name: str) -> Iterator[None]:
    """Name the file in the error of one that cannot be read now."""
    try:
        yield
    except NotNowError as error:
        raise NotNowError(error.reason, name) from None


def _refusal_id(identity: str, by: str) -> str:
    """Return the name of a refusal: read by another extension, the same file may be an image."""
    return hashlib.sha256(f"{identity} {by}".encode()).hexdigest()


def _in_passing(volume: Volume, target: Volume, nearest: bool) -> Volume:
    """Resample into a file that ends with the volume."""
    try:
        with nameless(None) as file:
            return resample(volume, target, nearest=nearest, into=partial(reserved, file))
    except OSError as error:
        raise NotNowError(
            f"not enough disk space to resample it ({error.strerror}). Free some space.",
            volume.name,
        ) from None
