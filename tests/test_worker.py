"""The worker of gunicorn, with one thread and a small application."""

import fcntl
import socket
import subprocess
import sys
from contextlib import ExitStack, closing, contextmanager

import pytest

from dashboard import worker
from scripts.serving import free_port
from tests.hosted import HANG_SECONDS, until

APPLICATION = '''
import fcntl

def application(environ, start):
    """Answer with the length of the body, or 400; below /held once the test lets go of a file."""
    if environ["PATH_INFO"].startswith("/held"):
        with open(environ["PATH_INFO"].removeprefix("/held")) as file:
            fcntl.flock(file, fcntl.LOCK_EX)
    stream, count = environ["wsgi.input"], 0
    try:
        while piece := stream.read(2**16):
            count += len(piece)
        status = "200 OK"
    except OSError:
        status = "400 Bad Request"
    except Exception:  # as Flask does
        status = "500 Internal Server Error"
    body = str(count).encode()
    start(status, [("Content-Length", str(len(body)))])
    return [body]
'''
LINGER_SECONDS = 2  # that gunicorn gives a client to close a connection
GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: a\r\n"


@contextmanager
def served(folder, *options):
    """Serve with one thread: the port, the process and its log."""
    (folder / "small.py").write_text(APPLICATION)
    port = free_port()
    line = (f"gunicorn small:application --bind 127.0.0.1:{port} --threads 1 --keep-alive 75 "
            "--worker-class dashboard.worker.Worker --no-control-socket")  # fmt: skip
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", *line.split(), "--pythonpath", str(folder), *options], stderr=log
        )
    try:
        until(lambda: _listens(port) or process.poll() is not None)
        assert process.poll() is None
        yield port, process, folder / "log"
    finally:
        process.terminate()
        process.wait(HANG_SECONDS)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """The port of a server, and its log."""
    with served(tmp_path_factory.mktemp("worker")) as (port, _, log):
        yield port, log


def _listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def connection(port, sent=b""):
    found = closing(socket.create_connection(("127.0.0.1", port), timeout=HANG_SECONDS))
    found.thing.sendall(sent)
    return found


def answer(client):
    """Return the status and the body of an answer."""
    received = b""
    while b"\r\n\r\n" not in received:
        received += client.recv(1)
    head, _, _ = received.partition(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
    return int(head.split()[1]), client.recv(length, socket.MSG_WAITALL)


@pytest.mark.faults("clients that stall")
@pytest.mark.parametrize(
    ("count", "sent"),
    [
        pytest.param(50, b"", id="idle"),
        pytest.param(50, b"GET / HTTP/1.1\r\nHost:", id="half a request"),
        pytest.param(8, POST + b"Content-Length: 9\r\n\r\n1", id="a body"),
        pytest.param(8, POST + b"Content-Length: 9999999\r\n\r\n1", id="a large body"),
        pytest.param(8, POST + b"Transfer-Encoding: chunked\r\n\r\n5\r\n1", id="chunks"),
        pytest.param(8, GET + b"GET / HT", id="half of a second request"),
    ],
)
def test_clients_that_stall_keep_no_thread(server, count, sent):
    port, _ = server
    with ExitStack() as stack:
        for _ in range(count):
            stack.enter_context(connection(port, sent))
        for _ in range(3):
            with connection(port, GET) as client:
                assert answer(client) == (200, b"0")


@pytest.mark.faults("slow disks")
def test_requests_that_take_long_keep_no_thread(server, tmp_path):
    port, _ = server
    disk = tmp_path / "disk"
    with disk.open("w") as held, ExitStack() as stack:
        fcntl.flock(held, fcntl.LOCK_EX)
        held_up = GET.replace(b"/", f"/held{disk}".encode(), 1)
        slow = stack.enter_context(connection(port, held_up))
        with connection(port, GET) as client:
            assert answer(client) == (200, b"0")
        fcntl.flock(held, fcntl.LOCK_UN)
        assert answer(slow) == (200, b"0")


def test_clients_that_do_not_close_keep_nobody_waiting(server):
    port, _ = server
    last = GET.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    with ExitStack() as stack:
        count = int(HANG_SECONDS / LINGER_SECONDS) + 2
        told = [stack.enter_context(connection(port, last)) for _ in range(count)]
        for client in told:
            assert answer(client) == (200, b"0")
        with connection(port, GET) as client:
            assert answer(client) == (200, b"0")


@pytest.mark.parametrize(
    "kind", ["Content-Length: 300000\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n493E0\r\n"]
)
def test_a_request_arrives_whole_however_it_is_cut(server, kind):
    port, _ = server
    whole = POST + kind.encode() + bytes(300_000) + b"\r\n0\r\n\r\n" * kind.startswith("T")
    with connection(port) as client:
        for place in range(100):
            client.sendall(whole[place : place + 1])
        client.sendall(whole[100:])
        assert answer(client) == (200, b"300000")
        # Two on one connection, of which the second comes in two pieces.
        client.sendall(GET + POST + b"Content-Length: 3\r\n\r\na")
        assert answer(client) == (200, b"0")
        client.sendall(b"bc")
        assert answer(client) == (200, b"3")


@pytest.mark.bad_input("damaged chunks")
@pytest.mark.parametrize("chunks", [b"zz\r\nabc\r\n", b"-5\r\nabc\r\n", b"3\r\nabcXX0\r\n\r\n"])
def test_damaged_chunks_are_the_senders_mistake(server, chunks):
    port, log = server
    with connection(port, POST + b"Transfer-Encoding: chunked\r\n\r\n" + chunks) as client:
        assert answer(client)[0] == 400
    assert "Traceback" not in log.read_text()


EARLY = """
import os
import signal

take = signal.signal


def post_fork(server, worker):
    if worker.age > 1:
        return

    def stopped_early(sig, handler):
        taken = take(sig, handler)
        if sig == signal.SIGTERM and handler == signal.SIG_DFL:
            os.kill(os.getpid(), signal.SIGTERM)
        return taken

    if {fork}:
        os.kill(os.getpid(), signal.SIGTERM)
    else:
        signal.signal = stopped_early
"""


@pytest.mark.wide
@pytest.mark.faults("SIGTERM at the start of a worker")
@pytest.mark.parametrize("fork", [True, False], ids=["fork", "handlers"])
def test_a_worker_that_is_stopped_while_it_starts_ends_as_any_other(tmp_path, fork):
    (tmp_path / "conf.py").write_text(EARLY.format(fork=fork))
    with served(tmp_path, "--config", str(tmp_path / "conf.py")) as (port, _, log):
        until(lambda: log.read_text().count("Booting worker") == 2)
        with connection(port, GET) as client:
            assert answer(client) == (200, b"0")
        assert log.read_text().count("Worker exiting") == 1
        assert "SIGTERM" not in log.read_text()


@pytest.mark.parametrize(
    ("received", "state"),
    [
        (b"", "partial"),
        (GET[:-1], "partial"),
        (GET, "whole"),
        (b"no request\r\n\r\n", "whole"),
        (b"x" * (worker.HEAD_BYTES + 1), "whole"),
        (POST + b"content-length:3\r\n\r\nab", "partial"),
        (POST + b"CONTENT-LENGTH: 3\r\n\r\nabc", "whole"),
        (POST + b"X-Content-Length: 3\r\n\r\n", "whole"),
        (POST + f"Content-Length: {worker.SMALL_BYTES + 1}\r\n\r\n".encode(), "large"),
        (POST + b"Expect: 100-continue\r\nContent-Length: 3\r\n\r\n", "large"),
        (POST + b"transfer-encoding: chunked\r\n\r\n", "large"),
    ],
    ids=range(11),
)
def test_a_request_is_there_once_its_last_byte_is(received, state):
    assert worker.state_of(received) == state
