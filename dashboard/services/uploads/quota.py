"""The quota: the bytes of all uploads together, including those under way."""

import os
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from dashboard.services.disk.folders import listed, size
from dashboard.services.uploads.limits import Limits, StoreFullError


class Quota:
    """Bytes of the whole store; uploads to other workers are seen by their files."""

    def __init__(self, limits: Limits, blobs: Path, incoming: Path) -> None:
        self._limits = limits
        self._blobs, self._incoming = blobs, incoming
        self._promised: dict[str, int] = {}
        self._counting = threading.Lock()

    @contextmanager
    def promise(self, *, full: Callable[[], None]) -> Iterator[Callable[[int], None]]:
        """Give a function that reserves a number of bytes until the end.

        If they are not free, it calls `full` to free some, and then raises `StoreFullError`.
        """
        token = secrets.token_hex(8)

        def reserve(count: int) -> None:
            try:
                self._reserve(token, count)
            except StoreFullError:
                full()
                self._reserve(token, count)

        try:
            yield reserve
        finally:
            with self._counting:
                self._promised.pop(token, None)

    def require(self, count: int) -> None:
        """Refuse to exceed the quota: two workers may have promised the same bytes.

        Raises
        ------
        StoreFullError
        """
        if self._kept() + count > self._limits.store:
            raise self._limits.full()

    def _kept(self) -> int:
        return sum(map(size, listed(self._blobs)))

    def _reserve(self, token: str, count: int) -> None:
        with self._counting:
            own = f"{os.getpid()}-"
            taken = self._kept()
            # Uploads to this worker count in full, as promised.
            taken += sum(size(p) for p in listed(self._incoming) if not p.name.startswith(own))
            taken += sum(self._promised.values()) - self._promised.get(token, 0)
            if taken + count > self._limits.store:
                raise self._limits.full()
            self._promised[token] = count
