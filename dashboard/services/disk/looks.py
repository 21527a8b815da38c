"""Looks at a disk that may not answer, such as a share whose server is gone."""

import threading
import time
from collections.abc import Callable, Hashable, Iterator
from concurrent.futures import Future, wait
from contextlib import contextmanager
from typing import Any, TypeVar

# A look takes less than a millisecond, and at a slow share some tenths of a second.
HANGING_SECONDS = 1.0
# What took so long is slow: it is looked at beside the requests. A thousand subjects take less.
SLOW_SECONDS = 0.5
# Requests wait for it so long, and have what is known.
PATIENCE = 0.1
# The same of what was not slow yet, or of which nothing is known, such as a share that hangs.
FIRST_SECONDS = 1.0

Found = TypeVar("Found")


class Looks:
    """Looks that are under way; while one hangs, what is known has to do for the others."""

    def __init__(self) -> None:
        self._began: dict[object, float] = {}
        self._slow: set[Hashable] = set()
        self._beside: dict[Hashable, tuple[float, Future[Any]]] = {}
        self._changing = threading.Lock()

    @contextmanager
    def one(self) -> Iterator[None]:
        """Look within."""
        look = object()
        self._began[look] = time.monotonic()
        try:
            yield
        finally:
            del self._began[look]

    @property
    def hang(self) -> bool:
        """Whether a look is under way for so long that others would hang as well."""
        late = time.monotonic() - HANGING_SECONDS
        return any(began <= late for began in list(self._began.values()))

    def at(
        self,
        key: Hashable,
        find: Callable[[], Found],
        known: Found | None,
        *,
        beside: bool = False,
    ) -> Found | None:
        """Look at something; what took long before is looked at beside the requests, by one thread.

        Parameters
        ----------
        key : hashable
        find : callable
            Looks.
        known : object or None
            What was found last, which has to do if it takes long.
        beside : bool, optional
            Look beside the requests whatever it took before. Until it was slow they wait longer,
            and go on with None if nothing is known.

        Raises
        ------
        Exception
            What `find` raised.
        """
        if not beside and (known is None or key not in self._slow):
            with self.one():
                return self._timed(key, find)
        with self._changing:
            under_way = self._beside.get(key)
            if under_way is None or under_way[1].done():  # and about to end
                under_way = self._begin(key, find)
            began, future = under_way
        patience = PATIENCE if known is not None and key in self._slow else FIRST_SECONDS
        wait([future], max(0.0, began + patience - time.monotonic()))
        found: Found | None = future.result() if future.done() else known
        return found

    def _timed(self, key: Hashable, find: Callable[[], Found]) -> Found:
        began = time.monotonic()
        found = find()
        if time.monotonic() - began <= SLOW_SECONDS:
            self._slow.discard(key)
        elif found:  # not for every name that somebody asks for
            self._slow.add(key)
        return found

    def _begin(self, key: Hashable, find: Callable[[], Any]) -> tuple[float, "Future[Any]"]:
        begun: tuple[float, Future[Any]] = time.monotonic(), Future()
        self._beside[key] = begun

        def run() -> None:
            try:
                begun[1].set_result(self._timed(key, find))
            except BaseException as error:  # noqa: BLE001, raised in who waits
                begun[1].set_exception(error)
            with self._changing:
                if self._beside.get(key) is begun:
                    del self._beside[key]

        threading.Thread(target=run, name="look", daemon=True).start()
        return begun
