"""A way to the server that lets through only so much of what a browser sends."""

import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from threading import Condition, Thread
from urllib.parse import urlsplit

PIECE = 2**16


class Gate:
    """What is on its way from browsers to a server, at an address of its own.

    Attributes
    ----------
    url : str
        Where the server is reached through the gate.
    """

    def __init__(self, url: str) -> None:
        self._to = (urlsplit(url).hostname, urlsplit(url).port)
        self._changed = Condition()
        self._left: int | None = None
        self._listening = socket.create_server(("127.0.0.1", 0))
        # Accepted connections inherit it: little waits on the way.
        self._listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, PIECE)
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"

    @contextmanager
    def open(self) -> Iterator["Gate"]:
        """Let through whatever comes, in both directions."""
        Thread(target=self._accept, daemon=True).start()
        with closing(self._listening):
            yield self
            self._let(None)

    @contextmanager
    def only(self, left: int) -> Iterator[None]:
        """Let only so many bytes through to the server."""
        self._let(left)
        yield
        self._let(None)

    def _let(self, left: int | None) -> None:
        with self._changed:
            self._left = left
            self._changed.notify_all()

    def _pass(self, size: int) -> None:
        """Wait until so many bytes may pass."""
        with self._changed:
            self._changed.wait_for(lambda: self._left is None or self._left >= size)
            if self._left is not None:
                self._left -= size

    def _accept(self) -> None:
        with suppress(OSError):  # closed
            while True:
                browser, _ = self._listening.accept()
                Thread(target=self._connect, args=(browser,), daemon=True).start()

    def _connect(self, browser: socket.socket) -> None:
        with browser, socket.create_connection(self._to) as server:
            back = Thread(target=self._move, args=(server, browser), daemon=True)
            back.start()
            self._move(browser, server, counts=True)
            back.join()

    def _move(self, source: socket.socket, target: socket.socket, *, counts: bool = False) -> None:
        with suppress(OSError):
            while piece := source.recv(PIECE):
                if counts:
                    self._pass(len(piece))
                target.sendall(piece)
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
