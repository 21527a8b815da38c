"""Two views of a study at one place, by a key that flicks between them."""

import pytest
from playwright.sync_api import Page, expect

from scripts.serving import settled
from tests.browser.reading import table


@pytest.mark.wide
def test_a_key_flicks_between_two_models_at_one_place(home: Page) -> None:
    button = home.locator("#compare")
    expect(button.locator(":visible")).to_have_text("Compare")
    home.keyboard.press("b")
    expect(home.get_by_role("status").filter(has_text="kept as A")).to_be_visible()
    expect(button.locator("b")).to_have_text("A")
    home.keyboard.press("4")
    settled(home, components=4)
    expect(button.locator("b")).to_have_text("B")
    assert len(table(home, "view-components")) == 4
    expect(button).to_have_attribute("title", "A: components 3. B: components 4. "
                                     "Flick between A and B (b)")  # fmt: skip
    # Where one looks stays.
    home.keyboard.press("ArrowRight")
    settled(home, components=4, slice=31)
    home.keyboard.press("b")
    settled(home, components=3, slice=31)
    expect(button.locator("b")).to_have_text("A")
    assert len(table(home, "view-components")) == 3
    # By the button it goes back, from where one is now.
    home.keyboard.press("ArrowRight")
    settled(home, slice=32)
    button.click()
    settled(home, components=4, slice=32)
    # What is no more A is B.
    home.keyboard.press("5")
    settled(home, components=5)
    home.keyboard.press("b")
    settled(home, components=3)
    home.keyboard.press("b")
    settled(home, components=5, slice=32)
    home.keyboard.press("Shift+B")
    expect(button.locator(":visible")).to_have_text("Compare")
    expect(home.locator("#compare-end")).to_be_hidden()
