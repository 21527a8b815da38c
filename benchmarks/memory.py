"""The memory of a page in the browser, while somebody fits heads and moves slices."""

from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser

from benchmarks.pages import THUMB, opened
from benchmarks.table import show
from scripts.serving import settled

FITS, EVERY = 50, 10
SLICES = 2  # after each fit


def run(browser: Browser, url: str, study: str) -> None:
    """Print what the page holds after some fits of a whole head, each with a few slices (Linux)."""
    heaps, processes = zip(*_sizes(browser, url, study), strict=True)
    show(
        f"The page's memory after fits of {study}, each with {SLICES} slices (MB)",
        ["", *(str(fits) for fits in range(0, FITS + 1, EVERY))],
        [
            ["JavaScript, after a garbage collection", *(f"{size:.0f}" for size in heaps)],
            ["the page's process", *(f"{size:.0f}" for size in processes)],
        ],
    )


def _sizes(browser: Browser, url: str, study: str) -> Iterator[tuple[float, float]]:
    """Yield both sizes, first of the page as it opens."""
    page = opened(browser, f"{url}/?study={study}&scope=volume", "dashboard")
    seed, tab = page.locator("#control-seed"), page.context.new_cdp_session(page)
    tab.send("Performance.enable")
    for fit in range(1, FITS + 2):
        if fit % EVERY == 1:
            page.wait_for_timeout(2000)  # what is fetched ahead has come
            tab.send("HeapProfiler.collectGarbage")
            found = tab.send("Performance.getMetrics")["metrics"]
            used = next(one["value"] for one in found if one["name"] == "JSHeapUsedSize")
            yield used / 2**20, _resident(browser)
        seed.fill(str(fit))
        settled(page, seed=fit)
        page.locator(THUMB["dashboard"]).focus()
        for _ in range(SLICES):
            page.keyboard.press("ArrowRight" if fit % 20 < 10 else "ArrowLeft")
            settled(page)
    page.close()


def _resident(browser: Browser) -> float:
    """Return the resident memory of the largest process that draws pages, in MB."""
    found = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
    pages = [Path(f"/proc/{one['id']}/status") for one in found if one["type"] == "renderer"]
    return max(int(p.read_text().partition("VmRSS:")[2].split()[0]) for p in pages) / 1024
