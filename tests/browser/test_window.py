"""The window of an image: handles on its scale, the right button on its picture, and numbers."""

import re
from typing import Any

import numpy as np
from playwright.sync_api import Page, expect

from scripts.serving import settled
from tests.browser.acting import address
from tests.browser.reading import picture


def window(page: Page, which: str) -> list[float]:
    return [float(end) for end in address(page)[f"window_{which}"].split(":")]


def middle(box: Any) -> tuple[float, float]:
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_a_handle_sets_the_window_and_the_picture_follows_it_at_once(home: Page) -> None:
    before = picture(home, "view-image-x")[..., 0].astype(float)
    bar = home.locator("#control-window-x")
    white = bar.get_by_role("slider", name="Image X, white")
    own = float(white.get_attribute("aria-valuenow") or "")
    x, y = middle(white.bounding_box())
    home.mouse.move(x, y)
    home.mouse.down()
    home.mouse.move(x, y + 60, steps=3)
    shown = home.locator("#view-image-x img")
    expect(shown).to_have_css("filter", re.compile("window-x"))
    assert "window_x" not in home.url
    home.mouse.up()
    home.wait_for_url(re.compile("window_x"))
    settled(home)
    expect(shown).to_have_css("filter", "none")
    low, high = window(home, "x")
    assert low == 0
    assert own * 0.5 < high < own * 0.9
    after = picture(home, "view-image-x")[..., 0].astype(float)
    unclipped = (after < 255) & (before < 255)
    assert np.abs(after - before * own / high)[unclipped].max() <= 1.5
    # By keys, as numbers, by percentiles; and back to the image's own.
    white.press("ArrowUp")
    home.wait_for_function("high => !location.search.includes(high)", arg=f"%3A{high:g}")
    settled(home)
    bar.locator(".scale-numbers").click()
    panel = home.get_by_role("dialog", name="Window of T1")
    panel.get_by_label("White").fill("222")
    panel.get_by_label("White").press("Enter")
    settled(home, window_x="0:222")
    expect(panel).to_be_hidden()
    white.press("Enter")
    panel.get_by_role("button", name="2–98 %", exact=True).click()
    home.wait_for_function("() => !location.search.includes('222')")
    settled(home)
    assert window(home, "x")[0] > 0
    home.keyboard.press("Escape")
    home.go_back()
    settled(home, window_x="0:222")
    white.dblclick()
    home.wait_for_function("() => !location.search.includes('window_x')")
    settled(home)
    assert float(white.get_attribute("aria-valuenow") or "") == own


def test_a_drag_with_the_right_button_sets_the_window(home: Page) -> None:
    x, y = middle(home.locator("#view-image-y").bounding_box())
    home.mouse.move(x, y)
    home.mouse.down(button="right")
    home.mouse.move(x + 40, y - 30, steps=3)
    home.mouse.up(button="right")
    home.wait_for_url(re.compile("window_y"))
    settled(home)
    assert "window_x" not in home.url
    assert "at=" not in home.url
