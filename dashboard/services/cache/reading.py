"""What is read from files, each by a thread of its own, so that nobody waits for ever."""

import threading
import time
from collections.abc import Callable, Hashable
from concurrent.futures import Future, wait
from typing import TypeVar

from dashboard.core.steps import at_each_step
from dashboard.services.cache.memo import Memo
from dashboard.services.limits import Allowance

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class ReadOnce(Memo[Key, Value]):
    """A memory of what was read, that waits for a disk as long as it is allowed to.

    Reading ends then, at its next step. If the disk does not answer at all, its thread waits on,
    and what it reads is there for who asks later.

    Parameters
    ----------
    size : int
        Most results kept.
    allowance : Allowance
        Its seconds for reading.
    """

    def __init__(self, size: int, allowance: Allowance) -> None:
        super().__init__(size)
        self._allowance = allowance

    def _begin(self, key: Key, future: "Future[Value]", compute: Callable[[], Value]) -> None:
        end = _end(future, self._allowance)

        def look() -> None:
            if time.monotonic() > end:
                raise self._allowance.too_slow()

        def read() -> None:
            with at_each_step(look):
                self._fill(key, future, compute)

        threading.Thread(target=read, name="read", daemon=True).start()

    def _answer(self, future: "Future[Value]") -> Value:
        if not future.done():
            wait([future], max(0, _end(future, self._allowance) - time.monotonic()))
            if not future.done():
                raise self._allowance.too_slow()
        return future.result()


def _end(future: "Future[Value]", allowance: Allowance) -> float:
    """Return until when a result is waited for; all who ask for it have the same time."""
    ends: float = future.__dict__.setdefault("ends", time.monotonic() + allowance.read_seconds)
    return ends
