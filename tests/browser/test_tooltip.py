"""The one tooltip: the help of a control, for pointers, keyboards, fingers and screen readers."""

import pytest
from playwright.sync_api import Locator, Page, expect

from scripts.serving import settled
from tests.browser.acting import light, resize
from tests.browser.reading import contrast
from tests.wide import cases

PLANE = "The direction of the slices."


def tooltip(page: Page) -> Locator:
    return page.locator("[role=tooltip]")


def test_a_label_that_is_pointed_at_shows_its_help_until_the_pointer_leaves(home: Page) -> None:
    home.locator("#control-plane-label").hover()
    expect(tooltip(home)).to_be_visible()
    expect(tooltip(home)).to_have_text(PLANE)
    home.locator("#control-plane").hover()
    expect(tooltip(home)).to_be_hidden()


@pytest.mark.wide
def test_the_pointer_may_go_to_the_tooltip_and_read_on(own_page: Page) -> None:
    own_page.goto("/")
    settled(own_page)
    own_page.clock.install()
    own_page.locator("#control-plane-label").hover()
    own_page.clock.run_for(1000)
    expect(tooltip(own_page)).to_be_visible()
    tooltip(own_page).hover()
    own_page.clock.run_for(1000)
    expect(tooltip(own_page)).to_be_visible()


# In one go: on a slow machine a pointer would rest between two events.
PASS_BY = """places => places.forEach((place) => document.querySelector(place).dispatchEvent(
    new PointerEvent("pointerover", { bubbles: true, pointerType: "mouse" })))"""


def test_a_pointer_that_passes_by_opens_nothing(home: Page) -> None:
    home.evaluate(
        """() => {
            window.shown = 0;
            const tip = document.querySelector("[role=tooltip]");
            new MutationObserver(() => { window.shown += !tip.hidden; })
                .observe(tip, { attributes: true });
        }"""
    )
    home.evaluate(PASS_BY, ["#control-plane-label", "main"])
    home.locator("#control-side-label").hover()
    expect(tooltip(home)).to_contain_text("Neurological")
    assert home.evaluate("window.shown") == 1


def test_the_keyboard_shows_the_help_of_the_control_it_reaches(home: Page) -> None:
    home.locator("#control-foreground").focus()
    home.keyboard.press("Tab")
    mask = home.locator("#control-mask")
    expect(mask).to_be_focused()
    expect(tooltip(home)).to_be_visible()
    expect(mask).to_have_accessible_description(
        "The voxels it marks are the foreground. Used when Foreground is “mask”."
    )
    home.keyboard.press("Escape")
    expect(tooltip(home)).to_be_hidden()
    home.keyboard.press("Tab")
    expect(tooltip(home)).to_contain_text("percentiles")
    expect(mask).to_have_accessible_description("")


def test_escape_hides_the_help_of_a_label_that_is_pointed_at(home: Page) -> None:
    home.locator("#control-plane-label").hover()
    expect(tooltip(home)).to_be_visible()
    home.keyboard.press("Escape")
    expect(tooltip(home)).to_be_hidden()


def test_the_help_of_a_control_reached_by_keyboard_scrolls_along(home: Page) -> None:
    resize(home, 1440, 500)
    home.locator("#control-covariance").focus()
    home.keyboard.press("Tab")
    expect(home.locator("#control-seed")).to_be_focused()
    expect(tooltip(home)).to_contain_text("random start")
    before = tooltip(home).bounding_box()["y"]
    home.locator(".controls").evaluate("panel => panel.scrollBy(0, -20)")
    home.wait_for_function(
        """before => {
            const box = document.querySelector("[role=tooltip]").getBoundingClientRect();
            return box.height > 0 && Math.abs(box.top - before - 20) < 1;
        }""",
        arg=before,
    )


def test_a_long_help_at_the_top_goes_below_what_it_explains(home: Page) -> None:
    button = home.locator("#upload-open")
    button.hover()
    expect(tooltip(home)).to_contain_text("Only people with the link can see them.")
    box, explained = tooltip(home).bounding_box(), button.bounding_box()
    assert box["y"] >= explained["y"] + explained["height"]


def test_labels_are_no_tab_stops(home: Page) -> None:
    assert (
        home.locator(".controls [data-help]").evaluate_all(
            "all => all.filter(label => label.tabIndex >= 0).length"
        )
        == 0
    )


@pytest.mark.wide
def test_a_finger_shows_the_help_inside_the_window_and_opens_no_list(
    new_context, server: str
) -> None:
    page = new_context(has_touch=True).new_page()
    page.goto(server)
    settled(page)
    for width in (1440, 768, 390, 320):
        resize(page, width, 800)
        if page.locator(".controls").is_hidden():
            page.locator("#controls-toggle").tap()
        for name in ("study", "y", "reference", "scope"):
            page.locator(f"#control-{name}-label").tap()
            expect(tooltip(page)).to_be_visible()
            box = tooltip(page).bounding_box()
            assert min(box["x"], box["y"]) >= 0, (width, name)
            assert box["x"] + box["width"] <= width, (width, name)
            assert box["y"] + box["height"] <= 800, (width, name)
        expect(page.locator("[role=option]:visible")).to_have_count(0)
        page.locator(".top").tap(position={"x": 2, "y": 2})
        expect(tooltip(page)).to_be_hidden()


@pytest.mark.parametrize("scheme", cases(["light", "dark"], wide=lambda scheme: scheme == "light"))
def test_the_help_can_be_read_in_both_themes(home: Page, scheme: str) -> None:
    light(home, scheme)
    home.locator("#control-plane-label").hover()
    expect(tooltip(home)).to_be_visible()
    ink, paper = tooltip(home).evaluate(
        """tip => ["color", "backgroundColor"].map(property =>
            getComputedStyle(tip)[property].match(/\\d+/g).slice(0, 3).map(Number))"""
    )
    assert contrast(ink, paper) >= 4.5  # WCAG 2.2, 1.4.3
