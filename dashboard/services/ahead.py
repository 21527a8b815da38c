"""Work ahead while nobody waits: the slices beside the one on screen."""

import os
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

# Older work is for slices that were left long ago.
MAX_WAITING = 8
# Seconds; a server that is never idle still gets late work done.
LONGEST_PAUSE = 1.0
# The lowest priority of a thread.
NICEST = 19


class Ahead:
    """A thread that works only while no request is being answered."""

    def __init__(self) -> None:
        self._waiting: deque[Callable[[], object]] = deque(maxlen=MAX_WAITING)
        self._requests = 0
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    @contextmanager
    def request(self) -> Iterator[None]:
        """Mark that a request is being answered."""
        with self._changed:
            self._requests += 1
        try:
            yield
        finally:
            with self._changed:
                self._requests -= 1
                self._changed.notify_all()

    @property
    def busy(self) -> bool:
        """Whether a request is being answered."""
        return self._requests > 0

    def pause(self) -> None:
        """Wait while a request is being answered, but not for ever."""
        with self._changed:
            self._changed.wait_for(lambda: not self._requests, timeout=LONGEST_PAUSE)

    def ask(self, work: Callable[[], object]) -> None:
        """Do some work later, the newest first; too much drops the oldest."""
        with self._changed:
            self._waiting.append(work)
            # Started with the first work, so that it runs in the worker and not in its parent.
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="ahead", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def _run(self) -> None:
        with suppress(AttributeError, OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICEST)
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting and not self._requests)
                work = self._waiting.pop()
            # A request for the same work reports its error.
            with suppress(Exception):
                work()
