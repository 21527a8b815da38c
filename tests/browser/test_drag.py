"""The pictures follow the finger without the server's analyses; the rest waits for the rest."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, Response

from scripts.serving import settled
from tests.browser.reading import thumb


@contextmanager
def requests_of(page: Page, part: str) -> Iterator[list[str]]:
    """Collect the addresses that a page asks the network for, the browser's cache left out."""
    asked: dict[str, str] = {}
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    network.on(
        "Network.requestWillBeSent",
        lambda event: (
            "X-Ahead" in event["request"]["headers"]
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


@pytest.fixture
def opened(page: Page) -> Page:
    page.goto("/?slice=25")
    settled(page, slice=25)
    return page


def test_a_drag_starts_one_analysis_when_it_rests(opened: Page) -> None:
    box = thumb(opened).bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    opened.mouse.move(x, y)
    with requests_of(opened, "/panels/") as analyses:
        opened.mouse.down()
        for step in range(1, 41):
            opened.mouse.move(x + 4 * step, y)
        opened.mouse.up()
        settled(opened)
    assert 1 <= len(analyses) <= 3  # a machine that stalls makes the finger rest on the way
    assert "slice=25&" not in opened.url


def test_the_pictures_follow_before_the_finger_lifts(opened: Page) -> None:
    box = thumb(opened).bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    opened.mouse.move(x, y)
    opened.mouse.down()
    opened.mouse.move(x + 60, y, steps=3)
    opened.wait_for_function(
        """() => {
            const value = document.querySelector("#control-slice [role=slider]").ariaValueNow;
            const image = document.querySelector("#view-image-x .imagelayer image").href.baseVal;
            return value !== "25" && image.includes(`/axial/${value}.png`);
        }"""
    )
    assert "slice=25&" in opened.url
    opened.mouse.up()
    settled(opened)


def test_a_view_that_was_seen_before_asks_the_server_for_nothing(opened: Page) -> None:
    thumb(opened).focus()
    opened.keyboard.press("ArrowRight")
    settled(opened, slice=26)
    opened.keyboard.press("ArrowLeft")
    settled(opened, slice=25)
    with requests_of(opened, "/panels/") as analyses:
        opened.keyboard.press("ArrowRight")
        settled(opened, slice=26)
    assert analyses == []


def test_the_next_slice_waits_in_the_browser(page: Page) -> None:
    def of_the_next(response: Response) -> bool:
        return "/panels/" in response.url and "slice=26&" in response.url

    with page.expect_response(of_the_next):
        page.goto("/?slice=25")
        settled(page, slice=25)
    with requests_of(page, "/panels/") as analyses:
        thumb(page).focus()
        page.keyboard.press("ArrowRight")
        settled(page, slice=26)
    assert analyses == []


def test_settings_that_only_change_looks_ask_for_no_analysis(opened: Page) -> None:
    with requests_of(opened, "/panels/") as analyses:
        opened.locator("#control-opacity [role=slider]").focus()
        opened.keyboard.press("ArrowRight")
        settled(opened, opacity=71)
    assert analyses == []
    shown = opened.locator("#view-labels .layer-above image").get_attribute("opacity")
    assert shown == "0.71"
