import io
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge

from dashboard.core.errors import NeuroMixError
from dashboard.web import body as bodies
from dashboard.web.body import Body, StoppingError, body_of


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    """The server's end and the browser's end of a connection."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        browser = socket.create_connection(listening.getsockname())
        server, _ = listening.accept()
    with server, browser:
        yield server, browser


def closed(connection, how):
    if how == "reset":
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


@pytest.mark.parametrize("how", ["closed", "reset"])
def test_a_browser_that_has_gone_waits_no_more(ends, how):
    server, browser = ends
    body = Body(io.BytesIO(), 0, server)
    assert body.wanted()
    closed(browser, how)
    assert not body.wanted()


def test_looking_takes_nothing_from_the_next_request(ends):
    server, browser = ends
    browser.sendall(b"GET")
    server.recv(1)
    assert Body(io.BytesIO(), 0, server).wanted()
    assert server.recv(9) == b"ET"


def test_without_a_connection_to_look_at_somebody_waits():
    assert Body(io.BytesIO(), 0, None).wanted()


def test_no_more_is_read_than_may_be():
    body = Body(io.BytesIO(b"x" * 11), 10, None)
    assert body.read(10) == b"x" * 10
    with pytest.raises(RequestEntityTooLarge):
        body.read(1)


def asked(server):
    """Return the environ of a request that comes over a socket."""
    return {
        "wsgi.input": server.makefile("rb", buffering=0),
        "wsgi.input_terminated": True,
        "gunicorn.socket": server,
    }


def test_a_connection_on_which_nothing_comes_is_given_up(ends, monkeypatch):
    server, browser = ends
    monkeypatch.setattr(bodies, "STALLED_SECONDS", 0.01)
    browser.sendall(b"half")
    with body_of(asked(server), 100) as body:
        assert body.read(100) == b"half"
        with pytest.raises(ClientDisconnected):
            body.read(100)
    assert server.gettimeout() is None


def read_all(body):
    while body.read(64 * 2**10):
        pass


@pytest.mark.parametrize("error", [ClientDisconnected, StoppingError])
def test_a_body_that_trickles_in_is_ended_in_time(ends, monkeypatch, error):
    """Each byte comes soon after the last; a whole piece would never be read."""
    server, browser = ends
    monkeypatch.setattr(bodies, "GRACE_SECONDS", 0.2)
    monkeypatch.setattr(bodies, "TICK_SECONDS", 0.05)
    monkeypatch.setattr(bodies, "stopping", bodies.Stopping())
    if error is StoppingError:
        monkeypatch.setattr(bodies, "GRACE_SECONDS", 3600)
        bodies.stopping.begin(0.1)
    stop = threading.Event()

    def trickle():
        with suppress(OSError):
            while not stop.wait(0.01):
                browser.sendall(b"x")

    thread = threading.Thread(target=trickle)
    thread.start()
    try:
        with server.makefile("rb") as stream:
            environ = {
                "wsgi.input": stream, "CONTENT_LENGTH": "3000", "gunicorn.socket": server
            }  # fmt: skip
            with body_of(environ, 10_000) as body, pytest.raises(error):
                read_all(body)
        server.sendall(b"answer")
        assert browser.recv(9) == b"answer"
    finally:
        stop.set()
        thread.join()


def test_a_body_that_is_there_is_not_given_up(ends):
    server, _ = ends
    body = Body(io.BytesIO(b"x"), 10, server)
    read_all(body)
    body.give_up()
    assert body.wanted()


@pytest.mark.parametrize("most", [10**6, 100_000, 10])
def test_a_refused_body_is_read_away_whatever_its_limit(most):
    stream = io.BytesIO(b"x" * 200_000)
    body = Body(stream, most, None)
    with pytest.raises(NeuroMixError), body.drained():
        raise NeuroMixError("No.")
    assert stream.read() == b""


def test_of_a_refused_body_that_stalls_no_more_is_waited_for(ends, monkeypatch):
    server, browser = ends
    monkeypatch.setattr(bodies, "DRAIN_STALLED_SECONDS", 0.01)
    browser.sendall(b"half")
    with pytest.raises(NeuroMixError), body_of(asked(server), 100) as body, body.drained():
        raise NeuroMixError("No.")
    browser.sendall(b"more")
    assert server.recv(9) in (b"", b"more")


def test_a_server_that_stops_says_so_to_who_still_sends(monkeypatch):
    monkeypatch.setattr(bodies, "stopping", bodies.Stopping())
    stream = io.BytesIO(b"x" * 20)
    bodies.stopping.begin(3600)
    with body_of({"wsgi.input": stream, "CONTENT_LENGTH": "20"}, 20) as body:
        assert body.read(10) == b"x" * 10
        bodies.stopping.begin(-1)
        with pytest.raises(StoppingError, match="again in a minute"), body.drained():
            body.read(10)
    assert stream.tell() == 10  # there is no time to drain it
