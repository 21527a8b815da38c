"""Classes against a reference segmentation: live, and as others compute it."""

from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Page, expect
from scipy.optimize import linear_sum_assignment
from sklearn.metrics import f1_score

from scripts.serving import settled
from tests.browser.acting import choose
from tests.browser.lesson import upright
from tests.browser.reading import painted, table, thumb
from tests.images import save_image


def dice(page: Page) -> dict[int, float]:
    rows = page.evaluate(
        """() => [...document.querySelectorAll("#view-agreement .agreement tbody tr")]
            .map(row => [...row.cells].map(cell => cell.innerText.trim()))"""
    )
    return {int(row[0].split()[0]): float(row[2]) for row in rows}


def expected_dice(classes: NDArray, reference: NDArray) -> dict[int, float]:
    """Dice as scikit-learn's F1 of each pair, matched one to one by SciPy."""
    labels = [label for label in np.unique(reference) if label]
    numbers = [1, 2, 3]
    score = np.array(
        [[f1_score((reference == k).ravel(), (classes == n).ravel()) for k in labels]
         for n in numbers]
    )  # fmt: skip
    rows, columns = linear_sum_assignment(score, maximize=True)
    return {numbers[r]: score[r, c] for r, c in zip(rows, columns, strict=True)}


def test_dice_of_the_sample_follows_the_slice(home: Page, sample: Path) -> None:
    reference = nib.load(sample / "dseg.nii.gz").get_fdata()
    shown = []
    for slice_number in (30, 31, 32):
        settled(home, slice=slice_number)
        expected = expected_dice(painted(home), upright(reference[:, :, slice_number]))
        assert dice(home) == pytest.approx(expected, abs=6e-4)
        shown.append(dice(home))
        thumb(home).focus()
        home.keyboard.press("ArrowRight")
    assert shown[0] != shown[1] != shown[2]


def test_dice_of_the_sample_follows_the_settings(home: Page) -> None:
    settled(home, slice=30)
    before = dice(home)
    choose(home, "control-covariance", "spherical")
    settled(home, covariance="spherical")
    assert dice(home) != before


def test_without_a_reference_there_is_no_agreement_to_show(home: Page) -> None:
    settled(home)
    expect(home.locator("#view-agreement")).to_contain_text("Slice against dseg")
    choose(home, "control-reference", "none")
    settled(home, reference="none")
    expect(home.locator("#view-agreement")).to_be_empty()
    home.go_back()
    settled(home)
    expect(home.locator("#view-agreement")).to_contain_text("Slice against dseg")


@pytest.mark.wide
def test_more_labels_stay_unfolded_from_slice_to_slice(
    page: Page, studies: tuple[Path, str]
) -> None:
    data, url = studies
    rng = np.random.default_rng(2)
    shape = 30, 30, 8
    parcels = 1 + (np.stack(np.indices(shape), axis=-1) // [5, 5, 4]) @ [1, 6, 36]
    for name, voxels in (("T1", rng.normal(300, 60, shape)), ("dseg", parcels)):
        save_image(data / f"parcels/{name}.nii", voxels)
    page.goto(f"{url}/?study=parcels&slice=3&foreground=positive&reference=dseg")
    settled(page, study="parcels", slice=3)
    expect(page.locator("#view-agreement .confusion thead th")).to_have_count(1 + 12)
    rows = page.locator("#view-agreement .labels tbody tr")
    expect(rows).to_have_count(36 - 12)
    expect(rows.first).to_be_hidden()
    page.locator("#view-agreement summary").click()
    expect(rows.first).to_be_visible()
    before = rows.first.inner_text()
    thumb(page).focus()
    page.keyboard.press("ArrowRight")
    settled(page, study="parcels", slice=4)
    expect(rows.first).to_be_visible()
    assert rows.first.inner_text() != before
    page.locator("#view-agreement summary").click()
    thumb(page).focus()
    page.keyboard.press("ArrowLeft")
    settled(page, study="parcels", slice=3)
    expect(rows.first).to_be_hidden()
    # The legend of the map lists the largest, and the others too when asked.
    page.locator("#control-map").select_option("reference")
    settled(page, map="reference")
    chips = page.locator(".map-legend .entry-name")
    expect(chips).to_have_count(8)
    page.get_by_role("button", name="and 28 more").click()
    expect(chips).to_have_count(36)
    chips.last.scroll_into_view_if_needed()
    expect(chips.last).to_be_in_viewport()
    inside, card = (page.locator(part).bounding_box() for part in (".map-legend", "#view-labels"))
    assert inside["y"] + inside["height"] <= card["y"] + card["height"]
    page.get_by_role("button", name="show fewer").press("Enter")
    expect(chips).to_have_count(8)


@pytest.mark.wide
def test_a_simulated_head_is_segmented_as_it_was_made(page: Page, real_url: str) -> None:
    page.goto(f"{real_url}/?study=brainweb_t1&slice=39")
    settled(page, study="brainweb_t1", foreground="mask")
    found = dice(page)
    assert sorted(found) == [1, 2, 3]
    assert min(found.values()) >= 0.88
    assert len(table(page, "view-components")) == 3
