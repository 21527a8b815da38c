"""A server that is killed and started anew while a page is open."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from subprocess import Popen
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from scripts.serving import running, settled
from tests.browser.acting import visit
from tests.browser.conftest import AT_ONCE, LOGS
from tests.hosted import workers

pytestmark = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="workers are in /proc")

Recovering = Callable[[], AbstractContextManager[None]]
Start = Callable[..., tuple[str, "Popen[bytes]"]]


@pytest.fixture
def start(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Start]:
    """Start a server; each has the same cache."""
    logs = request.config.stash.setdefault(LOGS, {})
    with ExitStack() as stack:

        def start(**environment: str) -> tuple[str, "Popen[bytes]"]:
            settings = {"DASHBOARD_CACHE": str(tmp_path / "cache"), **AT_ONCE, **environment}
            log = tmp_path / "log"
            url, process = stack.enter_context(running(log=log, **settings))
            logs[url] = log
            stack.callback(logs.pop, url, None)
            return url, process

        yield start


@contextmanager
def dying_workers(process: "Popen[bytes]") -> Iterator[None]:
    """Stop the workers, so that whatever they are sent now is still unanswered when they die."""
    pids = workers(process.pid)

    def send(what: signal.Signals) -> None:
        for pid in pids:
            os.kill(pid, what)

    send(signal.SIGSTOP)
    yield
    send(signal.SIGKILL)


@pytest.mark.wide
@pytest.mark.faults("all workers, then the whole server, killed with a page open")
def test_a_page_outlives_its_server(
    own_page: Page, start: Start, complaints: list[str], recovering: Recovering
) -> None:
    page = own_page
    url, process = start()
    page.goto(url)
    settled(page)
    loads: list[str] = []
    page.on("request", lambda asked: asked.is_navigation_request() and loads.append(asked.url))
    # Its workers get a request and die of it; the next ones answer it.
    with dying_workers(process), page.expect_request("**/open?*"):
        visit(page, f"{url}/?study=sample&scope=volume&components=4")
    settled(page, scope="volume", components=4)
    # Without a server the page keeps what it shows, and says what it waits for.
    with dying_workers(process):
        process.kill()
    page.locator("#control-plane").get_by_text("Coronal", exact=True).click()
    note = page.get_by_role("alert").filter(has_text="The server does not answer")
    expect(note).to_be_visible()
    settled(page, plane="axial", components=4)
    start(PORT=str(urlsplit(url).port))
    with recovering():
        settled(page, plane="coronal", components=4)
    expect(note).to_have_count(0)
    assert not loads
    page.close()
    assert all("net::ERR_" in complaint for complaint in complaints)
    complaints.clear()
