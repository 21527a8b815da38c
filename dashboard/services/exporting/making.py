"""Where an export is made: in a private folder of the cache that is always removed."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from dashboard.core.errors import NeuroMixError
from dashboard.services.disk.folders import make_private, untouched
from dashboard.services.exporting.exports import EXPORTS, Export
from dashboard.services.exporting.subject import Subject
from dashboard.services.limits import LARGE_EXPORT, Allowance, Room

# Seconds after which a folder is one that a killed worker left: nothing takes so long to make.
ABANDONED = 24 * 3600
CHUNK_BYTES = 2**18


@dataclass(frozen=True)
class Made:
    """A file that is ready.

    Attributes
    ----------
    name : str
        What a browser keeps it as.
    """

    path: Path
    name: str
    mimetype: str

    @property
    def size(self) -> int:
        """In bytes."""
        return self.path.stat().st_size

    def chunks(self) -> Iterator[bytes]:
        """Yield the content."""
        with self.path.open("rb") as file:
            while chunk := file.read(CHUNK_BYTES):
                yield chunk


class Workshops:
    """Where exports are made, within what the host allows; a large one at a time.

    Parameters
    ----------
    cache : Path
    allowance : Allowance, optional
    """

    def __init__(self, cache: Path, allowance: Allowance | None = None) -> None:
        self._room = cache / "exports"
        self._allowance = allowance or Allowance()
        self._turns = Room(1, "exports")

    def open(self) -> "Workshop":
        """Return a folder for one export.

        Raises
        ------
        NeuroMixError
            If there can be none.
        """
        try:
            make_private(self._room)
            for left in untouched(self._room, ABANDONED):
                shutil.rmtree(left, ignore_errors=True)
            folder = Path(tempfile.mkdtemp(dir=self._room))
        except OSError as error:
            raise NeuroMixError(
                f"The file cannot be made: the server's cache cannot be written ({error.strerror})."
            ) from None
        return Workshop(folder, self._allowance, self._turns)


class Workshop:
    """A folder for one export, removed when it is closed."""

    def __init__(self, folder: Path, allowance: Allowance, turns: Room) -> None:
        self._folder, self._allowance, self._turns = folder, allowance, turns

    def close(self) -> None:
        """Remove the folder with all that is in it."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def make(self, what: str, export: Export, subject: Subject) -> Iterator[float | Made]:
        """Yield the share that is done now and then, and at the end the file.

        Parameters
        ----------
        what : str
            How the name of the file ends.

        Raises
        ------
        NeuroMixError
            If it cannot be made, or takes more than is allowed.
        BusyError
            If other large ones take too long.
        """
        path = self._folder / f"{subject.base}_{what}"
        try:
            # Before it gathers any voxels.
            with self._turns.taken(1) if subject.voxels > LARGE_EXPORT else nullcontext():
                yield from self._allowance.exporting(export.make(subject, path))
        except OSError as error:
            raise NeuroMixError(
                f"The file cannot be made: the server's disk does not take it ({error.strerror}). "
                "Free some space, then try again."
            ) from None
        yield Made(path, path.name, export.mimetype)


def require(what: str) -> Export:
    """Return a kind of export.

    Raises
    ------
    NeuroMixError
        If there is none of that name.
    """
    if what not in EXPORTS:
        raise NeuroMixError(f"There is no export “{what[:40]}”. Choose one of the Export menu.")
    return EXPORTS[what]
