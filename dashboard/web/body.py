"""The body of a large request: read no further than it may be, for a bounded time, and to its end.

The server hands a body out in pieces that it fills by itself, so that of one that trickles in
nothing is seen here for long. A clock beside it ends what takes longer than a slow line would.
"""

import io
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge
from werkzeug.wsgi import get_content_length, get_input_stream

from dashboard.core.errors import NeuroMixError

# A connection on which nothing has come for so long is dead.
STALLED_SECONDS = 60.0
# What a body may take in all: so long whatever its size, and what a line of a quarter of a
# megabit needs for its bytes.
GRACE_SECONDS = 60.0
LEAST_BYTES_PER_SECOND = 32 * 2**10
# How long the rest of a refused body is read away. A browser reads no answer before it has sent
# all, and shows none if it is cut off.
DRAIN_SECONDS = 20.0
DRAIN_STALLED_SECONDS = 2.0
DRAIN_BYTES = 64 * 2**10


class Body(io.RawIOBase):
    """A body of which no more than `most` bytes are read, whatever its length says."""

    def __init__(self, stream: Any, most: int, connection: socket.socket | None) -> None:
        self._stream = stream
        self._left = most
        self._connection = connection
        self.ended = False

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes, none at the end.

        Raises
        ------
        ClientDisconnected
            If whoever sends has gone, or has sent nothing for long.
        RequestEntityTooLarge
            If there is more than may be.
        """
        try:
            data: bytes = self._stream.read(size)
        except (OSError, ClientDisconnected):
            self.ended = True
            raise ClientDisconnected from None
        self.ended = not data
        self._left -= len(data)
        if self._left < 0:
            raise RequestEntityTooLarge
        return data

    def wait_for(self, seconds: float | None) -> None:
        """Set how long a read waits, where the server lets us."""
        if self._connection is not None:
            with suppress(OSError):
                self._connection.settimeout(seconds)

    @contextmanager
    def drained(self) -> Iterator[None]:
        """Read away what is left of a body that is refused, so that the answer is read."""
        try:
            yield
        except NeuroMixError:
            self.wait_for(DRAIN_STALLED_SECONDS)
            end = time.monotonic() + DRAIN_SECONDS
            with suppress(RequestEntityTooLarge, ClientDisconnected):
                while not self.ended and time.monotonic() < end:
                    self.read(DRAIN_BYTES)
            raise

    def give_up(self) -> None:
        """End what has taken too long, unless all of it is there."""
        if not self.ended:
            self.hang_up()

    def hang_up(self) -> None:
        """Take nothing more in: the server would wait for the rest of the body."""
        if self._connection is not None:
            with suppress(OSError):
                self._connection.shutdown(socket.SHUT_RD)

    def wanted(self) -> bool:
        """Tell whether the browser still waits for its answer, where the server lets us look."""
        # Of an encrypted connection nothing can be looked at without taking it.
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
    """Give the body of a request; what is left of it when it is refused is not waited for.

    One that comes too slowly ends early, as if whoever sends it had gone.
    """
    # The limit is ours alone, since werkzeug's own leaves a body that is too long unread.
    body = Body(get_input_stream(environ), most, environ.get("gunicorn.socket"))
    body.wait_for(STALLED_SECONDS)
    announced = min(get_content_length(environ) or most, most)
    clock = threading.Timer(GRACE_SECONDS + announced / LEAST_BYTES_PER_SECOND, body.give_up)
    clock.daemon = True
    clock.start()
    try:
        yield body
    except NeuroMixError:
        if not body.ended:
            body.hang_up()
        raise
    finally:
        clock.cancel()
        body.wait_for(None)
