"""Folders below one root, each read again only after it has changed."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from dashboard.core.reading.foreign import APPLE_PREFIX, is_annexed
from dashboard.core.reading.names import other_halves

# The coarsest clock of a file system (FAT): two seconds.
CLOCK_TICK_NS = 2_000_000_000
# The clocks of a file server and of this machine differ by less. A time beyond it, as after
# somebody set a clock back, is another one after the next change.
CLOCKS_APART_NS = 60_000_000_000
# They contain no images to show, or sources of images that are listed.
_PASSED_OVER = frozenset({"code", "sourcedata"})

Stamps = dict[Path, int | None]


@dataclass(frozen=True)
class Listing:
    """What one folder holds.

    Attributes
    ----------
    path : Path
    folders, files : dict
        Names in order, as keys; links only if they lead below the root.
    stamps : dict
        Paths that this listing depends on, with their times of change; None if missing.
    settled : bool
        Whether every later change will show in the stamps.
    """

    path: Path
    folders: dict[str, None]
    files: dict[str, None]
    stamps: Stamps
    settled: bool


class Folders:
    """What the folders below a root hold.

    A link is followed only if it finally leads below the root, as in DataLad data sets, whose
    files are links into ``.git/annex``.
    """

    def __init__(self, root: Path) -> None:
        # A folder given as "." has no name of its own.
        self.root = root.resolve()
        self._known: dict[Path, Listing] = {}

    def read(self, path: Path) -> Listing:
        """List a folder, again only if it changed.

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
                hidden = entry.name.startswith(".") and not entry.name.startswith(APPLE_PREFIX)
                if hidden or not _is_text(entry.name):
                    continue
                absent = False
                parts: tuple[str, ...] = (entry.name,)
                if entry.is_symlink():
                    target = self._target(path / entry.name, stamps)
                    if target is None:
                        outside.add(entry.name.lower())  # some file systems ignore case
                        continue
                    parts += target.relative_to(self.root).parts
                    # An image whose content git-annex has not fetched is listed, and says so.
                    absent = is_annexed(target) and not target.exists()
                if _holds(entry.is_dir):
                    if not any(part in _PASSED_OVER or part[0] == "." for part in parts):
                        folders.append(entry.name)
                elif absent or _holds(entry.is_file):
                    files.append(entry.name)
        # An image is read with the header beside it, wherever a link may lead.
        files = [name for name in files if outside.isdisjoint(other_halves(name.lower()))]
        return Listing(
            path,
            dict.fromkeys(sorted(folders)),
            dict.fromkeys(sorted(files)),
            stamps,
            settled(stamps),
        )

    def _target(self, link: Path, stamps: Stamps) -> Path | None:
        """Follow a link to its end, which may be missing; None if that is not below the root."""
        try:
            target = link.resolve()
        except (OSError, RuntimeError):  # Python 3.11 and 3.12 call a loop a RuntimeError
            return None
        # A link to a folder above itself would never end.
        if not target.is_relative_to(self.root) or link.parent.resolve().is_relative_to(target):
            return None
        # The target comes and goes without a change in the folder of the link.
        stamps.setdefault(target.parent, changed(target.parent))
        return target


class Look:
    """One look at some folders, which records everything that its result depends on."""

    def __init__(self, folders: Folders) -> None:
        self._folders = folders
        self.stamps: Stamps = {}
        self.settled = True

    def read(self, path: Path) -> Listing | None:
        """List a folder; None if it cannot be read."""
        try:
            return self.require(path)
        except OSError:
            # No time of change shows when it becomes readable.
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

    def add(self, other: "Look") -> None:
        """Make the result depend on all that another look saw."""
        self.stamps |= other.stamps
        self.settled = self.settled and other.settled

    def watch(self, file: Path) -> None:
        """Make the result depend on the content of a file."""
        self.stamps[file] = changed(file)
        self.settled = self.settled and settled({file: self.stamps[file]})


def changed(path: Path) -> int | None:
    """Return when a path last changed, in nanoseconds; None if it is missing."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return None


def unchanged(stamps: Stamps) -> bool:
    """Return whether nothing changed since the stamps were taken."""
    try:
        return all(path.stat().st_mtime_ns == stamp for path, stamp in stamps.items())
    except OSError:
        return all(changed(path) == stamp for path, stamp in stamps.items())


def settled(stamps: Stamps) -> bool:
    """Return whether the last change is old enough for the next one to have another time."""
    now = time.time_ns()
    return not any(
        stamp is not None and now - CLOCK_TICK_NS <= stamp <= now + CLOCKS_APART_NS
        for stamp in stamps.values()
    )


def _is_text(name: str) -> bool:
    # The page cannot send back a file name in another encoding.
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _holds(test: Callable[[], bool]) -> bool:
    try:
        return test()
    except OSError:
        return False
