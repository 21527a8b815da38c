"""Threads for requests, of which none waits long behind those that take long."""

import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any

# A request that takes longer reads a slow disk or fits a head; a page's own take milliseconds.
LONG_SECONDS = 0.5
# A thread that waits for a disk takes some 100 kB. Behind so many, others wait as well.
MOST = 128


class Threads(Executor):
    """A number of threads at work, and one more for each that has been at the same work for long.

    They do not outlive the program: one that waits for a disk does not keep it from ending.

    Parameters
    ----------
    count : int
        Threads at work at once.
    most : int
        All threads together.
    clock : callable
        Returns seconds.
    """

    def __init__(
        self, count: int, *, most: int = MOST, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._count, self._most, self._clock = count, most, clock
        self._waiting: deque[tuple[Future[Any], Callable[[], Any]]] = deque()
        self._began: dict[int, float] = {}  # of the work under way, by thread
        self._threads = self._idle = 0
        self._stopped = False
        self._changed = threading.Condition()

    def submit(self, work: Callable[..., Any], /, *args: Any, **named: Any) -> "Future[Any]":
        """Do some work once a thread is free for it."""
        future: Future[Any] = Future()
        with self._changed:
            if self._stopped:
                raise RuntimeError("these threads were stopped")
            self._waiting.append((future, lambda: work(*args, **named)))
            self._have_spare()
            self._changed.notify()
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: ARG002
        """Take no more work; wait for none."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()

    def _have_spare(self) -> None:
        """Have a thread that takes what waits, once it may."""
        if self._waiting and not self._idle and self._threads < self._most:
            self._threads += 1
            self._idle += 1
            threading.Thread(target=self._run, name="request", daemon=True).start()

    def _run(self) -> None:
        me = threading.get_ident()
        while taken := self._taken(me):
            future, work = taken
            try:
                future.set_result(work())
            except BaseException as error:  # noqa: BLE001, raised where the result is asked for
                future.set_exception(error)
            del taken, future, work  # a thread that waits holds nothing
            with self._changed:
                del self._began[me]
                self._idle += 1

    def _taken(self, me: int) -> tuple["Future[Any]", Callable[[], Any]] | None:
        """Wait for work that may begin; None ends the thread."""
        with self._changed:
            while not self._waiting or (seconds := self._seconds_to_wait()) > 0:
                if not self._waiting and (self._stopped or self._idle > self._count):
                    self._idle -= 1
                    self._threads -= 1
                    return None
                self._changed.wait(seconds if self._waiting else None)
            self._idle -= 1
            self._began[me] = self._clock()
            taken = self._waiting.popleft()
            self._have_spare()
            return taken

    def _seconds_to_wait(self) -> float:
        """Return the time until one more may be at work; 0 if it may now."""
        late = self._clock() - LONG_SECONDS
        quick = [began - late for began in self._began.values() if began > late]
        return min(quick) if len(quick) >= self._count else 0.0
