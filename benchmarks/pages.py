"""Both apps in one browser: slice steps, a drag, the first paint, and what they transfer."""

import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.studies import SAMPLE
from benchmarks.table import ratio, show, spread
from scripts.chromium import launch_options
from scripts.serving import free_port, settled

WARM_UP = 7  # the browser compiles frequent code
STEPS = 20  # from the middle, so that every slice holds some brain
SCRIPT = (Path(__file__).parent / "pages.js").read_text()
THUMB = {"dashboard": "#control-slice [role=slider]", "naive": "[role=slider]"}
TRACK = {"dashboard": "#control-slice .mantine-Slider-track", "naive": ".dash-slider-track"}
BETWEEN_STEPS_MS = 500  # a person looks at each slice
REST_MS = 1000  # a new window draws itself


@dataclass
class Steps:
    """Times of slice steps in ms, and the bytes that each transferred."""

    images: list[float] = field(default_factory=list)
    settled: list[float] = field(default_factory=list)
    bytes: list[float] = field(default_factory=list)


@contextmanager
def naive(x: Path, y: Path) -> Iterator[str]:
    port = free_port()
    command = [sys.executable, "-m", "benchmarks.naive_app", str(x), str(y), "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/_dash-layout", timeout=5)
                break
            except OSError:
                if process.poll() is not None:
                    raise RuntimeError("The naive app did not start.") from None
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def opened(browser: Browser, url: str, kind: str) -> Page:
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.add_init_script(SCRIPT)
    page.goto(url)
    if kind == "dashboard":
        settled(page)
    else:
        page.wait_for_function(
            "document.querySelectorAll('.js-plotly-plot .main-svg').length > 16 && "
            "document.querySelector('#labels .js-plotly-plot')?.data?.length"
        )
    page.wait_for_timeout(3000)  # the neighbours have been fetched ahead
    return page


def step(page: Page, kind: str, key: str, count: int) -> Steps:
    result = Steps()
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    received: list[float] = []
    network.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    page.locator(THUMB[kind]).focus()
    for _ in range(count):
        received.clear()
        page.evaluate(f"() => {{ window.step = bench.{kind}(); }}")
        page.keyboard.press(key)
        times = page.evaluate("() => window.step")
        result.images.append(times["images"])
        result.settled.append(times["settled"])
        result.bytes.append(sum(received))
        page.wait_for_timeout(BETWEEN_STEPS_MS)
    return result


def steps(browser: Browser, study: str, url: str, x: Path, y: Path) -> None:
    page = opened(browser, f"{url}/?study={study}", "dashboard")
    step(page, "dashboard", "ArrowRight", WARM_UP)
    new = step(page, "dashboard", "ArrowRight", STEPS)
    seen = step(page, "dashboard", "ArrowLeft", STEPS)
    page.close()
    with naive(x, y) as address:
        page = opened(browser, address, "naive")
        step(page, "naive", "ArrowRight", WARM_UP)
        old = step(page, "naive", "ArrowRight", STEPS)
        page.close()
    show(
        f"A slice step on {study}, {STEPS} steps after {WARM_UP} to warm up (ms)",
        ["", "images", "p95", "settled", "p95", "kB"],
        [
            ["here, a new slice", *spread(new.images), *spread(new.settled), _kb(new.bytes)],
            ["here, seen before", *spread(seen.images), *spread(seen.settled), _kb(seen.bytes)],
            ["naive app", *spread(old.images), *spread(old.settled), _kb(old.bytes)],
            [
                "ratio, new slice", ratio(old.images, new.images), "",
                ratio(old.settled, new.settled), "", "",
            ],
        ],
    )  # fmt: skip


MOVES = 60
FIRST, LAST = 1, 57  # slices of the sample between which every slice holds some brain


def drag(browser: Browser, url: str, naive_url: str) -> None:
    rows = []
    for name, kind, address in (
        ("here", "dashboard", f"{url}/?study=sample"),
        ("naive app", "naive", naive_url),
    ):
        page = opened(browser, address, kind)
        rows.append([name, *dragged(page, kind)])
        page.close()
    show(
        f"A drag of {MOVES} moves over {LAST - FIRST} slices of sample",
        [
            "",
            "pictures a second",
            "pictures",
            "with their map",
            "analyses started",
            "release to settled, ms",
        ],
        rows,
    )


def dragged(page: Page, kind: str) -> list[str]:
    """Drag the slider from one end of the head to the other."""
    requests: list[float] = []
    page.on(
        "request",
        lambda request: (
            any(part in request.url for part in ("/cards/", "/panels/", "_dash-update"))
            and requests.append(time.perf_counter())
        ),
    )
    handle = page.locator(THUMB[kind]).bounding_box()
    track = page.locator(TRACK[kind]).bounding_box()
    y = handle["y"] + handle["height"] / 2
    place = [track["x"] + track["width"] * k / 69 for k in np.linspace(FIRST, LAST, MOVES)]
    page.mouse.move(handle["x"] + handle["width"] / 2, y)
    page.mouse.down()
    page.mouse.move(place[0], y)
    page.wait_for_timeout(3000)  # settled, and the neighbours fetched ahead
    page.evaluate(f"() => {{ window.stop = bench.frames(bench.pictureOf.{kind}); }}")
    page.evaluate("() => { window.stopMaps = bench.frames(bench.pictureOf.map); }")
    begin, since = page.evaluate("() => performance.now()"), time.perf_counter()
    for x in place[1:]:
        page.mouse.move(x, y)
    end = page.evaluate("() => performance.now()")
    analyses = sum(moment > since for moment in requests)
    page.mouse.up()
    last = f"bench.lastDrawn.{kind}()"
    resting = f"end => {last} > end && performance.now() > {last} + 2500"
    page.wait_for_function(resting, arg=end, timeout=120_000)
    settled_at = page.evaluate(f"() => {last}")
    pictures, maps = (
        sum(begin <= moment <= end for moment in page.evaluate(f"() => window.{stop}()"))
        for stop in ("stop", "stopMaps")
    )
    rate = pictures / (end - begin) * 1000
    rest = max(settled_at - end, 0)
    return [f"{rate:.0f}", f"{pictures}", f"{maps}", f"{analyses}", f"{rest:.0f}"]


def first_paint(browser: Browser, url: str) -> None:
    paints, whole = [], []
    for _ in range(5):
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        page = context.new_page()
        page.wait_for_timeout(REST_MS)  # who opens the page has a browser that is open already
        begin = time.perf_counter()
        page.goto(url)
        settled(page)
        whole.append((time.perf_counter() - begin) * 1000)
        paints += page.evaluate(
            "() => performance.getEntriesByName('first-contentful-paint').map(e => e.startTime)"
        )
        context.close()
    show(
        "Opening the page with an empty browser cache (ms)",
        ["", "median", "p95"],
        [["first paint", *spread(paints)], ["every view settled", *spread(whole)]],
    )


def run(url: str, fine: str, x: Path, y: Path) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_options())
        t1, b0 = SAMPLE / "T1.nii.gz", SAMPLE / "b0.nii.gz"
        first_paint(browser, url)
        steps(browser, "sample", url, t1, b0)
        steps(browser, fine, url, x, y)
        with naive(t1, b0) as address:
            drag(browser, url, address)
        browser.close()


def _kb(sizes: list[float]) -> str:
    return f"{sum(sizes) / len(sizes) / 1000:.0f}"
