"""How fast passwords may be tried: per address and in all, counted by all workers together.

Each attempt takes a place that comes free again with time (the generic cell rate algorithm): of an
address only the time is kept at which all of its places are free.
"""

import ipaddress
import json
import logging
import time
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from dashboard.services.disk.folders import make_private, write_whole
from dashboard.services.disk.locks import Lock

log = logging.getLogger(__name__)


class Rate(NamedTuple):
    """So many attempts at once, then one every some seconds."""

    burst: int
    seconds: float


PER_ADDRESS = Rate(burst=5, seconds=30)
# Many addresses are one attacker's: 43,000 attempts a day find no good password.
IN_ALL = Rate(burst=60, seconds=2)
# An entry is 40 bytes. Those that have tried most are kept.
MOST_ADDRESSES = 4096
_ALL = "all"


class Attempts:
    """The attempts of all addresses, in one small file."""

    def __init__(self, folder: Path) -> None:
        make_private(folder)
        self._path = folder / "attempts.json"
        self._lock = Lock(folder / "attempts.lock")
        # What counts if the disk is full: then each worker counts its own.
        self._known: dict[str, float] = {}

    def take(self, address: str) -> float:
        """Count an attempt; return how many seconds to wait, or 0 if it may be made now."""
        name, now = _unit(address), time.time()
        with self._lock.held():
            free = self._read(now)
            wait = max(_wait(free.get(name), PER_ADDRESS, now), _wait(free.get(_ALL), IN_ALL, now))
            if wait == 0:
                free[name] = max(free.get(name, now), now) + PER_ADDRESS.seconds
                free[_ALL] = max(free.get(_ALL, now), now) + IN_ALL.seconds
            self._write(free)  # also times that a clock set back has changed
            return wait

    def forgive(self, address: str) -> None:
        """Count the attempts of an address no more: the last one was right."""
        with self._lock.held():
            free = self._read(time.time())
            if free.pop(_unit(address), None) is not None:
                free[_ALL] = free.get(_ALL, 0) - IN_ALL.seconds
                self._write(free)

    def _read(self, now: float) -> dict[str, float]:
        """Return what still counts: at most all places taken, also after the clock was set back."""
        free = self._known
        with suppress(OSError, ValueError, TypeError, AttributeError):
            found = json.loads(self._path.read_bytes())
            free = {str(name): float(until) for name, until in found.items()}
        most = {_ALL: IN_ALL.burst * IN_ALL.seconds}
        longest = PER_ADDRESS.burst * PER_ADDRESS.seconds
        return {
            name: min(until, now + most.get(name, longest))
            for name, until in free.items()
            if until > now
        }

    def _write(self, free: dict[str, float]) -> None:
        addresses = sorted((name for name in free if name != _ALL), key=free.__getitem__)
        kept = {name: free[name] for name in addresses[-MOST_ADDRESSES:]}
        self._known = {**kept, _ALL: free.get(_ALL, 0)}
        try:
            content = json.dumps(self._known).encode()
            write_whole(self._path, content, self._path.with_suffix(".new"))
        except OSError:
            log.exception("the attempts to sign in cannot be written")


def _wait(free: float | None, rate: Rate, now: float) -> float:
    """Return the seconds until a place is free."""
    return max(0.0, (free or 0) - (rate.burst - 1) * rate.seconds - now)


def _unit(address: str) -> str:
    """Return whom an address belongs to: a household has 2^64 addresses of IPv6."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((int(found) >> 64 << 64, 64)).network_address)
    return str(found)
