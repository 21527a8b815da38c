"""The check of a study above its pictures, and its remedies, by mouse and keyboard."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from scripts.serving import settled
from tests.browser.acting import choose, fitted, open_view, resize
from tests.browser.reading import table
from tests.images import save_image
from tests.wide import cases


@pytest.fixture(scope="module")
def url(studies: tuple[Path, str]) -> str:
    """Serve a sound study, one with z-scores, and one whose images lie on two grids."""
    data, url = studies
    random = np.random.default_rng(6)
    inside = np.zeros((24, 24, 16), dtype=bool)
    inside[4:-4, 4:-4, 2:-2] = True

    def save(name: str, low: float, high: float, background: float, affine: Any) -> None:
        voxels = np.where(inside, random.uniform(low, high, inside.shape), background)
        save_image(data / name, voxels, affine)

    save("sound/T1.nii", 50, 400, 0, np.eye(4))
    save("sound/T2.nii", 50, 400, 0, np.eye(4))
    save("zscored/T1.nii", -2, 2, -5, np.eye(4))
    save("zscored/T2.nii", -2, 2, -5, np.eye(4))
    save("apart/T1.nii", 50, 400, 0, np.diag([2, 2, 2, 1]))
    save("apart/T2.nii", 50, 400, 0, np.diag([2, 2, 3, 1]))
    return url


def test_a_sound_study_is_one_closed_line(page: Page, url: str) -> None:
    page.goto(f"{url}/?study=sound")
    settled(page, study="sound")
    line = page.locator(".check summary")
    expect(line).to_contain_text("2 images on one grid · 24 × 24 × 16 · 1 × 1 × 1 mm · RAS")
    expect(page.locator(".check-table")).to_be_hidden()
    assert line.bounding_box()["height"] < 30  # type: ignore[index]
    line.click()
    expect(page.locator(".check-table thead th")).to_have_text(["T1", "T2"])
    expect(page.locator(".check-table")).to_be_visible()


def test_a_problem_is_said_and_its_sheet_is_the_visitors_to_open_and_close(
    lab: Page, url: str
) -> None:
    open_view(lab, f"{url}/?study=apart&x=T1&y=T2", study="apart")
    findings = lab.locator(".findings")
    expect(findings).to_be_hidden()
    expect(lab.locator(".check .line b")).to_have_text("1 problem")
    expect(lab.locator("#announce")).to_have_text("1 problem found: open the check.")
    expect(lab.locator(".check-card > .remedy")).to_contain_text("grid of T1")
    # Nothing lies over what is used next.
    lab.locator("#slice-forward").click()
    lab.get_by_role("tab", name="Criteria").click()
    settled(lab, panel="criteria")
    lab.locator(".check summary").click()
    expect(findings.locator("li").first).to_contain_text("T2 is not on the grid of T1")
    expect(findings.locator(".remedy").first).to_contain_text("grid of T1")
    choose(lab, "control-y", "T1")
    settled(lab, y="T1")
    expect(findings).to_be_visible()
    lab.locator(".check summary").click()
    choose(lab, "control-y", "T2")
    settled(lab, y="T2")
    expect(findings).to_be_hidden()


def fitted_voxels(page: Page) -> int:
    return sum(int(row[2].replace(",", "")) for row in table(page, "view-components"))


def test_a_remedy_takes_one_click_and_shows_as_done(lab: Page, url: str) -> None:
    open_view(
        lab, f"{url}/?study=zscored&foreground=positive", study="zscored", foreground="positive"
    )
    expect(lab.locator(".findings")).to_be_hidden()
    beside = lab.locator(".check-card > .remedy")
    first = fitted_voxels(lab)
    beside.click()
    settled(lab, foreground="background")
    assert first < fitted_voxels(lab) == 16 * 16  # of the box in a slice
    expect(lab.locator("#control-foreground")).to_have_value("not background")
    expect(lab.locator(".findings")).to_contain_text("left out")
    expect(lab.locator(".remedy")).to_have_count(0)
    expect(lab.locator(".check summary")).to_be_focused()
    lab.go_back()
    settled(lab, foreground="positive")
    assert fitted_voxels(lab) == first
    expect(beside).to_be_visible()
    lab.locator(".check summary").click()
    expect(beside).to_be_hidden()
    expect(lab.locator(".findings .remedy")).to_be_visible()


def test_the_card_is_opened_and_mends_by_keyboard_without_starting_the_player(
    page: Page, url: str
) -> None:
    page.goto(f"{url}/?study=zscored&foreground=positive")
    settled(page, study="zscored")
    page.locator(".check summary").focus()
    page.keyboard.press("Space")
    expect(page.locator(".findings .remedy")).to_be_visible()
    expect(page.locator("#control-play")).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("Tab")
    expect(page.locator(".check-close")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator(".findings .remedy")).to_be_focused()
    page.keyboard.press("Enter")
    settled(page, foreground="background")
    page.keyboard.press("Enter")
    expect(page.locator(".findings")).to_be_hidden()


# The boxes of everything that is drawn.
BOXES = """
() => {
    const drawn = document.querySelectorAll(".card, .picture-frame, .js-plotly-plot .main-svg");
    return [...drawn].map((element) => {
        const { x, y, width, height } = element.getBoundingClientRect();
        return [x, y, width, height].join(" ");
    });
}
"""


def test_the_sheet_lies_over_the_right_edge_and_leaves_the_pictures_their_size(
    lab: Page, url: str
) -> None:
    open_view(lab, f"{url}/?study=zscored&foreground=positive", study="zscored")
    fitted(lab)
    line, sheet = lab.locator(".check summary"), lab.locator(".check-sheet")
    before = lab.evaluate(BOXES)
    line.click()
    box = sheet.bounding_box()
    assert box is not None
    assert box["x"] + box["width"] == 1440
    assert box["width"] < 1440 / 3
    assert lab.evaluate(BOXES) == before
    # The views behind it stay in use.
    lab.locator("#slice-back").click()
    settled(lab, slice=7)
    expect(sheet).to_be_visible()
    line.focus()
    lab.keyboard.press("Tab")
    expect(lab.locator(".check-close")).to_be_focused()
    lab.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    expect(line).to_be_focused()
    lab.keyboard.press("Enter")
    lab.locator(".check-close").click()
    expect(sheet).to_be_hidden()
    expect(line).to_be_focused()
    assert lab.evaluate(BOXES) == before


def test_the_closed_line_is_not_cut_before_its_consequence(lab: Page, url: str) -> None:
    for study, consequence in (
        ("zscored&foreground=positive", "removes tissue"),
        ("apart", "Left out of the fit"),
    ):
        open_view(lab, f"{url}/?study={study}", study=study.split("&")[0])
        line = lab.locator(".check .line")
        expect(line).to_contain_text(consequence)
        ends = line.evaluate(
            """(line, said) => {
                const text = line.querySelector(".worst").firstChild;
                const range = document.createRange();
                range.setStart(text, 0);
                range.setEnd(text, text.data.indexOf(said) + said.length);
                return [range.getBoundingClientRect().right, line.getBoundingClientRect().right];
            }""",
            consequence,
        )
        assert ends[0] < ends[1] - 20


def test_on_a_phone_a_problem_is_one_line_that_opens_a_sheet_at_the_foot(
    lab: Page, url: str
) -> None:
    resize(lab, 390, 844)
    open_view(lab, f"{url}/?study=apart&x=T1&y=T2", study="apart")
    fitted(lab)
    line = lab.locator(".check summary")
    expect(line).to_contain_text("T2 is not on the grid of T1")
    expect(lab.locator(".findings")).to_be_hidden()
    before = lab.evaluate(BOXES)
    line.click()
    box = lab.locator(".check-sheet").bounding_box()
    assert box is not None
    assert (box["x"], box["width"], box["y"] + box["height"]) == (0, 390, 844)
    assert box["height"] < 0.6 * 844
    assert lab.evaluate(BOXES) == before
    lab.locator(".check-close").click()
    expect(lab.locator(".check-sheet")).to_be_hidden()


# From each title of the upper row to the row below it, and from the axis to the title.
CLEARANCES = """
() => {
    const plot = document.querySelector("#view-histograms .js-plotly-plot");
    const { yaxis: upper, yaxis3: lower } = plot._fullLayout;
    const { top } = plot.getBoundingClientRect();
    return ["xtitle", "x2title"].flatMap((name) => {
        const title = plot.querySelector(`.${name}`).getBoundingClientRect();
        const foot = top + upper._offset + upper._length;
        return [top + lower._offset - title.bottom, title.top - foot];
    });
}
"""


@pytest.mark.parametrize("clip", cases(["none", "1"], wide=lambda clip: clip == "1"))
def test_titles_of_low_histograms_keep_clear_of_the_plots(lab: Page, url: str, clip: str) -> None:
    resize(lab, 1440, 720)
    open_view(lab, f"{url}/?study=sound&clip={clip}&before=1", study="sound")
    fitted(lab)
    below_upper_row, above_title = lab.evaluate(CLEARANCES)[::2], lab.evaluate(CLEARANCES)[1::2]
    assert min(below_upper_row) > 2
    assert min(above_title) > 10  # the labels of the ticks stand there


@pytest.mark.wide
def test_the_sample_explains_itself_once(own_page: Page) -> None:
    own_page.goto("/")
    settled(own_page)
    said = own_page.locator(".introduction")
    expect(said).to_contain_text("Simulated T1 and b0 of one head, not in MNI space")
    box = own_page.locator(".images").bounding_box()
    own_page.locator(".introduction-close").click()
    expect(said).to_be_hidden()
    expect(own_page.locator(".check summary")).to_be_focused()
    assert own_page.locator(".images").bounding_box() == box
    own_page.goto("/")
    settled(own_page)
    expect(own_page.locator(".check summary")).to_be_visible()
    expect(said).to_be_hidden()
