"""What was chosen, and the place that is seen, stay where something else is chosen."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from scripts.serving import settled
from tests.browser.acting import address, choose, expect_mixed, open_view
from tests.images import save_image

SHAPE = (24, 20, 12)


@pytest.fixture(scope="module")
def url(studies: tuple[Path, str]) -> str:
    data, url = studies
    random = np.random.default_rng(4)
    kinds = random.integers(0, 3, SHAPE)

    def contrast(*means: int) -> Any:
        voxels = np.array(means)[kinds] + random.normal(0, 8, SHAPE)
        voxels[:4] = voxels[-4:] = 0
        return voxels

    t1, t2 = contrast(100, 200, 300), contrast(250, 90, 160)
    mask = t1 > 0
    for study in ("one", "two"):
        save_image(data / study / "T1.nii", t1)
        save_image(data / study / "T2.nii", t2)
        save_image(data / study / "brain_mask.nii", mask)
    save_image(data / "bare/T1.nii", t1)
    save_image(data / "bare/FLAIR.nii", t2)
    save_image(data / "airy/T1.nii", t1 + 50)
    save_image(data / "airy/brain_mask.nii", mask)
    save_image(data / "frames/T1.nii", t1)
    save_image(data / "frames/dwi.nii", np.stack([t2, 2 * t2, contrast(90, 300, 150)], axis=-1))
    # Slices of 3 mm, whose middles are those of every third slice of T1.
    thick = np.diag([1.0, 1.0, 3.0, 1.0])
    thick[2, 3] = 1
    save_image(data / "thick/T1.nii", t1)
    save_image(data / "thick/FLAIR.nii", t2[:, :, 1::3], thick)
    return url


def told(page: Page) -> Locator:
    return page.locator("#notices [role=alert]")


def test_another_grid_is_seen_at_the_same_place_and_back_returns(lab: Page, url: str) -> None:
    open_view(lab, f"{url}/?study=thick&x=T1&y=T1&slice=10", slice=10)
    expect(lab.locator("#position")).to_contain_text("z = 10.0 mm")
    choose(lab, "control-grid", "FLAIR")
    settled(lab, grid="FLAIR", slice=3)
    expect(lab.locator("#position")).to_contain_text("z = 10.0 mm")
    expect(told(lab)).to_have_count(0)
    lab.get_by_text("Sagittal", exact=True).click()
    settled(lab, plane="sagittal")
    choose(lab, "control-grid", "T1")
    settled(lab, grid="T1")
    # The axial slice that was seen before had its number on the other grid.
    lab.get_by_text("Axial", exact=True).click()
    settled(lab, plane="axial", slice=10)
    expect(told(lab)).to_have_count(0)
    for expected in ({"grid": "T1"}, {"grid": "FLAIR"}, {"grid": "FLAIR", "slice": "3"}):
        lab.go_back()
        settled(lab, **expected)
    lab.go_back()
    settled(lab, slice=10)
    assert "grid" not in address(lab)


def test_another_volume_is_mixed_in_the_place_of_the_one_before(lab: Page, url: str) -> None:
    open_view(lab, f"{url}/?study=frames&y=dwi:1&mix=T1,dwi:1", y="dwi:1")
    lab.locator(".check summary").click()
    lab.locator(".remedy").filter(has_text="mean of all").first.click()
    settled(lab, y="dwi:mean", mix="T1,dwi:mean")
    expect_mixed(lab, "T1", "dwi:mean")
    choose(lab, "control-volume-y", "2")
    settled(lab, y="dwi:2", mix="T1,dwi:2")
    expect_mixed(lab, "T1", "dwi:2")


@pytest.mark.wide
def test_a_chosen_rule_goes_along_where_there_is_a_mask_and_else_the_page_says_so(
    lab: Page, url: str
) -> None:
    open_view(lab, f"{url}/?study=one", foreground="positive")
    choose(lab, "control-foreground", "mask")
    settled(lab, foreground="mask")
    choose(lab, "control-study", "two")
    settled(lab, study="two", foreground="mask")
    expect(told(lab)).to_have_count(0)
    choose(lab, "control-study", "bare")
    settled(lab, study="bare", foreground="positive")
    expect(told(lab)).to_have_text(["bare has no mask. The page keeps the voxels above 0."])
    # T1 is in both studies; that T2 is not leaves no mark on the mixture.
    expect_mixed(lab, "T1", "FLAIR")
    assert "mix" not in address(lab)


def test_a_rule_that_a_study_set_by_itself_does_not_go_along(lab: Page, url: str) -> None:
    open_view(lab, f"{url}/?study=airy", foreground="mask")
    choose(lab, "control-study", "two")
    settled(lab, study="two", foreground="positive")
    expect(told(lab)).to_have_count(0)


def test_a_mixture_without_any_image_says_why_all_are_back(lab: Page, url: str) -> None:
    note = lab.get_by_text("The fit needs at least one image. It uses the default again.")
    open_view(lab, f"{url}/?study=one&mix=T1", mix="T1")
    expect(note).to_have_count(0)
    lab.locator("#control-mix").click()
    lab.keyboard.press("Backspace")
    expect(note).to_be_visible()
    settled(lab)
    expect_mixed(lab, "T1", "T2")
    lab.keyboard.press("Backspace")
    settled(lab, mix="T1")
    expect(note).to_have_count(0)
