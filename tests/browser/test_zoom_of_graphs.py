"""Zoom on a graph works, stays over the slices, and ends where its axes mean something else."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from scripts.serving import settled
from tests.browser.reading import pixel
from tests.wide import cases

RANGES = """id => {
    const { _fullLayout: layout } = document.querySelector(`#${id} .js-plotly-plot`);
    return [layout.xaxis.range, layout.yaxis.range];
}"""


def ranges(page: Page, graph: str) -> list[list[float]]:
    return page.evaluate(RANGES, graph)


def press(page: Page, graph: str, button: str) -> None:
    page.locator(f"#{graph}").hover()
    page.locator(f"#{graph} .modebar-btn[data-title='{button}']").click()


def middle(page: Page, graph: str) -> tuple[float, float]:
    box = page.locator(f"#{graph} .nsewdrag").first.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag(page: Page, graph: str, by: float) -> None:
    x, y = middle(page, graph)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + by, y + by, steps=4)
    page.mouse.up()


def within(inner: Any, outer: Any) -> bool:
    return all(a[0] > b[0] and a[1] < b[1] for a, b in zip(inner, outer, strict=True))


def step(page: Page, button: str, slice_: int) -> None:
    page.locator(f"#slice-{button}").click()
    settled(page, slice=slice_)
    # The criteria come one by one.
    expect(page.locator("#criteria-table progress")).to_have_count(0)


@pytest.mark.parametrize(
    "graph",
    cases(["view-histograms", "view-joint", "view-criteria"], wide=lambda one: one != "view-joint"),
)
def test_zoom_stays_over_the_slices_and_a_double_click_ends_it(page: Page, graph: str) -> None:
    panel = "criteria" if graph == "view-criteria" else "components"
    page.goto(f"/?slice=30&panel={panel}")
    settled(page, slice=30)
    step(page, "forward", 31)
    other = ranges(page, graph)
    step(page, "back", 30)
    whole = ranges(page, graph)
    press(page, graph, "Zoom in")
    closer = ranges(page, graph)
    assert within(closer, whole)
    press(page, graph, "Zoom out")
    assert ranges(page, graph) == [pytest.approx(r) for r in whole]
    press(page, graph, "Pan")
    drag(page, graph, 25)
    moved = ranges(page, graph)
    assert moved[0][0] < whole[0][0]
    assert moved[1][1] > whole[1][1]
    press(page, graph, "Zoom")
    drag(page, graph, 40)
    chosen = ranges(page, graph)
    assert within(chosen, moved)
    step(page, "forward", 31)
    assert ranges(page, graph) == chosen
    page.mouse.dblclick(*middle(page, graph))
    assert ranges(page, graph) == other
    # A drag zooms again without another press of the button.
    drag(page, graph, 40)
    assert within(ranges(page, graph), other)
    press(page, graph, "Reset axes")
    assert ranges(page, graph) == other
    step(page, "back", 30)
    assert ranges(page, graph) == whole


@pytest.mark.wide
def test_axes_that_mean_something_else_are_shown_whole(page: Page) -> None:
    page.goto("/?slice=30")
    settled(page, slice=30)
    whole = ranges(page, "view-joint")
    press(page, "view-joint", "Zoom in")
    closer = ranges(page, "view-joint")
    choose_axes(page, "raw")
    raw = ranges(page, "view-joint")
    assert raw[0][1] > 300  # intensities of the T1, not SD from their mean
    choose_axes(page, "scaled")
    assert ranges(page, "view-joint") == whole
    assert closer != whole


def choose_axes(page: Page, axes: str) -> None:
    page.locator("#control-axes").select_option(axes)
    page.wait_for_url(lambda url: ("axes=raw" in url) == (axes == "raw"))
    settled(page)


@pytest.mark.wide
def test_the_ring_of_a_voxel_stays_at_its_intensities(page: Page) -> None:
    page.goto("/?slice=30")
    settled(page, slice=30)
    page.mouse.click(*pixel(page, "view-image-x", 60, 50))
    ring = page.locator("#view-joint .mark.of-place")
    expect(ring).to_be_visible()

    def value() -> list[float]:
        at, plot = ring.bounding_box(), page.locator("#view-joint .nsewdrag").bounding_box()
        assert at is not None
        assert plot is not None
        right = (at["x"] + at["width"] / 2 - plot["x"]) / plot["width"]
        down = (at["y"] + at["height"] / 2 - plot["y"]) / plot["height"]
        (left, end), (low, high) = ranges(page, "view-joint")
        return [left + right * (end - left), high - down * (high - low)]

    before = value()
    press(page, "view-joint", "Zoom out")
    assert value() == pytest.approx(before, abs=0.1)
    for _ in range(5):
        press(page, "view-joint", "Zoom in")
    expect(ring).to_be_hidden()


def test_a_click_on_the_criteria_chooses_the_number_of_components(home: Page) -> None:
    home.get_by_role("tab", name="Criteria").click()
    settled(home, panel="criteria")
    home.locator("#view-criteria .points path").nth(4).hover(force=True)
    expect(home.locator("#view-criteria .hoverlayer text").first).to_be_attached()
    home.mouse.down()
    home.mouse.up()
    settled(home, components=5)
    button = home.get_by_role("button", name="Fit 2 components")
    button.focus()
    home.keyboard.press("Enter")
    settled(home, components=2)
    expect(home.get_by_role("button", name="Fit 2 components")).to_have_attribute(
        "aria-pressed", "true"
    )


# The element under the middle of a graph's label of a point.
UNDER_LABEL = """id => {
    const box = document.querySelector(`#${id} .hoverlayer text`).getBoundingClientRect();
    const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
    return !document.elementFromPoint(x, y).closest(".hoverlayer") && [x, y];
}"""


def test_the_pointer_meets_the_plot_below_a_label(home: Page) -> None:
    home.get_by_role("tab", name="Criteria").click()
    settled(home, panel="criteria")
    home.locator("#view-criteria .points path").nth(4).hover(force=True)
    expect(home.locator("#view-criteria .hoverlayer text").first).to_be_attached()
    place = home.evaluate(UNDER_LABEL, "view-criteria")
    assert place
    home.mouse.move(*place)  # without an error


def test_each_graph_has_a_text_made_of_its_numbers(home: Page) -> None:
    def text(graph: str) -> str:
        return home.locator(f"#{graph} .main-svg[role=img]").get_attribute("aria-label") or ""

    assert text("view-histograms").startswith("Histograms of T1 and b0, 4,098 foreground voxels.")
    assert "T1: 3 components at 158" in text("view-histograms")
    assert text("view-joint").startswith("Scatter plot of T1 and b0, 4,098 foreground voxels.")
    step(home, "forward", 31)
    assert "4,098" not in text("view-joint")
