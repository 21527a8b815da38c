"""The check of a study above its pictures, and its remedies, by mouse and keyboard."""

from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
import pytest
from playwright.sync_api import Page, expect

from scripts.serving import settled
from tests.browser.acting import choose


@pytest.fixture(scope="module")
def url(studies: tuple[Path, str]) -> str:
    """Serve a sound study, one with z-scores, and one whose images lie on two grids."""
    data, url = studies
    random = np.random.default_rng(6)
    inside = np.zeros((24, 24, 16), dtype=bool)
    inside[4:-4, 4:-4, 2:-2] = True

    def save(name: str, low: float, high: float, background: float, affine: Any) -> None:
        path = data / name
        path.parent.mkdir(exist_ok=True)
        voxels = np.where(inside, random.uniform(low, high, inside.shape), background)
        nib.Nifti1Image(voxels.astype("f4"), affine).to_filename(path)

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
    expect(page.locator(".check-table tbody tr")).to_have_count(2)
    expect(page.locator(".check-table")).to_be_visible()


def test_a_problem_opens_the_card_by_itself(page: Page, url: str) -> None:
    page.goto(f"{url}/?study=apart&x=T1&y=T2")
    settled(page, study="apart")
    expect(page.locator(".findings li").first).to_contain_text("T2 is not on the grid of T1")
    expect(page.locator(".remedy").first).to_contain_text("grid of T1")


def test_a_remedy_takes_one_click_and_shows_as_done(page: Page, url: str) -> None:
    page.goto(f"{url}/?study=zscored&foreground=positive")
    settled(page, study="zscored", foreground="positive")
    expect(page.locator(".findings")).to_be_hidden()
    beside = page.locator(".check-card > .remedy")
    beside.click()
    settled(page, foreground="background")
    expect(page.locator(".findings")).to_contain_text("left out")
    expect(page.locator(".remedy")).to_have_count(0)
    expect(page.locator(".check summary")).to_be_focused()
    page.go_back()
    settled(page, foreground="positive")
    expect(beside).to_be_visible()
    page.locator(".check summary").click()
    expect(beside).to_be_hidden()
    expect(page.locator(".findings .remedy")).to_be_visible()


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
    expect(page.locator(".findings .remedy")).to_be_focused()
    page.keyboard.press("Enter")
    settled(page, foreground="background")
    page.keyboard.press("Enter")
    expect(page.locator(".findings")).to_be_hidden()


def test_a_card_that_was_closed_stays_closed_in_its_study(page: Page, url: str) -> None:
    page.goto(f"{url}/?study=apart&x=T1&y=T2")
    settled(page, study="apart")
    page.locator(".check summary").click()
    choose(page, "control-y", "T1")
    settled(page, y="T1")
    expect(page.locator(".findings")).to_be_hidden()
    choose(page, "control-y", "T2")
    settled(page, y="T2")
    expect(page.locator(".findings")).to_be_hidden()


def test_on_a_phone_a_problem_is_one_line_that_opens_above_the_slice_bar(
    page: Page, url: str
) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{url}/?study=apart&x=T1&y=T2")
    settled(page, study="apart")
    line = page.locator(".check summary")
    expect(line).to_contain_text("T2 is not on the grid of T1")
    expect(page.locator(".findings")).to_be_hidden()
    line.click()
    expect(page.locator(".findings")).to_be_visible()
    card = page.locator(".check").bounding_box()
    bar = page.locator(".slice-bar").bounding_box()
    assert card is not None
    assert bar is not None
    assert card["y"] + card["height"] <= bar["y"]


# How much higher each visible graph is drawn than its box.
EXCESS = """
() => [...document.querySelectorAll(".js-plotly-plot")].filter((plot) => plot.offsetHeight)
    .map((plot) => plot.querySelector(".main-svg").clientHeight - plot.offsetHeight)
"""


def test_graphs_drawn_while_the_card_is_open_fit_their_boxes(page: Page, url: str) -> None:
    page.goto(f"{url}/?study=sound&x=T1&y=T2")
    settled(page, y="T2")
    page.locator(".check summary").click()
    choose(page, "control-y", "T1")
    settled(page, y="T1")
    expect(page.locator(".check-table")).to_be_visible()
    excess = page.evaluate(EXCESS)
    assert len(excess) == 2
    assert max(map(abs, excess)) < 1


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


@pytest.mark.parametrize("clip", ["none", "1"])
def test_titles_of_low_histograms_keep_clear_of_the_plots(page: Page, url: str, clip: str) -> None:
    page.set_viewport_size({"width": 1440, "height": 720})
    page.goto(f"{url}/?study=sound&clip={clip}&before=1")
    settled(page, study="sound")
    page.locator(".check summary").click()
    expect(page.locator(".check-table")).to_be_visible()
    page.wait_for_function(f"Math.max(...({EXCESS})().map(Math.abs)) < 1")
    below_upper_row, above_title = page.evaluate(CLEARANCES)[::2], page.evaluate(CLEARANCES)[1::2]
    assert min(below_upper_row) > 2
    assert min(above_title) > 10  # the labels of the ticks stand there
