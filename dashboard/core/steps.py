"""Steps of long work, at which whoever waits for it may end it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_at_step: ContextVar[Callable[[], None] | None] = ContextVar("at_step", default=None)


@contextmanager
def at_each_step(look: Callable[[], None]) -> Iterator[None]:
    """Call a function at each step of the work within; what it raises ends the work."""
    before = _at_step.set(look)
    try:
        yield
    finally:
        _at_step.reset(before)


def take_step() -> None:
    """Mark a step of work that may take long: of reading some megabytes, or of a fit."""
    if look := _at_step.get():
        look()
