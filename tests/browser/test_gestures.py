"""Whatever a visitor does with a graph or a picture, and wherever: the views stay whole.

A figure that is drawn behind Dash's back is lost at the next gesture, because Dash draws the one
that it knows.
"""

from collections.abc import Callable, Iterator
from itertools import cycle
from typing import Any

import pytest
from playwright.sync_api import Browser, CDPSession, Page

from scripts.serving import settled
from tests.browser.acting import GO_TO
from tests.browser.conftest import assert_no_complaints

# What each graph on screen holds, the types of its traces and how many points, and whether each
# picture has come.
DRAWN = """() => {
    const graphs = [...document.querySelectorAll(".js-plotly-plot")].map((plot) => [
        plot.closest("[id^=view]").id,
        plot._fullData.map(({ type }) => type),
        plot._fullData.reduce((sum, { x, z }) => sum + (x ?? z)?.length, 0),
        [...plot.querySelectorAll(".imagelayer image")].every(({ href }) => href.baseVal.length > 0),
    ]);
    const pictures = [...document.querySelectorAll(".picture img")];
    return {
        graphs,
        pictures: pictures.map(({ src, complete, naturalWidth }) => Boolean(src && complete && naturalWidth)),
        behind: document.querySelectorAll("[data-behind]").length,
    };
}"""  # noqa: E501
BUTTONS = """id => [...document.querySelectorAll(`#${id} .modebar-btn[data-title]`)]
    .map((button) => button.dataset.title)"""

Gesture = Callable[["Hand"], None]


class Hand:
    """A mouse and two fingers on one view."""

    def __init__(self, page: Page, fingers: CDPSession, view: str) -> None:
        self.page, self.fingers, self.view = page, fingers, view
        place = page.locator(f"#{view}")
        # The wheel may have scrolled it away below its tabs.
        place.evaluate("node => node.scrollIntoView({ block: 'center' })")
        box = place.bounding_box()
        assert box is not None
        self.x, self.y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def touch(self, *steps: list[tuple[float, float]]) -> None:
        """Put fingers on places beside the middle, move them, and lift them."""
        for number, places in enumerate(steps):
            kind = "touchMove" if number else "touchStart"
            points = [
                {"x": self.x + right, "y": self.y + down, "id": n}
                for n, (right, down) in enumerate(places)
            ]
            self.fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        self.fingers.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def click(hand: Hand) -> None:
    hand.page.mouse.click(hand.x, hand.y)


def double_click(hand: Hand) -> None:
    hand.page.mouse.dblclick(hand.x, hand.y)


def drag(hand: Hand) -> None:
    hand.page.mouse.move(hand.x, hand.y)
    hand.page.mouse.down()
    hand.page.mouse.move(hand.x + 30, hand.y + 30, steps=4)
    hand.page.mouse.up()


def wheel(hand: Hand) -> None:
    hand.page.mouse.move(hand.x, hand.y)
    hand.page.mouse.wheel(0, 120)


def magnify(hand: Hand) -> None:
    hand.page.keyboard.down("Control")
    wheel(hand)
    hand.page.keyboard.up("Control")


def tap(hand: Hand) -> None:
    hand.touch([(0, 0)])


def double_tap(hand: Hand) -> None:
    tap(hand)
    tap(hand)


def swipe(hand: Hand) -> None:
    hand.touch(*([(step, step)] for step in range(0, 40, 10)))


def pinch(hand: Hand) -> None:
    hand.touch(*([(-step, 0), (step, 0)] for step in range(10, 50, 10)))


GESTURES = (
    click, double_click, drag, wheel, magnify, tap, double_tap, swipe, pinch, double_click
)  # fmt: skip
VIEWS = {
    "view-histograms": "",
    "view-joint": "&joint=scatter",
    "view-joint as histogram": "&joint=histogram",
    "view-joint as density": "&joint=density",
    "view-criteria": "&panel=criteria",
    "view-image-x": "",
    "view-image-y": "",
    "view-labels": "",
}


@pytest.fixture(scope="module")
def opened(shared_page: Page, server: str) -> Iterator[tuple[Page, CDPSession]]:
    """Open a page for all gestures: they leave more than a View."""
    page = shared_page.context.new_page()
    page.goto(server)
    settled(page)
    yield page, page.context.new_cdp_session(page)
    page.close()


def whole(page: Page, graphs: list[Any]) -> None:
    """Each graph has the kinds of traces that it had, with points; each picture has come.

    A click on a criterion chooses another number of components, and so of curves.
    """
    drawn = page.evaluate(DRAWN)
    kinds = [(name, set(types)) for name, types, *_ in drawn["graphs"]]
    assert kinds == [(name, set(types)) for name, types, *_ in graphs]
    assert all(points > 0 and has_pictures for *_, points, has_pictures in drawn["graphs"])
    assert drawn["pictures"] == [True] * 4
    assert drawn["behind"] == 0


@pytest.mark.wide
@pytest.mark.parametrize("view", VIEWS)
def test_gestures_leave_every_view_whole(
    opened: tuple[Page, CDPSession], view: str, browser: Browser, complaints: list[str]
) -> None:
    page, fingers = opened
    page.evaluate(GO_TO, f"?slice=30{VIEWS[view]}")
    settled(page, slice=30)
    before = page.evaluate(DRAWN)["graphs"]
    name = view.split()[0]

    # On and back again, so that few slices have to be fitted.
    ways = cycle(("slice-forward", "slice-back"))

    def step() -> None:
        settled(page)  # a gesture may have changed the View
        if "components=3&" not in page.url:  # a click on the criteria chooses their number
            page.locator("#control-components").get_by_text("3", exact=True).click()
            settled(page, components=3)
        page.evaluate("id => document.getElementById(id).click()", next(ways))
        settled(page)
        whole(page, before)

    whole(page, before)
    for gesture in GESTURES:
        gesture(Hand(page, fingers, name))
        step()
    for title in page.evaluate(BUTTONS, name):
        page.locator(f"#{name}").hover()
        button = page.locator(f"#{name} .modebar-btn[data-title='{title}']")
        if "Download" in title:
            with page.expect_download():
                button.click()
        else:
            button.click()
        step()
    assert_no_complaints(browser, complaints)
