"""The whole head on the page: from a click to settled, its slices, criteria and memory."""

import time
from collections.abc import Callable

from playwright.sync_api import Browser, Page, expect, sync_playwright

from benchmarks import memory
from benchmarks.pages import STEPS, WARM_UP, opened, step
from benchmarks.table import ratio, show, spread
from benchmarks.users import workers_memory
from scripts.chromium import launch_options
from scripts.serving import settled

# Each from a seed of its own, so that no fit is there before.
TIMES = 5
SWEEP_SECONDS = 120


def run(url: str, server: int, study: str) -> None:
    """Print what a visitor waits for on a study, and the memory of the page and the workers."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_options())
        first, again, criteria = (
            list(times) for times in zip(*_fits(browser, url, study), strict=True)
        )
        slices = [_steps(browser, f"{url}/?study={study}{more}") for more in ("", "&scope=volume")]
        memory.run(browser, url, study)
        browser.close()
    peak = max(workers_memory(server, "VmHWM")) / 1000
    show(
        f"The whole head of {study} on the page (ms)",
        ["", "median", "p95"],
        [
            ["“Fit to: whole head”, first time", *spread(first)],
            ["another number of components", *spread(again)],
            ["criteria of K = 1 … 10, with stability", *spread(criteria)],
            ["a slice step, fit to slice", *spread(slices[0])],
            ["a slice step, fit to whole head", *spread(slices[1])],
            ["ratio, slice to whole head", ratio(*slices), ""],
            ["peak memory of a worker (GB)", f"{peak:.2f}", ""],
        ],
    )


def _fits(browser: Browser, url: str, study: str) -> list[tuple[float, float, float]]:
    found = []
    for seed in range(1, TIMES + 1):
        page = opened(browser, f"{url}/?study={study}&seed={seed}", "dashboard")
        whole = page.locator("#control-scope").get_by_text("whole head")
        first = _timed(whole.click, lambda page=page: settled(page, scope="volume"))
        page.wait_for_timeout(2000)
        again = _timed(
            lambda page=page: page.keyboard.press("4"),
            lambda page=page: settled(page, components=4),
        )
        page.wait_for_timeout(2000)
        criteria = _timed(
            page.get_by_role("tab", name="Criteria").click, lambda page=page: _swept(page)
        )
        found.append((first, again, criteria))
        page.close()
    return found


def _swept(page: Page) -> None:
    """Wait for the last fit and its stability."""
    settled(page, panel="criteria")
    expect(page.locator(".sweep")).to_have_count(0, timeout=SWEEP_SECONDS * 1000)
    expect(page.locator("#criteria-table tbody tr")).to_have_count(10)


def _timed(act: Callable[[], object], wait: Callable[[], object]) -> float:
    begin = time.perf_counter()
    act()
    wait()
    return (time.perf_counter() - begin) * 1000


def _steps(browser: Browser, address: str) -> list[float]:
    page = opened(browser, address, "dashboard")
    step(page, "dashboard", "ArrowRight", WARM_UP)
    times = step(page, "dashboard", "ArrowRight", STEPS).settled
    page.close()
    return times
