"""A hosted dashboard, and a browser that tells on it.

A test fails when its page logs an error, throws one, or asks any host but the server's. One that
provokes such a thing asserts on `complaints` and clears it.

Servers and the page are shared, since their start takes longer than most tests: the page opens
2.5 times as fast when its scripts are in the browser's memory.
"""

from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect

from scripts.chromium import launch_options
from scripts.serving import SETTLE_SECONDS, serving, settled, tail
from tests.browser.acting import fitted, light, resize

LOGS = pytest.StashKey[dict[str, Path]]()
HERE = Path(__file__).parent

Serve = Callable[..., str]
Run = Callable[..., Any]
Lend = Callable[[Page, Callable[[], object]], AbstractContextManager[Page]]

# A server starts sooner if its workers do not each import scikit-learn, and one that is stopped
# would wait for connections that browsers keep alive.
AT_ONCE = {"GUNICORN_CMD_ARGS": "--preload --graceful-timeout 0"}
HANG_MS = 1000 * SETTLE_SECONDS
expect.set_options(timeout=HANG_MS)  # in place of 5 s, which is a limit on a busy machine


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.browser)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, pytest.TestReport]:
    report = yield
    if report.failed:
        pages = (item.funcargs.get(name) for name in ("page", "home", "lab"))
        if (page := next(filter(None, pages), None)) and report.when == "call":
            page.screenshot(path=Path(item.funcargs["output_path"]) / "page.png")
        for url, log in item.config.stash.get(LOGS, {}).items():
            report.sections.append((f"log of {url}", tail(log)))
    return report


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    # Else edges depend on which parts of a page were drawn anew, and equal pages differ by a hair.
    options = launch_options()
    options["args"].append("--disable-partial-raster")
    return {**options, **browser_type_launch_args}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    # The size at which every linked view is visible without scrolling.
    return {"viewport": {"width": 1440, "height": 900}, **browser_context_args}


@contextmanager
def server_factory(
    request: pytest.FixtureRequest, factory: pytest.TempPathFactory
) -> Iterator[Serve]:
    logs = request.config.stash.setdefault(LOGS, {})
    with ExitStack() as stack:

        def serve(data: Path | None = None, **environment: str) -> str:
            folder = factory.mktemp("server")
            log = folder / "log"
            settings = {"DASHBOARD_CACHE": str(folder / "cache"), **AT_ONCE, **environment}
            if data is not None:
                settings["DASHBOARD_DATA"] = str(data)
            url = stack.enter_context(serving(log=log, **settings))
            logs[url] = log
            stack.callback(logs.pop, url)
            return url

        yield serve


@pytest.fixture(scope="session")
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """URL of a dashboard with default settings and a cache of its own."""
    with server_factory(request, tmp_path_factory) as serve:
        yield serve()


@pytest.fixture(scope="session")
def base_url(server: str) -> str:
    """Let `page.goto("/?slice=30")` mean the default server."""
    return server


@pytest.fixture(scope="module")
def serve(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Serve]:
    """Start more servers, `serve(data, NAME="value")` -> URL; they live as long as the module."""
    with server_factory(request, tmp_path_factory) as serve:
        yield serve


@pytest.fixture(scope="session")
def studies(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Path, str]]:
    """Folder of made-up studies, to which modules add theirs, and URL of the server on it."""
    folder = tmp_path_factory.mktemp("studies")
    with server_factory(request, tmp_path_factory) as serve:
        yield folder, serve(folder)


@pytest.fixture(scope="session")
def real_url(
    real_data: Path, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """URL of a dashboard on the real images."""
    with server_factory(request, tmp_path_factory) as serve:
        yield serve(real_data)


@pytest.fixture(scope="session")
def every_complaint() -> list[str]:
    return []


@pytest.fixture
def complaints(every_complaint: list[str]) -> list[str]:
    """What pages did that no visitor should meet."""
    every_complaint.clear()
    return every_complaint


def watch(context: BrowserContext, complaints: list[str], config: pytest.Config) -> None:
    """Note what the pages of a context do that no visitor should meet, and give them time."""
    context.set_default_timeout(HANG_MS)

    def check(asked: Request) -> None:
        servers = tuple(f"{url}/" for url in config.stash.get(LOGS, {}))
        if not asked.url.startswith((*servers, "blob:", "data:")):
            complaints.append(f"asked another host: {asked.url}")

    context.on("request", check)
    context.on("weberror", lambda error: complaints.append(f"threw {error.error}"))
    context.on(
        "console",
        lambda message: message.type == "error" and complaints.append(f"logged {message.text}"),
    )


def assert_no_complaints(browser: Browser, complaints: list[str]) -> None:
    for context in browser.contexts:
        context.cookies()  # any round trip, so that what has happened has also arrived
    assert not complaints


@pytest.fixture
def new_context(
    new_context: Callable[..., BrowserContext],
    browser: Browser,
    complaints: list[str],
    request: pytest.FixtureRequest,
) -> Iterator[Callable[..., BrowserContext]]:
    """Watch every context, so also every `own_page`."""

    def watched(**options: Any) -> BrowserContext:
        context = new_context(**options)
        watch(context, complaints, request.config)
        return context

    yield watched
    assert_no_complaints(browser, complaints)


@pytest.fixture(scope="session")
def shared_page(
    browser: Browser,
    browser_context_args: dict[str, Any],
    every_complaint: list[str],
    request: pytest.FixtureRequest,
) -> Iterator[Page]:
    context = browser.new_context(**browser_context_args)
    watch(context, every_complaint, request.config)
    yield context.new_page()
    context.close()


@pytest.fixture
def lend(
    browser: Browser,
    browser_context_args: dict[str, Any],
    complaints: list[str],
    output_path: str,  # noqa: ARG001, for the picture of a failure
) -> Lend:
    """Return what lends a test a page that others have, too, and puts it back."""

    @contextmanager
    def lend(page: Page, back: Callable[[], object]) -> Iterator[Page]:
        page.bring_to_front()  # a tab behind another draws a frame a second
        yield page
        try:
            assert_no_complaints(browser, complaints)
        finally:
            put_back(page, browser_context_args["viewport"])
            back()

    return lend


@pytest.fixture
def page(shared_page: Page, lend: Lend) -> Iterator[Page]:
    """The one page of all tests, blank and without anything that one of them left.

    Its browser has seen other tests' answers. Where that matters, or a clock or a script is
    installed, which stays, a test takes `own_page`.
    """

    def empty() -> None:
        shared_page.goto("about:blank")
        shared_page.context.set_storage_state({"cookies": [], "origins": []})

    with lend(shared_page, empty) as page:
        yield page


def put_back(page: Page, viewport: Any) -> None:
    """Undo what a test did to a page besides its View."""
    page.unroute_all()
    page.mouse.up()
    page.mouse.move(0, 0)
    if page.viewport_size != viewport:
        resize(page, **viewport)
    light(page, "light")


# The check's sheet stays open in the study in which it was opened.
CLOSE = """() => {
    document.querySelector(".check[open] summary")?.click();
    document.activeElement.blur();
    localStorage.removeItem("neuromix-preferences");
}"""


@pytest.fixture(scope="session")
def shared_lab(shared_page: Page) -> Page:
    return shared_page.context.new_page()


@pytest.fixture
def lab(shared_lab: Page, lend: Lend) -> Iterator[Page]:
    """A page on the made-up `studies`, which each test begins with a `visit` to its own.

    It is loaded once for all. Take `page` for what is about that, or leaves more than a View.
    """
    with lend(shared_lab, lambda: shared_lab.evaluate(CLOSE)) as page:
        yield page


# Leaves the View of a test for the one the page opened with.
RETURN = """query => {
    document.activeElement.blur();
    localStorage.removeItem("neuromix-preferences");
    document.querySelector(".controls").scrollTop = 0;
    history.pushState(null, "", query);
    dispatchEvent(new PopStateEvent("popstate"));
}"""


@pytest.fixture(scope="session")
def shared_home(shared_page: Page, server: str) -> tuple[Page, str]:
    page = shared_page.context.new_page()
    page.goto(server)
    settled(page)
    page.locator(".introduction-close").click()  # of a first visit
    return page, page.url


@pytest.fixture
def home(shared_home: tuple[Page, str], lend: Lend) -> Iterator[Page]:
    """The page on the sample, opened once for all tests and always at the View it opened with.

    A test that leaves anything but a View, or is about opening the page, takes `page`.
    """
    shared, url = shared_home

    def back() -> None:
        shared.evaluate(RETURN, url)
        settled(shared)
        fitted(shared)
        assert shared.url == url

    with lend(shared, back) as page:
        yield page


@pytest.fixture
def own_page(new_context: Callable[..., BrowserContext]) -> Page:
    """A page in a browser that has seen nothing."""
    return new_context().new_page()


@pytest.fixture(scope="module")
def run(browser: Any, base_url: str) -> Iterator[Run]:
    """Run a function of the browser with a module of assets/client and some arguments."""
    page = browser.new_page()
    page.goto(f"{base_url}/healthz")  # a page of the server's without anything of ours

    def run(module: str, function: str, *arguments: Any) -> Any:
        call = f"""async ([arguments]) => {{
            const module = await import("/assets/client/{module}.mjs");
            return ({function})(module, ...arguments);
        }}"""
        return page.evaluate(call, [list(arguments)])

    yield run
    page.close()
