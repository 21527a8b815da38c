"""Results by key: computed once at a time, the most recent ones kept."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Generic, TypeVar

from dashboard.services.tally import Tally

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Memo(Generic[Key, Value]):
    """A bounded memory of results, safe for threads.

    Callers that ask for a key while it is computed wait for that one computation. Errors are not
    remembered.

    Parameters
    ----------
    size : int
        Most results kept.
    weigh : callable, optional
        The bytes of a result.
    max_bytes : int
        Most bytes kept; the newest result is kept whatever its size.

    Attributes
    ----------
    tally : Tally
        Of the results asked for.
    """

    def __init__(
        self, size: int, *, weigh: Callable[[Value], int] = lambda _: 0, max_bytes: int = 0
    ) -> None:
        self._size = size
        self._weigh = weigh
        self._max_bytes = max_bytes
        self._results: OrderedDict[Key, Future[Value]] = OrderedDict()
        self._lock = threading.Lock()
        self.tally = Tally()

    def get(self, key: Key, compute: Callable[[], Value]) -> Value:
        """Return the result for a key, computing it at most once across threads."""
        with self._lock:
            future = self._results.get(key)
            if mine := future is None:
                future = self._results[key] = Future()
            self._results.move_to_end(key)
            while len(self._results) > self._size:
                self._results.popitem(last=False)
        self.tally.count(there=not mine)
        if mine:
            self._begin(key, future, compute)
        return self._answer(future)

    def drop(self, gone: Callable[[Key, Value], bool] = lambda *_: True) -> None:
        """Forget the results for which `gone` is true: all, if none is given."""
        with self._lock:
            for key, future in list(self._results.items()):
                there = future.done() and not future.exception()
                if there and gone(key, future.result()):
                    del self._results[key]

    def _begin(self, key: Key, future: "Future[Value]", compute: Callable[[], Value]) -> None:
        self._fill(key, future, compute)

    def _answer(self, future: "Future[Value]") -> Value:
        return future.result()

    def _fill(self, key: Key, future: "Future[Value]", compute: Callable[[], Value]) -> None:
        try:
            future.set_result(compute())
        except BaseException as error:  # noqa: BLE001, raised in every caller that waits
            with self._lock:
                if self._results.get(key) is future:
                    del self._results[key]
            future.set_exception(error)
        else:
            self._lighten(key)

    def _lighten(self, newest: Key) -> None:
        """Drop the oldest results beyond the bytes that are kept."""
        with self._lock:
            # Others may have been asked for while this one was computed.
            if newest in self._results:
                self._results.move_to_end(newest)
            total = 0
            for key, future in reversed(list(self._results.items())):
                if not future.done():
                    continue
                weight = self._weigh(future.result())
                if total and total + weight > self._max_bytes > 0:
                    del self._results[key]
                else:
                    total += weight
