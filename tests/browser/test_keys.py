"""Keys: what each does, when it is left to a control, and how few stops lead to the slice."""

from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from scripts.serving import settled
from tests.browser.reading import thumb
from tests.images import save_image
from tests.test_readme import rows, section
from tests.wide import cases

MOST_STOPS = 25


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_each_key_of_the_help_does_what_it_says(home: Page) -> None:
    press(home, "]")
    settled(home, slice=31)
    press(home, "[")
    settled(home, slice=30)
    press(home, "5")
    settled(home, components=5)
    press(home, "0")
    settled(home, components=10)
    press(home, "3", "x")
    settled(home, x="b0", y="T1", components=3)
    press(home, "x")
    settled(home, x="T1", y="b0")
    shown = home.locator("#view-labels img").last
    before = shown.evaluate("image => getComputedStyle(image).opacity")
    press(home, "t")
    settled(home, opacity=0)
    expect(shown).to_have_css("opacity", "0")
    press(home, "t")
    expect(shown).to_have_css("opacity", before)
    press(home, "c")
    expect(home.locator(".controls")).to_be_hidden()
    press(home, "c")
    expect(home.locator(".controls")).to_be_visible()
    home.locator("#view-image-y").hover()
    press(home, "f")
    card = home.locator(".card", has=home.locator("#view-image-y"))
    assert card.bounding_box()["width"] == 1440
    press(home, "f")
    head = home.locator("#view-image-x img").bounding_box()
    press(home, "z")
    box = "head => document.querySelector('#view-image-x img').getBoundingClientRect()"
    home.wait_for_function(f"{box}.width != head.width", arg=head)
    press(home, "z")
    home.wait_for_function(f"{box}.width == head.width", arg=head)
    press(home, " ")
    home.wait_for_function("() => Number(new URLSearchParams(location.search).get('slice')) > 31")
    press(home, " ")
    settled(home)
    press(home, "?")
    help_ = home.get_by_role("dialog", name="What this page shows")
    listed = [tuple(row.inner_text().split("\t")) for row in help_.get_by_role("row").all()]
    assert listed == [tuple(row) for row in rows(section("Controls and keys"), "Key")]
    press(home, "4", "Escape")
    expect(help_).to_be_hidden()
    settled(home, components=3)


def test_after_a_pointer_the_arrows_step_the_slices(home: Page) -> None:
    home.locator("#control-components").get_by_text("4", exact=True).click()
    press(home, "ArrowRight")
    settled(home, slice=31, components=4)
    home.get_by_role("tab", name="Criteria").click()
    press(home, "ArrowRight")
    settled(home, slice=32, panel="criteria")
    home.locator("#control-scaling").click()
    home.get_by_role("option", name="robust").click()
    press(home, "ArrowRight")
    settled(home, slice=33, scaling="robust")
    home.get_by_role("checkbox", name="Hide class 2").click(force=True)
    press(home, "ArrowRight")
    settled(home, slice=34, hidden=2)


def test_a_control_that_was_reached_by_keyboard_has_the_arrows(home: Page) -> None:
    home.locator("#control-side input:checked").focus()
    press(home, "Shift+Tab", "ArrowRight")
    settled(home, plane="coronal")
    slice_number = home.evaluate("new URLSearchParams(location.search).get('slice')")
    press(home, "]")
    settled(home, plane="coronal", slice=int(slice_number) + 1)


def test_keys_leave_alone_what_is_typed_and_what_the_browser_does(home: Page) -> None:
    seed = home.locator("#control-seed")
    seed.click()
    seed.fill("45")
    press(home, "6", "ArrowLeft", "x", "c", "?")
    settled(home, seed=456, slice=30, x="T1", components=3)
    seed.blur()
    for held in ("Control", "Alt", "Meta"):
        home.keyboard.down(held)
        home.evaluate(
            """key => dispatchEvent.call(document.body, new KeyboardEvent("keydown", {
                key: "7", bubbles: true, cancelable: true, [`${key}Key`]: true }))""",
            {"Control": "ctrl", "Alt": "alt", "Meta": "meta"}[held],
        )
        home.keyboard.up(held)
    settled(home, components=3)


SEED = "window.dash_component_api.getLayout('control-seed').props.value"


@pytest.mark.wide
def test_typing_waits_for_a_pause_but_enter_and_arrows_act_at_once(own_page: Page) -> None:
    own_page.clock.install()
    own_page.goto("/")
    settled(own_page)
    own_page.clock.pause_at(own_page.evaluate("Date.now() + 1000"))
    seed = own_page.locator("#control-seed")
    for action, value in [
        (lambda: seed.fill("45"), 12345),
        (lambda: seed.press("Enter"), 45),
        (lambda: seed.press("ArrowUp"), 46),
        (lambda: seed.press("7"), 46),
        (lambda: own_page.locator("#control-seed ~ * button").last.click(), 466),
    ]:
        action()
        own_page.clock.run_for(50)
        assert own_page.evaluate(SEED) == value
    own_page.clock.resume()
    settled(own_page, seed=466)


@pytest.mark.parametrize(
    ("field", "typed", "slice_number"),
    cases(
        [("Slice", "42", 42), ("Slice", "999", 69), ("Position in mm", "-50", 17)],
        wide=lambda case: case[1] == "42",
    ),
)
def test_the_slice_and_its_millimetres_can_be_typed(
    home: Page, field: str, typed: str, slice_number: int
) -> None:
    home.get_by_role("textbox", name=field, exact=True).fill(typed)
    press(home, "Enter")
    settled(home, slice=slice_number)
    expect(thumb(home)).to_have_attribute("aria-valuenow", str(slice_number))
    expect(home.get_by_role("textbox", name="Slice", exact=True)).to_have_value(str(slice_number))
    expect(home.locator("#position")).to_contain_text(f"{slice_number} / 69")


FOCUSED = """() => {
    const node = document.activeElement;
    return [
        node.id || node.getAttribute("aria-label") || node.textContent || node.tagName,
        Boolean(node.closest("#control-slice")),
    ];
}"""


@pytest.mark.wide
def test_few_tab_stops_lead_to_the_slice_and_links_skip_them(page: Page) -> None:
    page.goto("/?slice=30")
    settled(page, slice=30)
    stops: list[str] = []
    while True:
        press(page, "Tab")
        name, is_slice = page.evaluate(FOCUSED)
        if is_slice:
            break
        stops.append(name)
        assert len(stops) <= MOST_STOPS, stops
    assert stops[:2] == ["Skip to the slice", "Skip to the numbers"]
    page.get_by_role("link", name="Skip to the slice").focus()
    press(page, "Enter", "ArrowRight")
    settled(page, slice=31)
    expect(thumb(page)).to_be_focused()
    page.get_by_role("link", name="Skip to the numbers").focus()
    press(page, "Enter")
    expect(page.get_by_role("tab", name="Components")).to_be_focused()
    # A list that can be searched opens like all others.
    page.locator("#control-y").focus()
    press(page, "Escape", "Enter")
    expect(page.get_by_role("option", name="b0")).to_be_visible()


@pytest.mark.wide
def test_keys_and_buttons_open_the_studies_one_after_the_other(
    page: Page, studies: tuple[Path, str]
) -> None:
    folder, url = studies
    voxels = np.random.default_rng(1).integers(1, 99, (12, 12, 4))
    for name in ("zz-1/T1", "zz-1/T2", "zz-2/T1", "zz-2/T2"):
        save_image(folder / f"{name}.nii.gz", voxels, dtype=np.uint8)
    page.goto(f"{url}/?study=zz-1&components=2")
    settled(page, study="zz-1")
    press(page, "n")
    settled(page, study="zz-2", components=2)
    expect(page.locator("#control-study")).to_have_value("zz-2")
    page.get_by_role("button", name="Previous study").click()
    settled(page, study="zz-1", components=2)
    press(page, "n", "p")
    settled(page, study="zz-1")


# Steps at all moments of the page's work: each is on screen, or lost, before the next one.
STEPS = """async (count) => {
    const frame = () => new Promise(requestAnimationFrame);
    const slice = () => Number(
        document.querySelector("#control-slice [role=slider]").getAttribute("aria-valuenow")
    );
    const lost = [];
    for (let step = 0; step < count; step += 1) {
        const next = slice() + 1;
        document.getElementById("slice-forward").click();
        for (let frames = 0; slice() !== next && frames < 100; frames += 1) await frame();
        if (slice() !== next) lost.push(next);
        for (let frames = (step * 5) % 8; frames; frames -= 1) await frame();
    }
    return lost;
}"""


@pytest.mark.wide
def test_no_step_is_lost_on_a_slow_machine(home: Page) -> None:
    """Dash and Mantine answer to one step when the next has been made."""
    session = home.context.new_cdp_session(home)
    session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    try:
        assert home.evaluate(STEPS, 16) == []
    finally:
        session.send("Emulation.setCPUThrottlingRate", {"rate": 1})
        session.detach()
    settled(home, slice=46)


def test_undo_and_redo_go_through_the_pages_own_changes_and_never_out_of_it(home: Page) -> None:
    undo, redo = (home.get_by_role("button", name=name, exact=True) for name in ("Undo", "Redo"))
    expect(undo).to_be_disabled()
    press(home, "5")
    settled(home, components=5)
    press(home, "]")
    settled(home, components=5, slice=31)
    press(home, "Control+z")
    settled(home, components=5, slice=30)
    press(home, "Control+z", "Control+z", "Control+z")
    settled(home, components=3, slice=30)
    expect(undo).to_be_disabled()
    press(home, "Control+Shift+z")
    settled(home, components=5, slice=30)
    redo.click()
    settled(home, components=5, slice=31)
    expect(redo).to_be_disabled()
    undo.click()
    settled(home, components=5, slice=30)
    press(home, "x")  # another change takes the place of what was undone
    settled(home, x="b0")
    expect(redo).to_be_disabled()
    seed = home.locator("#control-seed")
    seed.press("Control+z")  # the field's own
    seed.blur()
    settled(home, x="b0", components=5, slice=30)
