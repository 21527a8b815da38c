"""How a fit is controlled, and what the page says of one that is not to be trusted."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, Request, expect

from scripts.serving import settled
from tests.browser.acting import address, choose, open_view
from tests.images import save_image

# An ADC map in mm2/s and in m2/s, and the same in whole numbers.
UNITS = {"mm": 1.0, "m": 1e-6, "whole": 1e5}
HINT = "#view-starts"
SENT = "url => performance.getEntriesByName(url).map((entry) => entry.transferSize)"


@pytest.fixture(scope="module")
def url(studies: tuple[Path, str]) -> str:
    data, url = studies
    chance = np.random.default_rng(0)
    shape = (30, 30, 4)
    kind = chance.choice(3, shape, p=[0.4, 0.4, 0.2])
    means, sds = np.array([7e-4, 8.4e-4, 3e-3]), np.array([4e-5, 6e-5, 3e-4])
    adc = means[kind] + sds[kind] * chance.normal(size=shape)
    adc[0, 0, :] = 0.00353
    for name, unit in UNITS.items():
        voxels = np.rint(adc * unit) if name == "whole" else adc * unit
        save_image(data / f"adc-{name}/ADC.nii", voxels, dtype=np.float64)
    return url


def likelihood(page: Page) -> float:
    """Log-likelihood per voxel that the card of the components shows."""
    text = page.locator("#view-components .facts").inner_text()
    return float(text.split("log-likelihood")[1].split()[0].replace("−", "-"))


@pytest.mark.wide
def test_a_better_start_is_offered_and_taken(lab: Page, url: str) -> None:
    open_view(lab, f"{url}/?study=adc-mm&slice=1")
    before = likelihood(lab)
    expect(lab.locator(HINT)).to_contain_text("Another start fits better")
    lab.get_by_role("button", name="Use the best of 10 starts").click()
    expect(lab.locator("#control-starts")).to_have_value("10")
    settled(lab, starts=10)
    assert likelihood(lab) > before + 0.05
    expect(lab.locator(HINT)).to_be_empty()


def test_a_field_that_is_set_back_soon_stays_so(lab: Page, url: str) -> None:
    open_view(lab, f"{url}/?study=adc-mm&slice=1")
    # What is typed is heard of after a pause: meanwhile all other fields come to rest.
    lab.locator("#control-seed").fill("6")
    settled(lab, seed=6)
    for held, query in (("10", {"starts": 10}), ("''", {})):
        lab.evaluate(f"dash_clientside.set_props('control-starts', {{ value: {held} }})")
        settled(lab, **query)
    lab.locator("#control-seed").fill("7")
    settled(lab, seed=7)
    expect(lab.locator("#control-starts")).to_have_value("")
    assert "starts" not in lab.url


def test_a_view_without_a_number_of_starts_empties_their_field(lab: Page, url: str) -> None:
    open_view(lab, f"{url}/?study=adc-mm&slice=1&starts=10")
    expect(lab.locator("#control-starts")).to_have_value("10")
    open_view(lab, f"{url}/?study=adc-mm&slice=1")
    expect(lab.locator("#control-starts")).to_have_value("")
    lab.keyboard.press("4")
    settled(lab, components=4)
    assert "starts" not in lab.url


def test_a_fit_of_the_whole_head_stays_while_slices_change(lab: Page, url: str) -> None:
    open_view(lab, f"{url}/?study=adc-mm&slice=1")
    lab.get_by_text("whole head", exact=True).click()
    settled(lab, scope="volume")
    table = lab.locator("#view-components")
    expect(table).to_contain_text("Volumes are of the whole head.")
    expect(table).to_contain_text("3,600 foreground voxels")
    head = table.inner_html()
    picture = lab.get_by_alt_text("Label map", exact=True)
    before = picture.first.get_attribute("src")
    lab.keyboard.press("ArrowRight")
    settled(lab, slice=2, scope="volume")
    assert picture.first.get_attribute("src") != before
    assert table.inner_html() == head
    lab.go_back()
    lab.go_back()
    settled(lab, slice=1, scope="slice")
    expect(table).to_contain_text("900 foreground voxels")


KEEP_GRAPHS = """() => { window.graphs = ["histograms", "joint"]
    .map((name) => document.querySelector(`#view-${name} .js-plotly-plot`))
    .map((node) => [node, node.data]); }"""


COMPONENTS_OVER = """() => {
    const found = (where) => [...document.querySelectorAll(`#view-joint ${where}`)];
    const drawn = (path) => {
        const { x, y, width, height } = path.getBoundingClientRect();
        return `${[x, y, width, height].map(Math.round)} ${getComputedStyle(path).stroke}`;
    };
    const [[layer], [copy]] = [".slice-layer", ".components-over"].map(found);
    return {
        copied: found(".components-over path").map(drawn),
        drawn: found(".js-plotly-plot .scatterlayer path").map(drawn),
        isAbove: layer.compareDocumentPosition(copy) === Node.DOCUMENT_POSITION_FOLLOWING,
    };
}"""
TWICE_AS_WIDE = """width => Math.abs(document.querySelector(".slice-layer img")
    .getBoundingClientRect().width / width - 2) < 0.01"""


def test_a_step_draws_the_slice_anew_over_the_graphs_of_the_head(home: Page) -> None:
    layers = home.locator(".slice-layer")
    expect(layers).to_have_count(0)
    home.get_by_text("whole head", exact=True).click()
    settled(home, scope="volume")
    expect(layers).to_have_count(3)
    outlined, points = layers.locator("path").first, layers.locator("img")
    before = [outlined.get_attribute("d"), points.get_attribute("src")]
    home.evaluate(KEEP_GRAPHS)
    home.keyboard.press("ArrowRight")
    settled(home, slice=31)
    assert home.evaluate("graphs.every(([node, data]) => node.isConnected && node.data === data)")
    after = [outlined.get_attribute("d"), points.get_attribute("src")]
    assert all(one != other for one, other in zip(before, after, strict=True))
    # Below the components, which stay as they are: a copy of them lies over it.
    over = home.evaluate(COMPONENTS_OVER)
    assert over["isAbove"]
    assert over["copied"] == over["drawn"]
    assert len(over["drawn"]) > 3 * 4
    # It lies where the axes are, also once they are zoomed.
    layer, plot = (home.locator(f"#view-joint {part}").first.bounding_box()
                   for part in (".slice-layer", ".nsewdrag"))  # fmt: skip
    assert layer == {side: pytest.approx(value, abs=1.5) for side, value in plot.items()}
    width = points.bounding_box()["width"]
    home.locator("#view-joint").hover()
    home.locator("#view-joint [data-attr=zoom][data-val=in]").click()
    home.wait_for_function(TWICE_AS_WIDE, arg=width)
    home.locator("#view-joint [data-attr=zoom][data-val=reset]").click()
    home.get_by_text("this slice", exact=True).click()
    settled(home, scope="slice")
    expect(layers).to_have_count(0)


def test_one_component_more_or_less_of_a_head_is_there_before_it_is_asked_for(
    page: Page, url: str
) -> None:
    early: list[str] = []

    def note(asked: Request) -> None:
        if asked.headers.get("x-ahead"):
            early.append(asked.url)

    def cards_at_1(components: int) -> Callable[[Request], bool]:
        parts = "/cards/", "slice=1&", f"components={components}&"
        return lambda asked: asked.url in early and all(part in asked.url for part in parts)

    page.on("request", note)
    with page.expect_request(cards_at_1(2)) as last:
        page.goto(f"{url}/?study=adc-mm&slice=1&scope=volume&components=3")
    last.value.response().finished()
    (more,) = (one for one in early if "/cards/" in one and "components=4&" in one)
    # Once for a fit, and not for each slice.
    with page.expect_request(cards_at_1(3)) as last:
        page.keyboard.press("4")
        settled(page, components=4)
        sent = page.evaluate(SENT, more)
        assert sent[0] > 0
        assert sent[1:] == [0]  # from the browser's cache
    last.value.response().finished()
    early.clear()
    with page.expect_request(lambda asked: "/axial/3.json" in asked.url and asked.url in early):
        page.keyboard.press("ArrowRight")
        settled(page, slice=2)
    asked = [one for one in early if "/cards/" in one]
    assert asked
    assert all("components=4&" in one for one in asked)


@pytest.mark.wide
def test_the_hint_of_one_slice_is_not_shown_beside_another(lab: Page, url: str) -> None:
    open_view(lab, f"{url}/?study=adc-mm&slice=1")
    expect(lab.locator(HINT)).to_contain_text("Another start fits better")
    lab.locator("#control-components").get_by_text("1", exact=True).click()
    settled(lab, components=1)
    expect(lab.locator(HINT)).to_be_empty()
    lab.locator("#control-components").get_by_text("3", exact=True).click()
    expect(lab.locator(HINT)).to_contain_text("Another start fits better")


def test_a_hint_comes_also_when_a_control_repeats_itself_while_the_page_rests(
    page: Page, url: str
) -> None:
    """As Dash does, which hands controls what they hold when it finds the time."""
    with page.expect_request(lambda request: request.headers.get("x-ahead") == "1"):
        page.goto(f"{url}/?study=adc-mm&slice=1")
    settled(page)
    page.evaluate("dash_clientside.set_props('control-components', { value: '3' })")
    expect(page.locator(HINT)).to_contain_text("Another start fits better")


@pytest.mark.wide
def test_tolerance_and_starts_are_set_by_their_controls(page: Page, url: str) -> None:
    open_view(page, f"{url}/?study=adc-mm&slice=1")
    page.get_by_text("Tolerance, starts and prior").click()
    choose(page, "control-tolerance", "1e-6")
    settled(page, tolerance="1e-6")
    page.locator("#control-starts").fill("3")
    settled(page, tolerance="1e-6", starts=3)
    # A link opens what it says, and unfolds it.
    open_view(page, page.url)
    expect(page.locator("#control-tolerance")).to_be_visible()
    assert page.locator("#control-tolerance").input_value() == "1e-6"
    assert page.locator("#control-starts").input_value() == "3"


def thumbs(page: Page) -> Any:
    return page.locator("#control-window-x [role=slider]")


WINDOWS = [("mm", "0.0005", "0.0015"), ("m", "5e-10", "1.5e-9"), ("whole", "50", "150")]


@pytest.mark.wide
@pytest.mark.parametrize(("name", "low", "high"), WINDOWS)
def test_a_window_is_set_as_finely_in_any_unit(
    page: Page, url: str, name: str, low: str, high: str
) -> None:
    open_view(page, f"{url}/?study=adc-{name}&slice=1&window_x={low}:{high}")
    assert [thumbs(page).nth(n).get_attribute("aria-valuenow") for n in (0, 1)] == [low, high]
    # One step is at most 1 / 500 of the range, and comes back.
    before = page.url
    thumbs(page).nth(0).press("ArrowRight")
    expect(page).not_to_have_url(before)
    settled(page)
    moved = float(address(page)["window_x"].split(":")[0])
    assert 0 < moved - float(low) <= 0.00353 * UNITS[name] / 500
    thumbs(page).nth(0).press("ArrowLeft")
    settled(page, window_x=f"{low}:{high}")


@pytest.mark.wide
def test_few_whole_numbers_have_bins_of_their_own_and_the_page_says_so(lab: Page, url: str) -> None:
    open_view(lab, f"{url}/?study=adc-whole&slice=1&before=1")
    expect(lab.locator("#head-histograms")).to_contain_text("bins of")
    open_view(lab, f"{url}/?study=adc-mm&slice=1&before=1")
    expect(lab.locator("#head-histograms")).to_contain_text("before and after zero removal")
