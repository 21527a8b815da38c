"""The one tooltip: the help of a control, for pointers, keyboards, fingers and screen readers."""

import pytest
from playwright.sync_api import Locator, Page, expect

from scripts.serving import settled

PLANE = "The direction of the slices."


@pytest.fixture
def opened(page: Page) -> Page:
    page.goto("/")
    settled(page)
    return page


def tooltip(page: Page) -> Locator:
    return page.locator("[role=tooltip]")


def test_a_label_that_is_pointed_at_shows_its_help_until_the_pointer_leaves(opened: Page) -> None:
    opened.locator("#control-plane-label").hover()
    expect(tooltip(opened)).to_be_visible()
    expect(tooltip(opened)).to_have_text(PLANE)
    opened.locator("#control-plane").hover()
    expect(tooltip(opened)).to_be_hidden()


def test_the_pointer_may_go_to_the_tooltip_and_read_on(own_page: Page) -> None:
    opened = own_page
    opened.goto("/")
    settled(opened)
    opened.clock.install()
    opened.locator("#control-plane-label").hover()
    opened.clock.run_for(1000)
    expect(tooltip(opened)).to_be_visible()
    tooltip(opened).hover()
    opened.clock.run_for(1000)
    expect(tooltip(opened)).to_be_visible()


def test_a_pointer_that_passes_by_opens_nothing(opened: Page) -> None:
    opened.evaluate(
        """() => {
            window.shown = 0;
            const tip = document.querySelector("[role=tooltip]");
            new MutationObserver(() => { window.shown += !tip.hidden; })
                .observe(tip, { attributes: true });
        }"""
    )
    label = opened.locator("#control-plane-label")
    label.dispatch_event("pointerover", {"bubbles": True, "pointerType": "mouse"})
    opened.locator("main").dispatch_event("pointerover", {"bubbles": True, "pointerType": "mouse"})
    opened.locator("#control-side-label").hover()
    expect(tooltip(opened)).to_contain_text("Neurological")
    assert opened.evaluate("window.shown") == 1


def test_the_keyboard_shows_the_help_of_the_control_it_reaches(opened: Page) -> None:
    opened.locator("#control-foreground").focus()
    opened.keyboard.press("Tab")
    mask = opened.locator("#control-mask")
    expect(mask).to_be_focused()
    expect(tooltip(opened)).to_be_visible()
    expect(mask).to_have_accessible_description(
        "Its voxels above 0 are the foreground. Used when Foreground is “inside a mask”."
    )
    opened.keyboard.press("Escape")
    expect(tooltip(opened)).to_be_hidden()
    opened.keyboard.press("Tab")
    expect(tooltip(opened)).to_contain_text("percentiles")
    expect(mask).to_have_accessible_description("")


def test_escape_hides_the_help_of_a_label_that_is_pointed_at(opened: Page) -> None:
    opened.locator("#control-plane-label").hover()
    expect(tooltip(opened)).to_be_visible()
    opened.keyboard.press("Escape")
    expect(tooltip(opened)).to_be_hidden()


def test_the_help_of_a_control_reached_by_keyboard_scrolls_along(opened: Page) -> None:
    opened.locator("#control-bins [role=slider]").focus()
    opened.keyboard.press("Tab")
    expect(opened.get_by_role("slider", name="Label opacity (%)")).to_be_focused()
    expect(tooltip(opened)).to_have_text("How strongly the label map covers image X.")
    before = tooltip(opened).bounding_box()["y"]
    opened.locator(".controls").evaluate("panel => panel.scrollBy(0, -20)")
    opened.wait_for_function(
        """before => {
            const box = document.querySelector("[role=tooltip]").getBoundingClientRect();
            return box.height > 0 && Math.abs(box.top - before - 20) < 1;
        }""",
        arg=before,
    )


def test_a_long_help_at_the_top_goes_below_what_it_explains(opened: Page) -> None:
    button = opened.locator("#upload-open")
    button.hover()
    expect(tooltip(opened)).to_contain_text("Only people with the link can see them.")
    box, explained = tooltip(opened).bounding_box(), button.bounding_box()
    assert box["y"] >= explained["y"] + explained["height"]


def test_labels_are_no_tab_stops(opened: Page) -> None:
    assert (
        opened.locator(".controls [data-help]").evaluate_all(
            "all => all.filter(label => label.tabIndex >= 0).length"
        )
        == 0
    )


@pytest.mark.parametrize("width", [320, 390, 768, 1440])
def test_a_finger_shows_the_help_inside_the_window_and_opens_no_list(
    new_context, server: str, width: int
) -> None:
    page = new_context(has_touch=True).new_page()
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(server)
    settled(page)
    if width < 700:
        page.locator("#controls-toggle").tap()
    for name in ("study", "y", "reference", "palette"):
        page.locator(f"#control-{name}-label").tap()
        expect(tooltip(page)).to_be_visible()
        box = tooltip(page).bounding_box()
        assert box["x"] >= 0
        assert box["y"] >= 0
        assert box["x"] + box["width"] <= width
        assert box["y"] + box["height"] <= 800
    expect(page.locator("[role=option]:visible")).to_have_count(0)
    page.locator("h1").tap()
    expect(tooltip(page)).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_help_can_be_read_in_both_themes(new_context, server: str, scheme: str) -> None:
    page = new_context(color_scheme=scheme).new_page()
    page.goto(server)
    settled(page)
    page.locator("#control-plane-label").hover()
    expect(tooltip(page)).to_be_visible()
    ink, paper = tooltip(page).evaluate(
        """tip => ["color", "backgroundColor"].map(property =>
            getComputedStyle(tip)[property].match(/\\d+/g).slice(0, 3).map(Number))"""
    )
    lighter, darker = sorted((luminance(ink), luminance(paper)), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= 4.5  # WCAG 2.2, 1.4.3


def luminance(colour: list[int]) -> float:
    """Relative luminance of an sRGB colour, as WCAG defines it."""
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (v / 255 for v in colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
