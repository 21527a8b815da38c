"""Whatever a visitor does with a graph, and wherever a picture was then: the views stay whole.

A figure that is drawn behind Dash's back is lost at the next gesture, because Dash draws the one
that it knows.
"""

from typing import Any

import pytest
from playwright.sync_api import Page

from scripts.serving import settled
from tests.browser.reading import picture

GRAPHS = ("view-histograms", "view-joint", "view-criteria")

# What a graph holds: points of each trace, and its pictures.
DRAWN = """id => {
    const plot = document.querySelector(`#${id} .js-plotly-plot`);
    return [
        plot._fullData.map(trace => [trace.type, (trace.x ?? trace.z)?.length ?? 0]),
        [...plot.querySelectorAll(".imagelayer image")].map(image => image.href.baseVal.length > 0),
    ];
}"""
BUTTONS = "id => document.querySelectorAll(`#${id} .modebar-btn[data-title]`).length"


def drawn(page: Page, graph: str) -> Any:
    return page.evaluate(DRAWN, graph)


def open_graph(page: Page, graph: str) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    panel = "criteria" if graph == "view-criteria" else "components"
    page.goto(f"/?slice=30&panel={panel}")
    settled(page, slice=30)


def click(page: Page, x: float, y: float) -> None:
    page.mouse.click(x, y)


def double_click(page: Page, x: float, y: float) -> None:
    page.mouse.dblclick(x, y)


def drag(page: Page, x: float, y: float) -> None:
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 30, y + 30, steps=4)
    page.mouse.up()


def wheel(page: Page, x: float, y: float) -> None:
    page.mouse.move(x, y)
    page.mouse.wheel(0, 120)


def assert_whole_after_a_step(page: Page, graph: str, before: Any) -> None:
    """Step on and back: the graph holds again what it held, however the axes were left."""
    page.locator("#slice-forward").click()
    settled(page, slice=31)
    assert drawn(page, graph)[1] == before[1]
    assert [trace[0] for trace in drawn(page, graph)[0]] == [trace[0] for trace in before[0]]
    page.locator("#slice-back").click()
    settled(page, slice=30)
    assert drawn(page, graph) == before
    for view in ("view-image-x", "view-image-y", "view-labels"):
        assert picture(page, view)[..., 0].max() > 0
    assert picture(page, "view-labels", 1)[..., 3].max() > 0


@pytest.mark.parametrize("graph", GRAPHS)
def test_gestures_leave_a_graph_whole(page: Page, graph: str) -> None:
    open_graph(page, graph)
    before = drawn(page, graph)
    assert sum(points for _, points in before[0]) > 0
    box = page.locator(f"#{graph} .nsewdrag").first.bounding_box()
    assert box is not None
    for gesture in (click, double_click, drag, wheel):
        gesture(page, box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        assert drawn(page, graph) == before, gesture
        assert_whole_after_a_step(page, graph, before)


@pytest.mark.parametrize("graph", GRAPHS)
def test_every_button_leaves_a_graph_whole(page: Page, graph: str) -> None:
    open_graph(page, graph)
    before = drawn(page, graph)
    count = page.evaluate(BUTTONS, graph)
    assert count >= 4
    for number in range(count):
        button = page.locator(f"#{graph} .modebar-btn[data-title]").nth(number)
        page.locator(f"#{graph}").hover()
        if "Download" in (button.get_attribute("data-title") or ""):
            with page.expect_download():
                button.click()
        else:
            button.click()
        assert drawn(page, graph) == before
    assert_whole_after_a_step(page, graph, before)
