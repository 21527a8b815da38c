"""Looks at a disk that may not answer, such as a share whose server is gone."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

# A look takes less than a millisecond, and at a slow share some tenths of a second.
HANGING_SECONDS = 1.0


class Looks:
    """Looks that are under way; while one hangs, what is known has to do for the others."""

    def __init__(self) -> None:
        self._began: dict[object, float] = {}

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
