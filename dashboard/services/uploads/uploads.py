"""Uploaded studies: each content kept once, listed for its browser, deleted after some days.

One folder holds `incoming/` with arriving files, `blobs/` with files by their SHA-256, and
`studies/` with one manifest per study.
"""

import logging
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from dashboard.core.errors import NeuroMixError
from dashboard.services.studies.files import StudyFiles, study_files
from dashboard.services.uploads import names
from dashboard.services.uploads.limits import (
    MAX_NAMES,
    AbandonedError,
    Limits,
    NothingToOpenError,
    TitleError,
    UnavailableError,
)
from dashboard.services.uploads.manifests import Entry, Manifest
from dashboard.services.uploads.plan import Plan
from dashboard.services.uploads.quota import Quota
from dashboard.services.uploads.receiving import Arrived, Drop, disk_errors
from dashboard.services.uploads.store import Checked, Shelf

log = logging.getLogger(__name__)

DAY_SECONDS = 24 * 3600
# More often a sweep would find nothing new.
SWEEP_SECONDS = 300

UNEXPECTED = "{name}: cannot be read because of an error in NeuroMix."
MISSING = "You have no such upload. It may already be deleted."


@dataclass(frozen=True)
class Planned:
    """The numbers of the files of a drop to send, and sentences on those left out."""

    send: tuple[int, ...]
    refused: tuple[str, ...]


@dataclass(frozen=True)
class Kept:
    """A drop that became a study, and sentences on files left out."""

    key: str
    title: str
    refused: tuple[str, ...]


class Uploads:
    """The uploaded studies of one folder, shared by all workers.

    Parameters
    ----------
    folder : Path
    limits : Limits
    open_volume : callable of (path, original file name)
        Reads an image; raises NeuroMixError with a sentence that names the file.
    forget : callable of SHA-256
        Removes what was unpacked from a file.
    now, passed : callable
        ``time.time`` and ``time.monotonic``.
    """

    def __init__(
        self,
        folder: Path,
        limits: Limits,
        *,
        open_volume: Callable[[Path, str], Any],
        forget: Callable[[str], None],
        now: Callable[[], float] = time.time,
        passed: Callable[[], float] = time.monotonic,
    ) -> None:
        self.limits = limits
        self._shelf = Shelf(folder, forget)
        self._studies: dict[str, tuple[Manifest, StudyFiles]] = {}
        self._open_volume = open_volume
        self._now, self._passed = now, passed
        self._quota = Quota(limits, self._shelf.blobs, self._shelf.incoming)
        self._swept = float("-inf")

    def study(self, key: str) -> StudyFiles | None:
        """Return the study of a key; None if it does not exist (any more)."""
        manifest = self._manifest(key)
        if manifest is None:
            self._studies.pop(key, None)
            return None
        known = self._studies.get(key)
        if known and known[0] is manifest:
            return known[1]
        found = study_files(manifest.title, self._paths(manifest.files, manifest.sidecars))
        self._studies[key] = manifest, found
        return found

    def title(self, key: str) -> str | None:
        """Return the title of a study."""
        manifest = self._manifest(key)
        return manifest.title if manifest else None

    def listed(self, owner: str) -> dict[str, str]:
        """Return the titles of a browser's own studies by key, the newest first.

        Those of one title are told apart by when they came.
        """
        own = [
            (manifest.created, key, manifest.title)
            for key, manifest in self._shelf.manifests.all().items()
            if manifest.owner == owner and not self._expired(manifest)
        ]
        alike = Counter(title for _, _, title in own)
        return {
            key: title if alike[title] == 1 else f"{title} · {names.moment(created)}"
            for created, key, title in sorted(own, reverse=True)
        }

    def owns(self, owner: str, key: str) -> bool:
        """Return whether a study exists and was made by this browser."""
        manifest = self._manifest(key)
        return manifest is not None and manifest.owner == owner

    def expiry(self, key: str) -> date:
        """Return the day on which a study is deleted.

        Raises
        ------
        NeuroMixError
            If there is no such study.
        """
        manifest = self._manifest(key)
        if manifest is None:
            raise NeuroMixError(MISSING)
        return datetime.fromtimestamp(self._end(manifest), UTC).date()

    @contextmanager
    def receive(self) -> Iterator[Drop]:
        """Receive a drop; files that are not kept are removed at the end."""
        self.sweep_at_times()
        with self._quota.promise(full=self.sweep) as reserve:
            drop = Drop(self._shelf.incoming, self.limits, reserve)
            with closing(drop), disk_errors(self.limits):
                self._shelf.make()
                yield drop

    def plan(self, files: Sequence[tuple[str, int]]) -> Planned:
        """Decide about a drop before it is sent.

        Parameters
        ----------
        files : sequence of (name, number of bytes)
            A name from a dropped folder has its path.

        Raises
        ------
        UploadError
            If nothing in it can be taken, or it is too much.
        """
        if len(files) > MAX_NAMES:
            raise self.limits.too_many()
        plan = Plan()
        for name, _ in files:
            plan.add(name)
        taken = plan.taken()
        if not taken:
            raise _nothing(plan.refused)
        if len(taken) > self.limits.files:
            raise self.limits.too_many()
        self._require(sum(files[file.number][1] for file in taken))
        return Planned(tuple(file.number for file in taken), tuple(plan.refused))

    def _require(self, count: int) -> None:
        """Refuse a drop of this many bytes if it does not fit, or the folder cannot be used."""
        if count > self.limits.drop:
            raise self.limits.too_large()
        with self._quota.promise(full=self.sweep) as reserve:
            reserve(count)
        with disk_errors(self.limits):
            self._shelf.require_usable()

    def keep(self, drop: Drop, owner: str, *, wanted: Callable[[], bool] = lambda: True) -> Kept:
        """Make a study of a drop's readable images.

        Parameters
        ----------
        drop : Drop
            When all of it has arrived.
        owner : str
        wanted : callable
            Called at the end: whether anybody still waits for the study.

        Raises
        ------
        UploadError
            If nothing in it can be read, nobody waits, or the disk is full.
        """
        arrived = drop.images()
        sidecars = drop.sidecars(arrived)
        checked: list[Checked] = []
        try:
            checked.extend(self._check(arrived, drop.refused))
            if not checked:
                raise _nothing(drop.refused)
            if not wanted():
                raise AbandonedError("The upload was cancelled.")
            read = {names.stem(one.image.name) for one in checked}
            sidecars = [file for file in sidecars if names.stem(file.name) in read]
            for file in [*(file for one in checked for file in one.image.files), *sidecars]:
                os.fsync(file.file.fileno())
            key, manifest = self._shelf.add(
                checked, sidecars, lambda e: self._manifest_of(e, owner), self._quota.require
            )
        finally:
            kept = {one.image.identity for one in checked}
            others = {image.image.sha256 for image in arrived if image.identity not in kept}
            self._shelf.forget_unused(others | {one.source for one in checked})
        return Kept(key, manifest.title, tuple(drop.refused))

    def _check(self, arrived: list[Arrived], refused: list[str]) -> Iterator[Checked]:
        """Yield the readable images; `refused` gets a sentence on each of the others."""
        for image in arrived:
            try:
                volume = self._open_volume(image.image.path, image.name)
            except NeuroMixError as error:
                refused.append(str(error))
            except Exception:
                log.exception("an uploaded file cannot be opened")
                refused.append(UNEXPECTED.format(name=image.name))
            else:
                yield Checked(image, getattr(volume, "source", image.image.sha256))

    def _manifest_of(self, entries: tuple[Entry, ...], owner: str) -> Manifest:
        order = study_files("", self._paths(entries, {}))
        title = names.title([file.file_name for file in order.files.values()])
        return Manifest(title=title, owner=owner, created=self._now(), files=entries)

    def _paths(self, entries: tuple[Entry, ...], sidecars: dict[str, str]) -> dict[str, Path]:
        """Return the files of a study by their original names."""
        blobs = {**{file.name: file.blob for file in entries}, **sidecars}
        return {name: self._shelf.blobs / blob for name, blob in blobs.items()}

    def rename(self, owner: str, key: str, title: str) -> str:
        """Give a study of this browser another title, and return what is kept of it.

        Raises
        ------
        NeuroMixError
            If it has no such study, the title is empty, or it cannot be kept now.
        """
        kept = names.plain(title[: names.RAW_NAME])[: names.MAX_TITLE].strip()
        if not kept:
            raise TitleError("A name needs at least one character.")
        self._require_own(owner, key)
        with disk_errors(self.limits):
            if not self._shelf.rename(key, kept):
                raise NeuroMixError(MISSING)
        return kept

    def remove(self, owner: str, key: str) -> None:
        """Remove a study of this browser, with all files that no other study needs.

        Raises
        ------
        NeuroMixError
            If it has no such study, or it cannot be removed now.
        """
        self._require_own(owner, key)
        try:
            self._shelf.remove([key])
        except OSError as error:
            log.warning("an upload cannot be removed: %s", error)
            raise UnavailableError(
                f"The upload cannot be deleted now ({error.strerror}). Try again later."
            ) from None

    def _require_own(self, owner: str, key: str) -> None:
        if not self.owns(owner, key):
            raise NeuroMixError(MISSING)

    def sweep(self) -> None:
        """Remove what dead workers left, expired studies, and files that no study names."""
        self._swept = self._passed()
        try:
            self._shelf.sweep(self._expired)
        except OSError as error:
            log.warning("uploads cannot be swept: %s", error)

    def sweep_at_times(self) -> None:
        """Sweep if the last one was some minutes ago."""
        if self._passed() - self._swept > SWEEP_SECONDS:
            self.sweep()

    def _manifest(self, key: str) -> Manifest | None:
        manifest = self._shelf.manifests.get(key)
        return None if manifest is None or self._expired(manifest) else manifest

    def _end(self, manifest: Manifest) -> float:
        return manifest.created + self.limits.days * DAY_SECONDS

    def _expired(self, manifest: Manifest) -> bool:
        return self._now() >= self._end(manifest)


def _nothing(refused: list[str]) -> NothingToOpenError:
    if not refused:
        return NothingToOpenError(
            "These files include no image. Convert DICOM series with dcm2niix first."
        )
    if len(refused) == 1:
        return NothingToOpenError(refused[0], tuple(refused))
    return NothingToOpenError("None of these files can be opened.", tuple(refused))
