"""The pictures follow the finger without the server's analyses; the rest waits for the rest."""

import itertools
import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, Response, Route, expect

from scripts.serving import free_port, settled
from tests.browser.acting import holding
from tests.browser.conftest import Run
from tests.browser.reading import table, thumb


@contextmanager
def requests_of(page: Page, part: str) -> Iterator[list[str]]:
    """Collect the addresses that a page asks the network for.

    Without what comes from the browser's cache, and what is asked ahead or while the page rests.
    """
    asked: dict[str, str] = {}
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    network.on(
        "Network.requestWillBeSent",
        lambda event: (
            "X-Ahead" in event["request"]["headers"]
            or "need=starts&" in event["request"]["url"]
            or asked.update({event["requestId"]: event["request"]["url"]})
        ),
    )

    def cached(event: dict) -> None:
        if "response" not in event or event["response"].get("fromDiskCache"):
            asked.pop(event["requestId"], None)

    network.on("Network.requestServedFromCache", cached)
    network.on("Network.responseReceived", cached)
    urls: list[str] = []
    yield urls
    page.evaluate("1")  # what has happened has arrived
    urls += [url for url in asked.values() if part in url]
    network.detach()


@contextmanager
def dragging(page: Page) -> Iterator[int]:
    """Drag the slice by its thumb, one move every 20 ms, and give where the finger rests.

    The time is the page's own, and it stands still within: a machine that stalls is no finger
    that rests.
    """
    box = thumb(page).bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.clock.pause_at(page.evaluate("Date.now() + 1000"))
    page.mouse.down()
    for step in range(1, 41):
        page.mouse.move(x + 4 * step, y)
        page.clock.run_for(20)
    yield int(page.locator("#position").inner_text().split()[0])  # the thumb waits for React
    page.clock.resume()


SEEDS = itertools.count(1)  # what is asked of the server depends on what was seen before


@pytest.fixture
def unseen() -> str:
    """A View that no test has had: slice 25 of a fit with a seed of its own."""
    return f"/?slice=25&seed={next(SEEDS)}"


@pytest.fixture
def opened(page: Page, unseen: str) -> Page:
    page.goto(unseen)
    settled(page, slice=25)
    return page


def test_a_drag_starts_one_analysis_when_it_rests(own_page: Page) -> None:
    page = own_page
    page.clock.install()
    page.goto("/?slice=25")
    settled(page, slice=25)
    with requests_of(page, "/cards/") as analyses:
        with dragging(page) as reached:
            assert "slice=25&" in page.url
        settled(page, slice=reached)
        page.mouse.up()
        settled(page, slice=reached)
    assert reached > 30
    assert len(analyses) == 1


def test_the_pictures_follow_before_the_finger_rests(own_page: Page) -> None:
    page = own_page
    page.clock.install()
    page.goto("/?slice=25")
    settled(page, slice=25)
    with dragging(page) as reached:
        picture = page.locator("#view-image-x img:not(.outline)")
        expect(picture).to_have_attribute("src", re.compile(f"/axial/{reached}.png"))
        assert "slice=25&" in page.url
    page.mouse.up()
    settled(page, slice=reached)


@pytest.mark.wide
def test_a_view_that_was_seen_before_asks_the_server_for_nothing(opened: Page) -> None:
    thumb(opened).focus()
    opened.keyboard.press("ArrowRight")
    settled(opened, slice=26)
    opened.keyboard.press("ArrowLeft")
    settled(opened, slice=25)
    with requests_of(opened, "/cards/") as analyses:
        opened.keyboard.press("ArrowRight")
        settled(opened, slice=26)
    assert analyses == []


def test_the_next_slice_waits_in_the_browser(page: Page, unseen: str) -> None:
    def of_the_next(response: Response) -> bool:
        return "/cards/" in response.url and "slice=26&" in response.url

    with page.expect_response(of_the_next):
        page.goto(unseen)
        settled(page, slice=25)
    with requests_of(page, "/cards/") as analyses:
        thumb(page).focus()
        page.keyboard.press("ArrowRight")
        settled(page, slice=26)
    assert analyses == []


AHEAD = """async ({ loadAhead, loadMapAhead, isAsked, isUnknown }, refused, silent) => [
    await loadAhead(silent), isAsked(silent),
    await loadMapAhead(silent), isUnknown(silent),
    await loadMapAhead(refused), isUnknown(refused),
]"""


def test_of_a_silent_server_nothing_more_is_asked_ahead(run: Run) -> None:
    """It is said that nothing came; a map that is refused is passed over."""
    nobody = f"http://127.0.0.1:{free_port()}/slice.png"
    found = run("../views/loaded", AHEAD, "/maps/none/axial/1.png", nobody)
    assert found == [False, True, False, False, True, True]


@pytest.mark.wide
def test_settings_that_only_change_looks_ask_for_no_analysis(opened: Page) -> None:
    with requests_of(opened, "/cards/") as analyses:
        opened.locator("#control-opacity [role=slider]").focus()
        opened.keyboard.press("ArrowRight")
        settled(opened, opacity=81)
    assert analyses == []
    expect(opened.locator("#view-labels img").last).to_have_css("opacity", "0.81")


@pytest.mark.wide
def test_what_is_asked_faster_than_the_server_answers_ends_at_the_last(opened: Page) -> None:
    with holding(opened, "**/cards/**"):
        thumb(opened).focus()
        opened.keyboard.press("ArrowRight")
        opened.wait_for_url(re.compile("slice=26&"))
        for _ in range(2):
            opened.keyboard.press("ArrowRight")
        expect(opened.locator("#position")).to_contain_text("28 / 69")
        opened.locator("#control-components").get_by_text("5", exact=True).click()
        opened.wait_for_url(re.compile("components=5&"))
        opened.keyboard.press("PageDown")
        opened.keyboard.press("PageUp")
    settled(opened, slice=28, components=5)
    assert len(table(opened, "view-components")) == 5


THIRTY_FRAMES = """
() => new Promise((done) => {
    let left = 30;
    const frame = () => (left-- ? requestAnimationFrame(frame) : done());
    frame();
})
"""


@pytest.mark.wide
def test_a_picture_that_does_not_come_is_asked_for_again_only_on_demand(
    own_page: Page, complaints: list[str]
) -> None:
    page, asked = own_page, []

    def refuse(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(status=404)

    missing = re.compile(r"/slices/.*/axial/26\.png")
    page.route(missing, refuse)
    page.goto("/?slice=25")
    settled(page, slice=25)
    page.locator("#slice-forward").click()
    notice = page.get_by_role("alert").filter(has_text="Could not load slice 26")
    expect(notice).to_be_visible()
    page.evaluate(THIRTY_FRAMES)
    assert max(map(asked.count, asked)) <= 2  # ahead, and when it was wanted
    page.unroute(missing)
    notice.get_by_role("button", name="Try again").click()
    settled(page, slice=26)
    assert all("404" in complaint for complaint in complaints)
    complaints.clear()
