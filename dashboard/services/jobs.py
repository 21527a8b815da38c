"""Work whose results arrive bit by bit, and which goes on only as long as somebody asks for it."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Item = TypeVar("Item")

# Seconds that an answer waits for news, so that a page need not ask in vain.
PATIENCE = 0.25
# The same for the first result, within the lease: a page that shows none would seem empty.
FIRST = 2.0
# Seconds after which nobody asks any more: a page asks again at once, over a slow line in one.
LEASE = 3.0


@dataclass(frozen=True)
class Progress(Generic[Item]):
    """The results so far, and whether there will be no more."""

    items: tuple[Item, ...]
    done: bool


@dataclass(eq=False)
class _Job(Generic[Item]):
    work: Iterator[Sequence[Item]] | None  # None once it is done: it may hold voxels
    asked: float
    items: list[Item] = field(default_factory=list)
    error: Exception | None = None

    @property
    def done(self) -> bool:
        return self.work is None


class Jobs(Generic[Key, Item]):
    """Jobs by key, done by one thread: a step of what was asked for last, then the next.

    All who ask for a key share one job. The thread ends when nothing is left to do. A job that
    nobody asks for is forgotten, with what it holds; one that is done is kept.

    Parameters
    ----------
    size : int
        Most jobs kept.
    clock : callable
        Returns seconds.
    """

    def __init__(self, size: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._size, self._clock = size, clock
        self._jobs: OrderedDict[Key, _Job[Item]] = OrderedDict()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    def ask(
        self,
        key: Key,
        begin: Callable[[], Iterator[Sequence[Item]]],
        *,
        patience: float = PATIENCE,
    ) -> Progress[Item]:
        """Return the results so far, after waiting a moment for new ones.

        Parameters
        ----------
        key : hashable
        begin : callable
            Begins the work, each step of which gives some results, maybe none.
        patience : float
            Seconds.

        Raises
        ------
        Exception
            What the work raised. Errors are not remembered.
        """
        with self._changed:
            job = self._jobs.get(key)
            if job is None:
                job = self._jobs[key] = _Job(begin(), self._clock())
            self._jobs.move_to_end(key)
            while len(self._jobs) > self._size:
                self._jobs.popitem(last=False)
            job.asked = self._clock()
            if not job.done:
                self._start()
                before = len(job.items)
                wait = patience if before else max(patience, FIRST)
                self._changed.wait_for(lambda: job.done or len(job.items) > before, wait)
                job.asked = self._clock()
            if job.error:
                raise job.error
            return Progress(tuple(job.items), job.done)

    def drop(self) -> None:
        """Forget everything; what is under way ends with its step."""
        with self._changed:
            self._jobs.clear()

    def _start(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="jobs", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        while job := self._next():
            self._step(job)

    def _next(self) -> _Job[Item] | None:
        """Return what was asked for last; None ends the thread."""
        with self._changed:
            latest = self._clock() - LEASE
            for key, job in list(self._jobs.items()):
                if not job.done and job.asked < latest:
                    del self._jobs[key]
            under_way = [job for job in self._jobs.values() if not job.done]
            if not under_way:
                self._thread = None
                return None
            return max(under_way, key=lambda job: job.asked)

    def _step(self, job: _Job[Item]) -> None:
        items: Sequence[Item] = ()
        error, ended = None, False
        try:
            assert job.work is not None, "only work under way is stepped"
            items = next(job.work)
        except StopIteration:
            ended = True
        except Exception as found:  # noqa: BLE001, raised in everyone who asks
            error = found
        with self._changed:
            job.items += items
            if ended or error:
                job.work, job.error = None, error
            if error:
                for key in [key for key, one in self._jobs.items() if one is job]:
                    del self._jobs[key]
            self._changed.notify_all()
