"""What one request may take of the host, and the sentences that refuse more."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import TypeVar

from dashboard.core.errors import LimitError, NeuroMixError, NotNowError
from dashboard.core.steps import at_each_step
from dashboard.settings import EXPORT_SECONDS, FIT_BYTES, FIT_SECONDS, READ_SECONDS

# Large fits that a worker makes at once; two take all of a small host.
LARGE_AT_ONCE = 2
# A fit of a slice is large beyond it: about a second of a CPU. The lesson's is a fiftieth of it.
# In voxels x images x components x starts, and as many times more as a small tolerance takes.
LARGE_EFFORT = 2_500_000
# A fit of a head is large beyond it, or with a spatial prior. It runs over cells, whatever the
# voxels: in components x starts, and as many times more as a small tolerance takes. Ten components
# from the usual ten starts are not large, so the fit that numbers the classes of slices never is.
LARGE_EFFORT_OF_HEAD = 100
# An export or a report of more voxels is large: it takes hundreds of MB, and a minute. A worker
# makes one of them at a time, beside any number of small ones.
LARGE_EXPORT = 4_000_000
# Until a fit or an export has its turn; proxies give up at 120 s.
TURN_SECONDS = 45

# Measured while a head is fitted: bytes per voxel of each image, and of each component if there is
# a spatial prior, which keeps the probabilities of all voxels.
IMAGE_BYTES, COMPONENT_BYTES = 14, 16
# The same of a slice, which is fitted in double precision. Slices below the size need no room: a
# picture of histology has millions of voxels, a slice of a head some ten thousand.
SLICE_BYTES, SMALL_SLICE = 20, 2**26

BUSY = "The server makes other large {}. Try again in a minute."
FEWER = "Choose fewer starts, fewer components, fewer images, or a larger tolerance."
SMALLER = "Choose fewer images, a mask or another foreground, or fit a slice."
FEWER_IMAGES = "Choose fewer images, or a smaller slice."
LESS = "Choose fewer components, fewer images, or a slice."
SLOW_DISK = (
    "reading it took longer than {}, so it was stopped. Copy the file to a faster disk, or try "
    "again later."
)


Step = TypeVar("Step")


class BusyError(NeuroMixError):
    """The host has no room now; another attempt may succeed."""


@dataclass(frozen=True)
class Allowance:
    """What a host allows.

    Attributes
    ----------
    fit_seconds : float
        Of a CPU, for one fit.
    fit_bytes : int
        Memory for the fits of heads and of very large slices that a worker makes at once.
    read_seconds : float
        For reading one image.
    export_seconds : float
        Of a CPU, for one export or report.
    """

    fit_seconds: float = FIT_SECONDS
    fit_bytes: int = FIT_BYTES
    read_seconds: float = READ_SECONDS
    export_seconds: float = EXPORT_SECONDS

    def bytes_of(self, voxels: int, images: int, components: int) -> int:
        """Return the memory that the fit of a head takes; 0 components if it has no prior."""
        return voxels * (images * IMAGE_BYTES + components * COMPONENT_BYTES)

    def too_large(self, size: int, voxels: int, images: int, remedy: str = SMALLER) -> LimitError:
        """Return the error of voxels that take more than is allowed."""
        return LimitError(
            f"A fit of {voxels:,} voxels in {images} {'image' if images == 1 else 'images'} takes "
            f"{_gigabytes(size)} of memory, and this server has {_gigabytes(self.fit_bytes)} for "
            f"it. {remedy}"
        )

    def fitting(self) -> AbstractContextManager[None]:
        """End the fit within once it has had its time; raises LimitError."""
        return at_each_step(_clock("This fit", self.fit_seconds, FEWER))

    def exporting(self, steps: Iterator[Step]) -> Iterator[Step]:
        """Yield the steps of an export until it has had its time; raises LimitError."""
        look = _clock("Making this file", self.export_seconds, LESS)
        for step in steps:
            look()
            yield step

    def too_slow(self) -> NotNowError:
        """Return the error of a file that is not read in time."""
        return NotNowError(SLOW_DISK.format(_time(self.read_seconds)))


class Room:
    """What fits or exports share, such as memory, and of which each takes its part in turn.

    Parameters
    ----------
    size : int
        For all that are made at once.
    what : str, optional
        What shares it, in the plural.
    """

    def __init__(
        self, size: int, what: str = "fits", *, turn_seconds: float = TURN_SECONDS
    ) -> None:
        self._free, self._what, self._turn_seconds = size, what, turn_seconds
        self._changed = threading.Condition()

    @contextmanager
    def taken(self, size: int) -> Iterator[None]:
        """Wait for room, and hold it.

        Raises
        ------
        BusyError
            If others take too long.
        """
        with self._changed:
            if not self._changed.wait_for(lambda: size <= self._free, self._turn_seconds):
                raise BusyError(BUSY.format(self._what))
            self._free -= size
        try:
            yield
        finally:
            with self._changed:
                self._free += size
                self._changed.notify_all()


def _clock(what: str, seconds: float, remedy: str) -> Callable[[], None]:
    """Return what raises LimitError once this thread has had so much time of a CPU."""
    end = time.thread_time() + seconds

    def look() -> None:
        if time.thread_time() > end:
            raise LimitError(
                f"{what} takes longer than {_time(seconds)}, so it was stopped. {remedy}"
            )

    return look


def _gigabytes(count: int) -> str:
    return f"{count / 2**30:.1f} GB"


def _time(seconds: float) -> str:
    if seconds < 120:
        return "1 second" if seconds == 1 else f"{seconds:g} seconds"
    return f"{seconds / 60:g} minutes"
