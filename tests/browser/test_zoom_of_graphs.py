"""Zoom on a graph works, stays over the slices, and ends where its axes mean something else."""

from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

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
    have_all_criteria(page)


# Whether the figure of the last criteria, which come one by one, is drawn, if there is any.
ALL_CRITERIA = """() => {
    const plot = document.querySelector("#view-criteria .js-plotly-plot");
    if (!plot) return true;
    const { data, layout } = dash_component_api.getLayout("view-criteria").props.figure;
    return plot.data === data && layout.annotations?.some(({ text }) => text === "lowest BIC");
}"""


def have_all_criteria(page: Page) -> None:
    expect(page.locator("#criteria-table progress")).to_have_count(0)
    page.wait_for_function(ALL_CRITERIA)


def open_criteria(page: Page) -> None:
    page.get_by_role("tab", name="Criteria").click()
    settled(page, panel="criteria")
    have_all_criteria(page)


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


# Draws a graph anew, as Dash does with each figure: Plotly forgets what is under the pointer.
DRAW_ANEW = "id => Plotly.redraw(document.querySelector(`#${id} .js-plotly-plot`))"


@pytest.mark.parametrize("when", ["over it", "pressed"])
def test_a_click_on_the_criteria_chooses_the_number_of_components(home: Page, when: str) -> None:
    """Also while the criteria come one by one, each with another figure."""
    open_criteria(home)
    home.locator("#view-criteria .points path").nth(4).hover(force=True)
    if when == "over it":
        home.evaluate(DRAW_ANEW, "view-criteria")
    home.mouse.down()
    if when == "pressed":
        home.evaluate(DRAW_ANEW, "view-criteria")
    home.mouse.up()
    settled(home, components=5)


# How many rows the table of the criteria has had, one number after the other.
ROWS = """() => {
    window.rows = [];
    new MutationObserver(() => {
        const now = document.querySelectorAll("#criteria-table tbody tr").length;
        if (rows.at(-1) !== now) rows.push(now);
    }).observe(document.documentElement, { childList: true, subtree: true });
}"""


def test_a_worker_that_knows_less_takes_no_criterion_away(home: Page) -> None:
    home.evaluate(ROWS)
    asked = []

    def answer(route: Route) -> None:
        response = route.fetch()
        known = response.json() if response.status == 200 else {}  # busy with what is less urgent
        if "criteria-table.html" not in known:
            return route.fulfill(response=response)
        asked.append(known)
        if len(asked) == 1:
            known["unfinished"] = 10
        if len(asked) == 2:
            known |= {"criteria-table.html": "", "unfinished": 1}
        return route.fulfill(response=response, json=known)

    home.route("**/cards/*.json*", answer)
    with home.expect_response(lambda _: len(asked) > 2):
        home.get_by_role("tab", name="Criteria").click()
    have_all_criteria(home)
    home.unroute_all(behavior="wait")
    rows = home.evaluate("rows")
    assert 10 in rows
    assert rows == sorted(rows)


def test_a_drag_on_the_criteria_chooses_no_number_of_components(page: Page) -> None:
    page.goto("/?slice=30")
    settled(page, slice=30)
    open_criteria(page)
    before = ranges(page, "view-criteria")
    press(page, "view-criteria", "Zoom")
    drag(page, "view-criteria", 40)
    assert within(ranges(page, "view-criteria"), before)
    settled(page, components=3)


def test_a_button_of_a_table_keeps_the_focus_when_the_table_changes(home: Page) -> None:
    """Its row stays the same element, so a press that began before the change ends on it, too."""
    open_criteria(home)
    button = home.get_by_role("button", name="Fit 2 components")
    button.focus()
    home.keyboard.press("Enter")
    settled(home, components=2)
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(button).to_be_focused()
    other = home.get_by_role("button", name="Fit 4 components")
    other.hover()
    home.mouse.down()
    home.evaluate("dash_clientside.set_props('control-components', { value: '3' })")
    settled(home, components=3)
    home.mouse.up()
    settled(home, components=4)


# The element under the middle of a graph's label of a point.
UNDER_LABEL = """id => {
    const box = document.querySelector(`#${id} .hoverlayer text`).getBoundingClientRect();
    const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
    return !document.elementFromPoint(x, y).closest(".hoverlayer") && [x, y];
}"""


def test_the_pointer_meets_the_plot_below_a_label(home: Page) -> None:
    open_criteria(home)
    home.locator("#view-criteria .points path").nth(4).hover(force=True)
    expect(home.locator("#view-criteria .hoverlayer text").first).to_be_attached()
    place = home.evaluate(UNDER_LABEL, "view-criteria")
    assert place
    home.mouse.move(*place)  # without an error


def test_a_graph_that_is_drawn_anew_labels_what_lies_under_a_resting_pointer(home: Page) -> None:
    open_criteria(home)
    home.locator("#view-criteria .points path").nth(4).hover(force=True)
    label = home.locator("#view-criteria .hoverlayer text").first
    expect(label).to_be_attached()
    home.evaluate("document.querySelector('#view-criteria .hoverlayer').replaceChildren()")
    home.evaluate(DRAW_ANEW, "view-criteria")
    expect(label).to_be_attached()


def test_a_label_comes_back_if_the_browser_only_says_that_the_pointer_left(home: Page) -> None:
    """As it does where what lies under the pointer is made anew: no move follows."""
    open_criteria(home)
    home.locator("#view-criteria .points path").nth(4).hover(force=True)
    label = home.locator("#view-criteria .hoverlayer text").first
    expect(label).to_be_attached()
    home.evaluate(
        """() => {
            const plot = document.querySelector("#view-criteria .js-plotly-plot");
            window.left = false;
            plot.once("plotly_unhover", () => { window.left = true; });
            const area = plot.querySelector(".nsewdrag");
            area.dispatchEvent(new MouseEvent("mouseout", { bubbles: true }));
        }"""
    )
    home.wait_for_function("window.left")
    expect(label).to_be_attached()
    home.mouse.move(0, 0)
    expect(label).not_to_be_attached()


# How high the place of the criteria has been in each frame.
HEIGHTS = """() => {
    window.heights = new Set();
    const look = () => {
        const place = document.querySelector("#view-criteria");
        if (place) window.heights.add(place.getBoundingClientRect().height);
        requestAnimationFrame(look);
    };
    look();
}"""


def test_the_criteria_keep_their_height_while_their_table_comes(page: Page) -> None:
    """Else what lies under a pointer moves away."""
    page.goto("/?slice=30")
    settled(page)
    page.evaluate(HEIGHTS)
    open_criteria(page)
    assert len(page.evaluate("[...window.heights]")) == 1


def test_each_graph_has_a_text_made_of_its_numbers(home: Page) -> None:
    def text(graph: str) -> str:
        return home.locator(f"#{graph} .main-svg[role=img]").get_attribute("aria-label") or ""

    assert text("view-histograms").startswith("Histograms of T1 and b0, 4,098 foreground voxels.")
    assert "T1: 3 components at 158" in text("view-histograms")
    assert text("view-joint").startswith("Scatter plot of T1 and b0, 4,098 foreground voxels.")
    step(home, "forward", 31)
    assert "4,098" not in text("view-joint")
