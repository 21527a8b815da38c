"""The page itself: keys, light and dark, narrow screens, help."""

import pytest
from playwright.sync_api import Page, expect

from scripts.serving import settled
from tests.browser.reading import table, thumb

CONTROLS = [
    "study", "x", "y", "plane", "slice", "play", "scope", "components", "covariance", "scaling",
    "foreground", "seed",
]  # fmt: skip
VIEWS = ["image-x", "image-y", "labels", "histograms", "joint", "components"]


@pytest.fixture
def opened(page: Page) -> Page:
    page.goto("/")
    settled(page)
    return page


def test_every_linked_view_is_visible_without_scrolling(opened: Page) -> None:
    assert opened.evaluate("document.documentElement.scrollHeight") <= 900
    for name in VIEWS:
        box = opened.locator(f"#view-{name}").bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 1440
        assert box["y"] + box["height"] <= 900
        assert min(box["width"], box["height"]) > 150


def test_every_control_of_the_contract_is_there(opened: Page) -> None:
    for name in CONTROLS:
        expect(opened.locator(f"#control-{name}")).to_be_attached()


def test_keys_move_through_the_slices(opened: Page) -> None:
    for key, slice_number in [
        ("ArrowRight", 31), ("ArrowLeft", 30), ("PageUp", 40), ("PageDown", 30)
    ]:  # fmt: skip
        opened.keyboard.press(key)
        settled(opened, slice=slice_number)
    thumb(opened).focus()
    opened.keyboard.press("End")
    settled(opened, slice=69)
    opened.keyboard.press("Home")
    settled(opened, slice=0)


def test_the_wheel_over_an_image_moves_through_the_slices(opened: Page) -> None:
    opened.locator("#view-image-x img").hover()
    opened.mouse.wheel(0, -100)
    settled(opened, slice=32)


def test_play_runs_until_paused(opened: Page) -> None:
    button = opened.locator("#control-play")
    button.click()
    opened.wait_for_function("Number(new URLSearchParams(location.search).get('slice')) > 32")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "false")
    settled(opened)
    position = opened.evaluate("new URLSearchParams(location.search).get('slice')")
    expect(thumb(opened)).to_have_attribute("aria-valuenow", position)


def test_the_theme_follows_the_system_and_the_button(opened: Page) -> None:
    def brightness() -> int:
        return opened.evaluate(
            "() => Number(getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0])"
        )

    assert brightness() > 200
    opened.emulate_media(color_scheme="dark")
    opened.wait_for_function(
        "Number(getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0]) < 60"
    )
    opened.locator("#colour-scheme").click()
    opened.wait_for_function(
        "Number(getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0]) > 200"
    )


@pytest.mark.parametrize("width", [390, 800, 1200, 2560])
def test_no_width_scrolls_sideways_or_overlaps(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto("/")
    settled(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    boxes = [card.bounding_box() for card in page.locator(".card").all()]
    assert len(boxes) == 6
    for n, a in enumerate(boxes):
        for b in boxes[n + 1 :]:
            apart_x = a["x"] + a["width"] <= b["x"] or b["x"] + b["width"] <= a["x"]
            apart_y = a["y"] + a["height"] <= b["y"] or b["y"] + b["height"] <= a["y"]
            assert apart_x or apart_y


def test_a_phone_opens_its_controls_with_the_menu_and_keeps_the_slices_in_reach(
    page: Page,
) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/")
    settled(page)
    bar = page.locator(".slice-bar").bounding_box()
    assert bar["y"] + bar["height"] <= 844
    expect(page.locator(".controls")).to_be_hidden()
    page.locator("#controls-toggle").click()
    expect(page.locator(".controls")).to_be_visible()


def test_the_header_tab_prints_what_the_notebook_prints(opened: Page) -> None:
    opened.get_by_role("tab", name="Header").click()
    settled(opened, panel="header")
    rows = {row[0]: row[1:] for row in table(opened, "view-header")}
    assert rows["dim"] == ["[ 3 128 128 70 1 1 1 1]"] * 2
    assert rows["get_xyzt_units()"] == ["('mm', 'sec')"] * 2
    assert rows["voxel size (mm)"] == ["2 × 2 × 2.2"] * 2


def test_the_criteria_tab_compares_numbers_of_components(opened: Page) -> None:
    opened.get_by_role("tab", name="Criteria").click()
    settled(opened, panel="criteria")
    expect(opened.locator("#view-criteria")).to_contain_text("BIC")


def test_help_explains_the_views_and_keeps_the_keys_to_itself(opened: Page) -> None:
    button = opened.locator("#help-button")
    button.click()
    dialog = opened.get_by_role("dialog", name="What this page shows")
    expect(dialog).to_contain_text("Label map")
    opened.keyboard.press("ArrowRight")
    opened.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(button).to_be_focused()
    settled(opened, slice=30)


def test_no_figure_offers_to_upload_itself(opened: Page) -> None:
    titles = opened.locator(".modebar-btn").evaluate_all("all => all.map(b => b.dataset.title)")
    assert titles
    assert not [title for title in titles if "hare" in title or "loud" in title]


def test_a_switch_answers_to_the_mouse(opened: Page) -> None:
    opened.get_by_role("switch", name="Log counts").click()
    settled(opened, log="1")
