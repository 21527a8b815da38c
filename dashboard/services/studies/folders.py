"""Folders below one root as they are now, each read again only after it has changed."""

import os
import time
from dataclasses import dataclass
from pathlib import Path

from dashboard.core.reading.image import other_halves

# File systems keep times as coarsely as two seconds (FAT).
CLOCK_TICK_NS = 2_000_000_000
# They hold no images to look at, or copies of what is listed already.
_PASSED_OVER = frozenset({"code", "sourcedata"})

Stamps = dict[Path, int | None]


@dataclass(frozen=True)
class Listing:
    """What one folder holds.

    Attributes
    ----------
    path : Path
    folders, files : dict
        Names in order, as keys. Links are among them if they lead to something below the root.
    stamps : dict
        Paths with the times of change that this listing depends on; None for what is missing.
    settled : bool
        Whether a later change is sure to show in the stamps.
    """

    path: Path
    folders: dict[str, None]
    files: dict[str, None]
    stamps: Stamps
    settled: bool


class Folders:
    """What the folders below a root hold.

    A link is followed only if what it finally leads to lies below the root, as in DataLad data
    sets, whose files are links into ``.git/annex``.
    """

    def __init__(self, root: Path) -> None:
        # A folder given as "." has no name of its own.
        self.root = root.resolve()
        self._known: dict[Path, Listing] = {}

    def read(self, path: Path) -> Listing:
        """List a folder, unless it is as it was.

        Raises
        ------
        OSError
            If it cannot be read.
        """
        known = self._known.get(path)
        if known and unchanged(known.stamps):
            return known
        listing = self._scan(path)
        if listing.settled:
            self._known[path] = listing
        return listing

    def _scan(self, path: Path) -> Listing:
        stamps: Stamps = {path: path.stat().st_mtime_ns}  # before its content is read
        folders, files = [], []
        outside: set[str] = set()
        with os.scandir(path) as entries:
            for entry in entries:
                if entry.name.startswith(".") or not _is_text(entry.name):
                    continue
                parts: tuple[str, ...] = (entry.name,)
                if entry.is_symlink():
                    target = self._target(path / entry.name, stamps)
                    if target is None:
                        outside.add(entry.name.lower())  # some file systems know no case
                        continue
                    parts += target.relative_to(self.root).parts
                if _is_folder(entry):
                    if not any(part in _PASSED_OVER or part[0] == "." for part in parts):
                        folders.append(entry.name)
                elif _is_file(entry):
                    files.append(entry.name)
        # An image is read with the header beside it, which would be followed to where it lies.
        files = [name for name in files if outside.isdisjoint(other_halves(name.lower()))]
        return Listing(
            path,
            dict.fromkeys(sorted(folders)),
            dict.fromkeys(sorted(files)),
            stamps,
            settled(stamps),
        )

    def _target(self, link: Path, stamps: Stamps) -> Path | None:
        """Follow a link to its end, there or not; None if that is not below the root."""
        try:
            target = link.resolve()
        except (OSError, RuntimeError):  # Python 3.11 and 3.12 call a loop a RuntimeError
            return None
        # A link to a folder that it lies in would never end.
        if not target.is_relative_to(self.root) or link.parent.resolve().is_relative_to(target):
            return None
        # What a link leads to comes and goes without any change in the link's own folder.
        stamps.setdefault(target.parent, changed(target.parent))
        return target


class Look:
    """One look at some folders, which remembers all that its result depends on."""

    def __init__(self, folders: Folders) -> None:
        self._folders = folders
        self.stamps: Stamps = {}
        self.settled = True

    def read(self, path: Path) -> Listing | None:
        """List a folder; None where it cannot be read."""
        try:
            return self.require(path)
        except OSError:
            # That it may be read from now on would not show in any time of change.
            self.settled = False
            return None

    def require(self, path: Path) -> Listing:
        """List a folder.

        Raises
        ------
        OSError
            If it cannot be read.
        """
        listing = self._folders.read(path)
        self.stamps |= listing.stamps
        self.settled = self.settled and listing.settled
        return listing

    def watch(self, file: Path) -> None:
        """Take the content of a file as part of the result."""
        self.stamps[file] = changed(file)
        self.settled = self.settled and settled({file: self.stamps[file]})


def changed(path: Path) -> int | None:
    """Return when a path changed last, in nanoseconds; None where there is nothing."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return None


def unchanged(stamps: Stamps) -> bool:
    """Return whether all is as it was when the stamps were taken."""
    try:
        return all(path.stat().st_mtime_ns == stamp for path, stamp in stamps.items())
    except OSError:
        return all(changed(path) == stamp for path, stamp in stamps.items())


def settled(stamps: Stamps) -> bool:
    """Return whether the last change is so long ago that another one would have another time."""
    newest = max((stamp for stamp in stamps.values() if stamp is not None), default=0)
    return time.time_ns() - newest > CLOCK_TICK_NS


def _is_text(name: str) -> bool:
    # The page could not send back the name of a file that was named in another encoding.
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _is_file(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file()
    except OSError:
        return False
