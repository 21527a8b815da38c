"""Work that goes on until a test lets it go."""

import threading

PATIENCE = 30  # what has not come by then never comes


class Gate:
    """A place in another thread's work, at which it waits until the gate is opened."""

    def __init__(self) -> None:
        self._reached, self._open = threading.Event(), threading.Event()

    def hold(self) -> None:
        """Wait for the gate to be opened; this is for the other thread."""
        self._reached.set()
        assert self._open.wait(PATIENCE)

    def reached(self) -> bool:
        """Wait for the other thread to come to the gate."""
        return self._reached.wait(PATIENCE)

    def is_reached(self) -> bool:
        return self._reached.is_set()

    def open(self) -> None:
        self._open.set()


def end_of(name: str) -> None:
    """Wait for the end of all threads of a name."""
    for thread in threading.enumerate():
        if thread.name == name:
            thread.join(PATIENCE)
