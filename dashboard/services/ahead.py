"""Work ahead while nobody waits: the slices beside the one on screen."""

import os
import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

# Work that nobody has come to do by then is for slices that were left long ago.
MAX_WAITING = 8
# The lowest priority that the system gives to a thread.
NICEST = 19


class Ahead:
    """A thread that does what is asked of it only while no request is being answered."""

    def __init__(self) -> None:
        self._waiting: queue.LifoQueue[Callable[[], object]] = queue.LifoQueue(MAX_WAITING)
        self._requests = 0
        self._quiet = threading.Condition()
        self._thread: threading.Thread | None = None

    @contextmanager
    def request(self) -> Iterator[None]:
        """Mark that a request is being answered."""
        with self._quiet:
            self._requests += 1
        try:
            yield
        finally:
            with self._quiet:
                self._requests -= 1
                self._quiet.notify_all()

    def ask(self, work: Callable[[], object]) -> None:
        """Do some work later, the newest first; what does not fit is left out."""
        with suppress(queue.Full):
            self._waiting.put_nowait(work)
        with self._quiet:
            # Started at the first work, so that it lives in the worker and not in its parent.
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="ahead", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        with suppress(AttributeError, OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICEST)
        while True:
            work = self._waiting.get()
            with self._quiet:
                self._quiet.wait_for(lambda: self._requests == 0)
            # Whatever is wrong with it is told when somebody asks for it.
            with suppress(Exception):
                work()
