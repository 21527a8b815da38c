"""The dashboard as it is hosted, for tests, screenshots and benchmarks."""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 180  # two cold workers import scikit-learn, maybe on a busy machine
STOP_SECONDS = 10
SETTLE_SECONDS = 90  # what has not come by then never comes, also on a busy machine

SHOWS_ITS_URL = """
wanted => {
    const query = location.search.slice(1), shown = new URLSearchParams(query);
    // A page that is just being loaded has no element yet.
    return document.documentElement?.dataset.settled === query
        && Object.entries(wanted).every(([name, value]) => shown.get(name) === value);
}
"""


@contextmanager
def serving(*, log: Path, **environment: str) -> Iterator[str]:
    """Run the Procfile's line on a free loopback port and give its URL once it is healthy.

    What the caller's own environment sets for the dashboard does not reach the server.
    """
    with running(log=log, **environment) as (url, _):
        yield url


@contextmanager
def running(*, log: Path, **environment: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Serve as `serving` does, at `PORT` if it is given, and give the server's process as well."""
    port = int(environment.get("PORT", 0)) or free_port()
    url = f"http://127.0.0.1:{port}"
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("DASHBOARD_", "GUNICORN_", "WEB_"))
    }
    with log.open("wb") as output:
        server = subprocess.Popen(
            ["sh", "-c", f'exec "$PYTHON" -m {_web_line()}'],
            cwd=ROOT,
            env={**inherited, "PORT": str(port), "PYTHON": sys.executable, **environment},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        deadline = time.monotonic() + START_SECONDS
        while not _is_healthy(port):
            if time.monotonic() > deadline or _ends_within(0.1, server):
                raise RuntimeError(f"The server did not start:\n{tail(log)}")
        yield url, server
    finally:
        server.terminate()
        if not _ends_within(STOP_SECONDS, server):
            server.kill()
            server.wait()


def settled(page: "Page", **query: object) -> None:
    """Wait until every view shows the page's URL, and the URL says what `query` does."""
    from playwright.sync_api import TimeoutError as NotInTime

    wanted = {name: str(value) for name, value in query.items()}
    try:
        page.wait_for_function(SHOWS_ITS_URL, arg=wanted, timeout=SETTLE_SECONDS * 1000)
    except NotInTime:
        shown = page.evaluate("document.documentElement?.dataset.settled")
        raise AssertionError(
            f"After {SETTLE_SECONDS} s the views show {shown!r} at {page.url}, wanted {wanted}"
        ) from None


def tail(log: Path, *, lines: int = 40) -> str:
    """Return the last lines of a log."""
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])


def _web_line() -> str:
    lines = (ROOT / "Procfile").read_text().splitlines()
    web = next(line for line in lines if line.startswith("web:"))
    return web.removeprefix("web:").replace("0.0.0.0", "127.0.0.1")


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _is_healthy(port: int) -> bool:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as connection:
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == http.client.OK
        except (OSError, http.client.HTTPException):
            return False


def _ends_within(seconds: float, process: subprocess.Popen[bytes]) -> bool:
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True
