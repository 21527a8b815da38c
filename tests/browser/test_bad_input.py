"""Bad input gives a sentence that says what and what to do; nothing else on the page breaks."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from scripts.serving import settled
from tests.browser.acting import open_view
from tests.browser.reading import findings, picture, traces
from tests.images import save_image

AFFINE = np.diag([2.0, 2.0, 2.0, 1.0])
SHAPE = (20, 22, 12)


@pytest.fixture(scope="module")
def url(studies: tuple[Path, str]) -> str:
    root, url = studies

    def save(name: str, voxels: Any, affine: Any = AFFINE, **options: Any) -> None:
        save_image(root / f"{name}.nii.gz", voxels, affine, **options)

    random = np.random.default_rng(0)
    good = random.normal(100, 10, SHAPE).astype(np.float32)
    other = random.normal(50, 5, SHAPE).astype(np.float32)
    gap = good.copy()
    gap[:, :, 3] = 0
    gap[:, :, 4] = 7
    save("gap/T1", gap)
    save("gap/b0", np.where(gap == 7, 5, other))
    save("few/T1", random.integers(1, 4, SHAPE), dtype=np.uint8)
    save("few/b0", np.ones(SHAPE), dtype=np.uint8)
    holes = good.copy()
    holes[:4] = np.nan
    holes[4:6] = np.inf
    save("holes/T1", holes)
    save("holes/b0", other)
    save("two_volumes/T1", np.stack([good, 2 * good], axis=-1))
    save("two_volumes/b0", other)
    save("torn/T1", good)
    (root / "torn/b0.nii.gz").write_bytes(b"this is no gzip")
    save("<img src=x onerror=alert(1)>/<b>T1", good)
    return url


def notices(page: Page) -> str:
    return " ".join(page.locator("#notices [role=alert]").all_text_contents())


def test_an_empty_slice_says_so_in_every_view_that_needs_a_foreground(lab: Page, url: str) -> None:
    open_view(lab, f"{url}/?study=gap&slice=3&before=1")
    for name in ("#labels-problem", "#view-joint", "#view-components"):
        expect(lab.locator(name)).to_contain_text("no foreground voxels in this slice")
    assert [t for t in traces(lab, "view-histograms") if len(t["y"]) == 51]
    assert picture(lab, "view-image-x").shape[:2] == (22, 20)


def test_a_constant_slice_cannot_carry_a_mixture(lab: Page, url: str) -> None:
    open_view(lab, f"{url}/?study=gap&slice=4")
    expect(lab.locator("#view-components")).to_contain_text("only 1 distinct intensity value")
    assert picture(lab, "view-labels", 1)[..., 3].max() == 0
    lab.keyboard.press("ArrowRight")
    settled(lab, slice=5)
    expect(lab.locator("#labels-problem")).to_be_hidden()
    assert picture(lab, "view-labels", 1)[..., 3].max() == 255


def test_fewer_distinct_values_than_components_is_explained(lab: Page, url: str) -> None:
    open_view(lab, f"{url}/?study=few&components=4")
    expect(lab.locator("#view-components")).to_contain_text(
        "only 3 distinct intensity values, too few for 4 components"
    )
    lab.locator("#control-components").get_by_text("2", exact=True).click()
    settled(lab, components=2)
    expect(lab.locator("#view-components tbody tr")).to_have_count(2)


def test_nan_and_infinite_voxels_are_left_out_and_the_page_says_so(lab: Page, url: str) -> None:
    open_view(lab, f"{url}/?study=holes")
    assert "ignore NaN and infinite values: 1,584 voxels of T1 (30 %)" in findings(lab, "warning")
    alpha = picture(lab, "view-labels", 1)[..., 3]
    assert (alpha > 0).sum() == 14 * 22


def test_a_series_shows_its_first_volume_and_says_so(lab: Page, url: str) -> None:
    open_view(lab, f"{url}/?study=two_volumes")
    told = lab.locator("#view-preflight li").filter(has_text="holds 2 volumes")
    expect(told).to_have_count(1)
    expect(lab.locator("#head-image-x h2")).to_have_text("T1 (volume 0 of 2)")


def test_an_unreadable_file_leaves_the_other_image_on_screen(lab: Page, url: str) -> None:
    open_view(lab, f"{url}/?study=torn&x=T1&y=b0")
    assert findings(lab, "problem").count("b0.nii.gz: this is a text file") == 1
    assert notices(lab) == ""
    assert picture(lab, "view-image-x").max() > 0
    for name in ("problem-image-y", "view-histograms", "view-joint"):
        expect(lab.locator(f"#{name}")).to_contain_text("b0.nii.gz")
    assert "/" not in findings(lab, "problem")


def test_a_name_with_markup_is_only_text(lab: Page, url: str) -> None:
    open_view(lab, f"{url}/?study=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E")
    expect(lab.locator("#head-image-x h2")).to_have_text("<b>T1")
    expect(lab.locator("#view-histograms")).to_contain_text("<b>T1")
