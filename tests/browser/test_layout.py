"""The page's layout: at any size nothing overlaps or is cut, and the controls leave room."""

from itertools import cycle
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from scripts.serving import settled
from tests.browser.acting import light, resize
from tests.wide import cases

SIZES = [
    (320, 700), (390, 844), (768, 1024), (1024, 768), (1200, 800), (1280, 720), (1440, 900),
    (1920, 1080), (2560, 1440), (720, 450), (844, 390),
]  # fmt: skip

# What is written or pressed, with the part of the page that has to hold it; and what of it is
# outside, on something else of that part, or cut. Pictures and graphs are the ground of a card.
FAULTS = """() => {
    const HOLDERS = ["header.top", "section.card", ".slice-bar"];
    const CHROME = "header.top > :not(.progress), .card h2, .tools > *, .full-screen-button, " +
        ".tabs [role=tab], .slice-bar :is(button, select), .slice-slider, .slice-bar .place, " +
        ".readout, .class-chip";
    const isSeen = (node) => node.checkVisibility() && node.getBoundingClientRect().width > 1;
    const nameOf = (node) => node.id || `${node.className} ${node.textContent}`.slice(0, 40);
    const boxes = new Map([...document.querySelectorAll(CHROME)].filter(isSeen)
        .map((node) => [node, node.getBoundingClientRect()]));
    const faults = [];
    for (const holder of document.querySelectorAll(HOLDERS.join())) {
        const outer = holder.getBoundingClientRect();
        const inside = [...boxes].filter(([node]) => holder.contains(node));
        inside.forEach(([node, box], index) => {
            if (box.left < outer.left - 1 || box.right > outer.right + 1 ||
                box.top < outer.top - 1 || box.bottom > outer.bottom + 1) {
                faults.push(`${nameOf(node)} leaves ${nameOf(holder)}`);
            }
            for (const [other, next] of inside.slice(index + 1)) {
                const isApart = box.right <= next.left + 1 || next.right <= box.left + 1 ||
                    box.bottom <= next.top + 1 || next.bottom <= box.top + 1;
                if (!isApart) faults.push(`${nameOf(node)} is on ${nameOf(other)}`);
            }
        });
    }
    for (const title of document.querySelectorAll(".card h2")) {
        if (title.scrollWidth > title.clientWidth) faults.push(`${nameOf(title)} is cut`);
    }
    const { scrollHeight } = document.documentElement;
    if (innerWidth >= 1200 && scrollHeight > innerHeight) {
        faults.push(`the page is ${scrollHeight} px high`);
    }
    const cards = [...document.querySelectorAll(".card")];
    cards.forEach((card, index) => cards.slice(index + 1).forEach((other) => {
        const [a, b] = [card, other].map((one) => one.getBoundingClientRect());
        const isApart = a.right <= b.left || b.right <= a.left ||
            a.bottom <= b.top || b.bottom <= a.top;
        if (!isApart) faults.push("two cards overlap");
    }));
    return faults;
}"""
# Each size is seen in both, one way or the other.
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
FITS = "() => document.documentElement.scrollWidth <= innerWidth"
RESTS = """() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"""


@pytest.mark.parametrize(
    ("query", "controls"),
    cases([("", False), ("", True), ("scope=volume&layout=planes", False)], wide=any),
    ids=["as it opens", "controls beside it", "the head in three planes"],
)  # fmt: skip
def test_at_any_size_nothing_overlaps_or_is_cut(page: Page, query: str, controls: bool) -> None:
    page.goto(f"/?{query}")
    settled(page)
    if controls:  # where they are folded, too, until somebody asks
        resize(page, 768, 1024)
        page.locator("#controls-toggle").click()
        expect(page.locator(".controls")).to_be_visible()
    faults = {}
    for (width, height), scheme in zip(SIZES, cycle(SCHEMES if controls else SCHEMES[::-1])):
        light(page, scheme)
        resize(page, width, height)
        page.wait_for_function(FITS)
        faults[width, height, scheme] = page.evaluate(FAULTS)
    assert {size: found for size, found in faults.items() if found} == {}


def test_the_controls_fit_without_scrolling_and_the_wheel_over_them_leaves_the_page(
    page: Page,
) -> None:
    page.goto("/")
    settled(page)
    controls = page.locator(".controls")
    assert controls.evaluate("panel => panel.scrollHeight <= panel.clientHeight")
    resize(page, 1440, 600)
    controls.hover()
    page.mouse.wheel(0, 3000)
    page.wait_for_function("() => document.querySelector('.controls').scrollTop > 0")
    page.mouse.wheel(0, 3000)
    page.evaluate(RESTS)
    assert page.evaluate("scrollY") == 0


@pytest.mark.wide
def test_folded_controls_leave_their_room_to_the_views_and_stay_folded(page: Page) -> None:
    page.goto("/")
    settled(page)
    button = page.get_by_role("button", name="Controls", exact=True)
    expect(button).to_have_attribute("aria-expanded", "true")
    button.click()
    expect(button).to_have_attribute("aria-expanded", "false")
    page.reload()
    settled(page)
    expect(page.locator(".controls")).to_be_hidden()
    assert page.locator("main").bounding_box()["width"] == 1440
    page.keyboard.press("c")
    expect(page.locator(".controls")).to_be_visible()
    # On a tablet images and labels then stand in one row, each as large.
    resize(page, 768, 1024)
    page.keyboard.press("c")
    boxes = [card.bounding_box() for card in page.locator(".image-card").all()]
    assert len({(box["y"], round(box["width"]), box["height"]) for box in boxes}) == 1


@pytest.mark.wide
def test_on_a_phone_the_controls_are_a_sheet_below_the_views(new_context, server: str) -> None:
    page = new_context(has_touch=True).new_page()
    resize(page, 390, 844)
    page.goto(server)
    settled(page)
    sheet, button = page.locator(".controls"), page.locator("#controls-toggle")
    expect(sheet).to_be_hidden()
    page.locator("#view-labels").scroll_into_view_if_needed()
    button.tap()
    box = sheet.bounding_box()
    assert (box["x"], box["width"], box["y"] + box["height"]) == (0, 390, 844)
    assert box["height"] <= 844 / 2
    page.locator("#control-components").get_by_text("4", exact=True).tap()
    settled(page, components=4)
    # What changes is seen above the sheet, and so is the bar of the slices.
    bar = page.locator(".slice-bar").bounding_box()
    labels = page.locator("#view-labels").bounding_box()
    assert labels["y"] < bar["y"] < bar["y"] + bar["height"] <= box["y"]
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    expect(button).to_be_focused()
    button.tap()
    sheet.evaluate("panel => panel.scrollTo(0, 0)")
    touch = page.context.new_cdp_session(page)
    for kind, y in [("touchStart", 440), ("touchMove", 500), ("touchMove", 560), ("touchEnd", 0)]:
        points = [{"x": 195, "y": y}] if y else []
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    expect(sheet).to_be_hidden()
