"""The worker of gunicorn: no thread waits for a client that does not send.

gunicorn's own gives a thread to each request that has begun, for as long as the client likes: half
a request, or a body that stalls, takes the thread from everybody else. Here requests are received
beside the threads, and one gets a thread once it is there. Bodies too large for that are read by
threads of their own, so that the page never waits for an upload. A request that takes long, since
it reads a slow disk or fits a head, leaves its place to another thread.
"""

import gc
import os
import re
import signal
import socket
import struct
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from queue import Empty
from selectors import EVENT_READ
from typing import Any, Literal

from gunicorn.http.errors import ParseException
from gunicorn.workers.gthread import TConn, ThreadWorker

from dashboard.threads import Threads
from dashboard.web.body import stopping
from dashboard.web.logs import nameless

# Bodies up to this size are received beside the threads; all of the page's own are smaller.
SMALL_BYTES = 64 * 2**10
# gunicorn's own limits refuse a longer head, once a thread sees it.
HEAD_BYTES = 64 * 2**10
# Threads for large bodies: uploads, and those that are told to come again later.
BODIES = 8
# A request has come by then, or its connection is closed.
REQUEST_SECONDS = 60.0
# Of the time that a stopping server has: to answer uploads that are still not there.
ANSWER_SECONDS = 5.0
# A thread that sends to a client, or receives from it, without any progress for this long gives up.
STALLED_SECONDS = 60

# What ends a worker.
ENDING = (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT)

_RECEIVE_BYTES = 64 * 2**10
_LENGTH = re.compile(rb"^content-length:[ \t]*(\d+)[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_STREAMED = re.compile(rb"^(transfer-encoding|expect)[ \t]*:", re.IGNORECASE | re.MULTILINE)

State = Literal["partial", "whole", "large"]


def state_of(received: bytes) -> State:
    """Return whether a request is there, or has a body that a thread has to receive.

    What is no request is whole: gunicorn's parser refuses it.
    """
    head, end, rest = received.partition(b"\r\n\r\n")
    if not end:
        return "partial" if len(received) <= HEAD_BYTES else "whole"
    if _STREAMED.search(head):
        return "large"
    length = _LENGTH.search(head)
    lacking = int(length[1]) - len(rest) if length else 0
    if lacking <= 0:
        return "whole"
    return "partial" if lacking <= SMALL_BYTES else "large"


class Connection(TConn):  # type: ignore[misc]  # gunicorn has no types
    """A connection, and what has been received of its next request."""

    def __init__(self, *arguments: Any, closer: Executor) -> None:
        super().__init__(*arguments)
        self._closer = closer
        self.received = bytearray()
        self.data_ready = True  # what has a thread need not wait
        seconds = struct.pack("ll", STALLED_SECONDS, 0)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, seconds)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, seconds)

    def init(self) -> None:
        """Give what was received to the parser; runs in the request's thread."""
        super().init()
        if self.received:
            self.parser.unreader.unread(bytes(self.received))
            self.received.clear()

    def close(self, graceful: bool = False) -> None:
        """Close it; a client that was told of it may take two seconds to close its half."""
        if graceful:
            self._closer.submit(super().close, graceful=True)
        else:
            super().close()


class Input:
    """A body whose damaged chunks are errors of its sender: gunicorn's own error is nobody's."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes; empty at the end.

        Raises
        ------
        OSError
            If the body is no body, or nothing more comes.
        """
        return self._checked(self._stream.read, size)

    def readline(self, size: int = -1) -> bytes:
        """Return the next line; raises as `read` does."""
        return self._checked(self._stream.readline, size)

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.readline, b"")

    def _checked(self, read: Callable[[int], bytes], size: int) -> bytes:
        try:
            return read(size)
        except ParseException as error:
            raise OSError(str(error)) from None


class Worker(ThreadWorker):  # type: ignore[misc]
    """A worker with threads, that receives requests before it gives them a thread."""

    def init_process(self) -> None:
        """Make the threads for large bodies, too."""
        self.bodies = ThreadPoolExecutor(BODIES)
        super().init_process()

    def get_thread_pool(self) -> Threads:
        """Return the threads for requests."""
        return Threads(self.cfg.threads)

    def init_signals(self) -> None:
        """Take over the signals; those that came since the fork went to the master's handlers."""
        signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
        master = getattr(signal.getsignal(signal.SIGTERM), "__self__", None)
        super().init_signals()
        for sig in _queued(master):
            if sig in ENDING:
                os.kill(os.getpid(), sig)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)

    def load_wsgi(self) -> None:
        """Load the application."""
        super().load_wsgi()
        self.log.error_log.addFilter(nameless)
        # What was loaded lives as long as the worker. To look for garbage in it once more at the
        # end takes most of the time that a worker needs to stop.
        gc.freeze()
        application: Callable[..., Any] = self.wsgi  # type: ignore[has-type]

        def checked(environ: dict[str, Any], start: Callable[..., Any]) -> Any:
            environ["wsgi.input"] = Input(environ["wsgi.input"])
            return application(environ, start)

        self.wsgi = checked

    def accept(self, listener: socket.socket) -> None:
        """Accept a connection; its request is yet to come."""
        if self.cfg.is_ssl:  # what is encrypted cannot be received here
            super().accept(listener)
            return
        try:
            client, address = listener.accept()
            connection = Connection(
                self.cfg, client, address, listener.getsockname(), closer=self.bodies
            )
        except OSError:  # it has gone, or another worker has it
            return
        self.nr_conns += 1
        self._expect(connection)

    def on_client_socket_readable(self, conn: Any, client: socket.socket) -> None:
        """Receive the next request of a connection that was kept."""
        if not isinstance(conn, Connection):
            super().on_client_socket_readable(conn, client)
            return
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        self._expect(conn)

    def set_accept_enabled(self, enabled: bool) -> None:
        """Accept connections or not; a worker that stops refuses them, and keeps nobody waiting."""
        super().set_accept_enabled(enabled)
        if not self.alive:
            for listener in self.sockets:
                listener.close()

    def enqueue_req(self, conn: Any) -> None:
        """Handle a request that is there, or wait for the rest of it."""
        if isinstance(conn, Connection) and conn.parser is not None:
            conn.received += conn.parser.unreader.take_buffered()
            self._expect(conn)
        else:
            super().enqueue_req(conn)

    def run(self) -> None:
        """Serve until told to stop."""
        super().run()
        self.bodies.shutdown(wait=False)

    def handle_exit(self, sig: int, frame: Any) -> None:
        """Stop once the requests that are there have their answers, also if uploads take longer."""
        stopping.begin(self.cfg.graceful_timeout - ANSWER_SECONDS)
        super().handle_exit(sig, frame)

    def handle_quit(self, sig: int, frame: Any) -> None:
        """Stop at once."""
        self.bodies.shutdown(wait=False)
        super().handle_quit(sig, frame)

    def _cap_keepalive(self, deadline: float) -> None:
        """Wait no longer than for a connection that is kept for requests not yet there."""
        super()._cap_keepalive(deadline)
        for conn in self.pending_conns:
            conn.timeout = min(conn.timeout, deadline)

    def _expect(self, conn: Connection) -> None:
        """Receive a request beside the threads."""
        conn.sock.setblocking(False)
        conn.timeout = time.monotonic() + REQUEST_SECONDS
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, EVENT_READ, partial(self._receive, conn))
        self._receive(conn, conn.sock)

    def _receive(self, conn: Connection, client: socket.socket) -> None:
        """Take what has come, and give the request a thread once it is there."""
        gone = False
        with suppress(BlockingIOError):
            try:
                data = client.recv(_RECEIVE_BYTES)
                conn.received += data
                gone = not data
            except ConnectionError:
                gone = True
        state = state_of(bytes(conn.received))
        if state == "partial" and not gone:
            return
        self.poller.unregister(client)
        self.pending_conns.remove(conn)
        if gone and state == "partial":
            self.nr_conns -= 1
            conn.close()
            return
        self._handle_in(self.tpool if state == "whole" else self.bodies, conn)

    def _handle_in(self, pool: Executor, conn: Connection) -> None:
        done = pool.submit(self.handle, conn)
        done.add_done_callback(
            lambda future: self.method_queue.defer(self.finish_request, conn, future)
        )


def _queued(master: Any) -> Iterator[int]:
    """Return the signals that a copy of the master has noted and will never look at."""
    with suppress(AttributeError, Empty):
        while True:
            yield master.SIG_QUEUE.get_nowait()
