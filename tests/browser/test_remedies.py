"""The check names what is wrong before anything is plotted, and one click mends it."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from scripts.serving import settled
from tests.browser.acting import address, open_view
from tests.browser.reading import badges, findings, picture, pixel, table, traces
from tests.images import save_image

SHAPE = (30, 26, 20)


def tissue(seed: int) -> Any:
    """Three tissues inside a box, air of exactly 0 around them."""
    random = np.random.default_rng(seed)
    voxels = np.zeros(SHAPE)
    inner = tuple(edge - 8 for edge in SHAPE)
    kinds = np.random.default_rng(0).integers(0, 3, inner)
    voxels[4:-4, 4:-4, 4:-4] = np.array([[100, 200, 300], [250, 90, 160]])[seed % 2][kinds]
    voxels[4:-4, 4:-4, 4:-4] += random.normal(0, 8, inner)
    return voxels


@pytest.fixture(scope="module")
def url(studies: tuple[Path, str]) -> str:
    data, url = studies

    def save(name: str, voxels: Any, affine: Any = None) -> None:
        save_image(data / f"{name}.nii.gz", voxels, affine)

    moved = np.eye(4)
    moved[:3, 3] = 0.5
    save("moved/T1", tissue(0))
    save("moved/T2", tissue(1), moved)
    outlier = tissue(0)
    outlier[12, 12, 10] = 1e6
    save("outlier/T1", outlier)
    save("outlier/T2", tissue(1))
    placed = np.array([[-2.0, 0, 0, 30], [0, 2, 0, -26], [0, 0, 2, -20], [0, 0, 0, 1]])
    air = np.random.default_rng(9).uniform(1, 9, SHAPE)
    for seed in (0, 1):
        head = tissue(seed)
        save(f"lost/{'T1' if seed == 0 else 'T2'}", np.where(head > 0, head, air), placed)
    save("lost/brain_mask", tissue(0) > 0)
    return url


def remedy(page: Page, words: str) -> Any:
    return page.locator(".remedy").filter(has_text=words).first


def resample_and_undo(page: Page, *, target: str, other: str) -> None:
    card = page.locator(".check")
    card.locator("summary").click()
    assert card.bounding_box()["y"] < page.locator("#view-image-x").bounding_box()["y"]
    assert "not on the grid of" in findings(page, "problem")
    expect(page.locator("#view-joint")).to_contain_text("not on the same grid")
    assert min(picture(page, f"view-image-{which}").max() for which in "xy") > 0
    assert table(page, "view-components") == []
    before = address(page)
    assert "grid" not in before

    remedy(page, f"to the grid of {target} (").click()
    settled(page, grid=target)
    assert "not on the grid of" not in findings(page, "problem")
    assert "resampled" in findings(page, "fact").lower()
    said = f"linear onto the grid of {target}"
    # X gave the grid. Y, the label map, histograms, joint view and components show the other.
    assert badges(page) == ["", *["resampled"] * 5]
    for badge in page.locator(".facts-of-images").all():
        assert f"{other} ({said})" in badge.get_attribute("title")
    for view in ("view-joint", "view-histograms"):
        expect(page.locator(f"#{view}")).to_contain_text("resampled")
    expect(page.locator("#view-components")).to_contain_text(f"{other} ({said})")
    assert len(table(page, "view-components")) == 3

    page.go_back()
    settled(page)
    assert address(page) == before
    assert "not on the grid of" in findings(page, "problem")
    assert badges(page) == [""] * 6


def test_images_on_two_grids_are_not_fitted_until_they_are_resampled(lab: Page, url: str) -> None:
    open_view(lab, f"{url}/?study=moved&x=T1&y=T2")
    resample_and_undo(lab, target="T1", other="T2")


@pytest.mark.wide
def test_real_images_on_several_grids_are_mended_by_one_click(page: Page, real_url: str) -> None:
    x, y = "nimare_MNI152NLin6Asym_res-02_T1w", "RNiftyReg_flash_t1"
    open_view(page, f"{real_url}/?study=grid_mismatch&x={x}&y={y}")
    resample_and_undo(page, target=x, other=y)


@pytest.mark.wide
def test_an_outlier_is_clipped_by_one_click(lab: Page, url: str) -> None:
    def widest() -> float:
        return max(max(trace["x"]) for trace in traces(lab, "view-histograms") if trace["x"])

    open_view(lab, f"{url}/?study=outlier&slice=10")
    assert "A few extreme voxels squeeze the histogram" in findings(lab, "warning")
    assert widest() > 1e5
    lab.locator(".check summary").click()
    remedy(lab, "Clip at the 0.1 and 99.9 percentiles").click()
    settled(lab, clip="0.1")
    assert "extreme voxels" not in findings(lab, "warning")
    assert "Intensities are clipped at the 0.1 and 99.9 percentiles" in findings(lab, "fact")
    # The pictures of X and Y show the intensities as they are.
    assert badges(lab) == ["", "", *["clipped"] * 4]
    # Those of the foreground end there; those of all voxels, which are shown as well, do not.
    means = [float(row[4].split(" ")[0].replace(",", "")) for row in table(lab, "view-components")]
    assert max(means) < 400
    lab.go_back()
    settled(lab)
    assert "clip" not in address(lab)
    assert "extreme voxels" in findings(lab, "warning")


def test_a_clipped_voxel_is_found_inside_the_joint_view(lab: Page, url: str) -> None:
    open_view(lab, f"{url}/?study=outlier&slice=10&clip=0.1")
    lab.mouse.move(*pixel(lab, "view-image-x", 12, 12))
    expect(lab.locator("#readout")).to_contain_text("1000000")
    ring = lab.locator("#view-joint .mark.of-pointer")
    expect(ring).to_be_visible()
    found, plot = ring.bounding_box(), lab.locator("#view-joint .nsewdrag").bounding_box()
    assert found is not None
    assert plot is not None
    assert plot["x"] < found["x"] + found["width"] / 2 <= plot["x"] + plot["width"]
    assert plot["y"] <= found["y"] + found["height"] / 2 <= plot["y"] + plot["height"]


@pytest.mark.wide
def test_a_mask_that_lost_its_header_takes_the_position_of_its_image(lab: Page, url: str) -> None:
    open_view(lab, f"{url}/?study=lost&x=T1&y=T2&slice=10&foreground=positive")
    assert "as if it had been lost" in findings(lab, "warning")
    expect(lab.locator("#control-position")).to_be_hidden()
    inside = int((tissue(0) > 0).sum())
    card = lab.locator(".check")
    card.locator("summary").click()
    button = card.locator(".remedy").filter(has_text="use it as the mask")
    assert f"fits {inside:,} voxels of the volume" in button.inner_text()
    button.click()
    settled(lab, position="T1")
    assert "as if it had been lost" not in findings(lab, "warning")
    expect(lab.locator("#control-position")).to_be_visible()
    expect(lab.locator("#control-position")).to_have_value("T1")
    lab.go_back()
    settled(lab)
    assert "position=" not in lab.url
    expect(lab.locator("#control-position")).to_be_hidden()
