"""How often a result was there, and how often it had to be made."""

import threading


class Tally:
    """Two counts since the process began, safe for threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._there, self._made = 0, 0

    def count(self, *, there: bool) -> None:
        """Count one more."""
        with self._lock:
            self._there += there
            self._made += not there

    @property
    def totals(self) -> dict[str, int]:
        """How often results were there (``hit``) and were made (``miss``)."""
        with self._lock:
            return {"hit": self._there, "miss": self._made}
