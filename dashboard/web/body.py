"""The body of a large request: limited in size and in time.

The server fills each piece of a body before it hands it out, so a body that trickles in is not seen
here for long. A clock ends a body that takes longer than a slow line would, or than a server that
stops can wait.
"""

import io
import math
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from threading import Event
from typing import Any

from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge
from werkzeug.wsgi import get_content_length, get_input_stream

from dashboard.core.errors import NeuroMixError

# A connection that is silent for this long is dead.
STALLED_SECONDS = 60.0
# Time for a whole body: this long whatever its size, and its bytes at a quarter of a megabit.
GRACE_SECONDS = 60.0
LEAST_BYTES_PER_SECOND = 32 * 2**10
# How often the clock of a body is looked at.
TICK_SECONDS = 0.5
# How long the rest of a refused body is read. A browser reads no answer before it has sent all, and
# shows none if the connection is cut.
DRAIN_SECONDS = 20.0
DRAIN_STALLED_SECONDS = 2.0
DRAIN_BYTES = 64 * 2**10


class StoppingError(NeuroMixError):
    """The server stops before a body is there."""

    status = HTTPStatus.SERVICE_UNAVAILABLE


class Stopping:
    """When the server stops to wait for bodies."""

    def __init__(self) -> None:
        self._at = math.inf

    def begin(self, seconds: float) -> None:
        """Give all bodies this much time from now on."""
        self._at = time.monotonic() + seconds

    @property
    def over(self) -> bool:
        """Whether the time is over."""
        return time.monotonic() > self._at

    def require_time(self) -> None:
        """Raise `StoppingError` once the time is over."""
        if self.over:
            raise StoppingError("The server is restarting. Upload the files again in a minute.")


# A worker that is told to stop begins it.
stopping = Stopping()


class Body(io.RawIOBase):
    """A body of at most `most` bytes, whatever its announced length."""

    def __init__(self, stream: Any, most: int, connection: socket.socket | None) -> None:
        self._stream = stream
        self._left = most
        self._connection = connection
        self.ended = False

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes; empty at the end.

        Raises
        ------
        ClientDisconnected
            If the sender is gone, or silent for long.
        RequestEntityTooLarge
            If there are more than `most` bytes.
        StoppingError
            If the server stops.
        """
        stopping.require_time()
        try:
            data: bytes = self._stream.read(size)
        except (OSError, ClientDisconnected):
            stopping.require_time()  # it was this server that ended it
            self.ended = True
            raise ClientDisconnected from None
        if len(data) < size:
            stopping.require_time()
        self.ended = not data
        self._left -= len(data)
        if self._left < 0:
            raise RequestEntityTooLarge
        return data

    def wait_for(self, seconds: float | None) -> None:
        """Set how long a read waits, if the server allows it."""
        if self._connection is not None:
            with suppress(OSError):
                self._connection.settimeout(seconds)

    @contextmanager
    def drained(self) -> Iterator[None]:
        """Read the rest of a refused body, so that the browser reads the answer."""
        try:
            yield
        except StoppingError:
            raise  # there is no time
        except NeuroMixError:
            self.wait_for(DRAIN_STALLED_SECONDS)
            end = time.monotonic() + DRAIN_SECONDS
            with suppress(ClientDisconnected):
                while not self.ended and time.monotonic() < end:
                    # Also what is beyond the limit: the server would take it for the next request.
                    with suppress(RequestEntityTooLarge):
                        self.read(DRAIN_BYTES)
            raise

    def give_up(self) -> None:
        """End a body that has taken too long, unless it is complete."""
        if not self.ended:
            self.hang_up()

    def hang_up(self) -> None:
        """Receive nothing more: the server would wait for the rest of the body."""
        if self._connection is not None:
            with suppress(OSError):
                self._connection.shutdown(socket.SHUT_RD)

    def wanted(self) -> bool:
        """Return whether the browser still waits for its answer, if the server lets us look."""
        # An encrypted connection cannot be peeked at.
        if self._connection is None or type(self._connection) is not socket.socket:
            return True
        try:
            self._connection.settimeout(0)
            return self._connection.recv(1, socket.MSG_PEEK) != b""
        except BlockingIOError:
            return True
        except OSError:
            return False
        finally:
            self.wait_for(STALLED_SECONDS)


@contextmanager
def body_of(environ: dict[str, Any], most: int) -> Iterator[Body]:
    """Yield the body of a request; do not wait for the rest of a refused one.

    A body that is too slow ends early, as if its sender were gone.
    """
    # No limit of werkzeug's, which would leave a body that is too long unread.
    body = Body(get_input_stream(environ), most, environ.get("gunicorn.socket"))
    body.wait_for(STALLED_SECONDS)
    announced = min(get_content_length(environ) or most, most)
    end, done = time.monotonic() + GRACE_SECONDS + announced / LEAST_BYTES_PER_SECOND, Event()

    def watch() -> None:
        while not done.wait(TICK_SECONDS):
            if stopping.over or time.monotonic() > end:
                body.give_up()
                return

    threading.Thread(target=watch, name="body", daemon=True).start()
    try:
        yield body
    except NeuroMixError:
        if not body.ended:
            body.hang_up()
        raise
    finally:
        done.set()
        body.wait_for(None)
