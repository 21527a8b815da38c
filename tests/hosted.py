"""The processes of a server under test, and what is waited for."""

import re
import threading
import time
from collections.abc import Callable
from pathlib import Path

HANG_SECONDS = 90  # what has not come by then never comes
NEVER = threading.Event()


def until(happened: Callable[[], object]) -> None:
    """Wait until something has happened."""
    end = time.monotonic() + HANG_SECONDS
    while not happened():
        assert time.monotonic() < end, "did not come about"
        NEVER.wait(0.01)  # who asks without a pause takes the processor from the server


def workers(server: int) -> list[int]:
    """Return the processes of a server's workers, by its own."""
    found = Path(f"/proc/{server}/task/{server}/children").read_text().split()
    return [int(pid) for pid in found]


def memory(pid: int, which: str) -> int:
    """Return what a process has of some kind of memory, as "VmRSS", in bytes."""
    found = re.search(rf"^{which}:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text(), re.M)
    assert found is not None
    return int(found[1]) * 1024
