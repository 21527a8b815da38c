"""Three planes of one image, linked by the crosshair."""

from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Page, expect

from dashboard.core.orientation import PLANE_AXES
from scripts.serving import settled
from tests.browser.acting import address, open_view, tab_to
from tests.browser.reading import NOTHING, picture, pixel, thumb

# Where the lines of the crosshair cross in a picture, in pixels of the slice from the lower left.
CROSSED = """id => {
    const [down, across] = document.querySelectorAll(`#${id} [data-place] .place`);
    const { naturalWidth, naturalHeight } = document.querySelector(`#${id} img`);
    const [right, top] = [down.getAttribute("x1"), across.getAttribute("y1")].map(parseFloat);
    return [right / 100 * naturalWidth - 0.5, (1 - top / 100) * naturalHeight - 0.5];
}"""
LONGEST = """ids => ids.map(id => {
    const { width } = document.querySelector(`#${id} img`).getBoundingClientRect();
    return width / document.querySelector(`#${id} img`).naturalWidth;
})"""
SRC = "id => document.querySelector(`#${id} img`).src"
VIEWS = [f"view-{plane}" for plane in PLANE_AXES]


def crossed(page: Page, plane: str) -> list[float]:
    return page.evaluate(CROSSED, f"view-{plane}")


def upright(image: NDArray[np.float64], plane: str, index: int) -> NDArray[np.float64]:
    """A slice of a volume in RAS order, top row first."""
    return np.take(image, index, axis=PLANE_AXES[plane][0]).T[::-1]


def looks_like(page: Page, plane: str, image: NDArray[np.float64], index: int) -> bool:
    shown = picture(page, f"view-{plane}")[..., 0]
    slice_ = upright(image, plane, index)
    return shown.shape == slice_.shape and np.corrcoef(shown.flat, slice_.flat)[0, 1] > 0.99


@pytest.fixture(scope="module")
def head(sample: Path) -> dict[str, NDArray[np.float64]]:
    return {
        name: nib.as_closest_canonical(nib.load(sample / f"{name}.nii.gz")).get_fdata()
        for name in ("T1", "b0")
    }


def test_three_planes_meet_in_the_crosshair(home: Page, sample: Path, head: dict) -> None:
    affine = nib.as_closest_canonical(nib.load(sample / "T1.nii.gz")).affine

    def voxel() -> list[int]:
        """The crosshair's, of the volume in RAS order."""
        place = [float(mm) for mm in address(home)["at"].split(":")]
        found = nib.affines.apply_affine(np.linalg.inv(affine), place)
        assert found == pytest.approx(np.rint(found), abs=1e-2)
        return np.rint(found).astype(int).tolist()

    def all_meet_in(wanted: list[int], image: str = "T1") -> None:
        assert voxel() == wanted
        for plane, (through, across, up) in PLANE_AXES.items():
            assert looks_like(home, plane, head[image], wanted[through])
            assert crossed(home, plane) == pytest.approx([wanted[across], wanted[up]])
            where = home.locator(f"#view-{plane} .where")
            expect(where).to_contain_text(f"slice {wanted[through]}, {'xyz'[through]} = ")
        expect(thumb(home)).to_have_attribute("aria-valuenow", str(wanted[2]))

    home.keyboard.press("l")
    settled(home, layout="planes", slice=30)
    expect(home.locator("#control-layout")).to_have_value("three planes")
    expect(home.locator(".picture:visible")).to_have_count(3)
    all_meet_in(voxel())
    # The fit is of the axial slice: only there are its labels.
    assert picture(home, "view-axial", 1).shape[:2] == (128, 128)
    for plane in ("coronal", "sagittal"):
        assert np.array_equal(picture(home, f"view-{plane}", 1), NOTHING)
        expect(home.locator(f"#view-{plane}")).to_contain_text("labels only in the axial slice")
    # A click moves all planes, and the slider.
    home.mouse.click(*pixel(home, "view-coronal", 50, 36))
    settled(home, slice=36)
    _, j, _ = voxel()
    all_meet_in([50, j, 36])
    for mark in ("#view-joint .of-place", "#view-histograms .value-line"):
        expect(home.locator(f"{mark}:visible").first).to_be_visible()
    # The wheel steps through the plane under the pointer.
    before = home.url
    home.locator("#view-sagittal").hover()
    home.mouse.wheel(0, -50)
    expect(home).not_to_have_url(before)
    settled(home, slice=36)
    all_meet_in([51, j, 36])
    # A drag moves them as it goes.
    before = home.evaluate(SRC, "view-axial")
    home.mouse.move(*pixel(home, "view-sagittal", 60, 34))
    home.mouse.down()
    home.mouse.move(*pixel(home, "view-sagittal", 64, 38), steps=3)
    home.wait_for_function(f"before => ({SRC})('view-axial') !== before", arg=before)
    home.mouse.up()
    settled(home, slice=38)
    all_meet_in([51, 64, 38])
    # Keys: the other image, steps of the crosshair and through a plane.
    home.keyboard.press("y")
    settled(home, image="y")
    all_meet_in([51, 64, 38], "b0")
    thumb(home).focus()
    coronal = home.locator("#view-coronal")
    tab_to(coronal)
    for key in ("ArrowLeft", "ArrowUp", "]", "]"):
        home.keyboard.press(key)
    settled(home, slice=39)
    all_meet_in([50, 66, 39], "b0")
    # One zoom for all: a millimetre is as long everywhere.
    home.keyboard.press("+")
    zoomed = home.evaluate(LONGEST, VIEWS)
    home.keyboard.press("-")
    assert zoomed == pytest.approx(1.5 * np.array(home.evaluate(LONGEST, VIEWS)), rel=1e-3)
    assert zoomed[0] == pytest.approx(zoomed[1])
    # A link shows the same.
    link = home.url
    home.keyboard.press("l")
    home.wait_for_url(lambda url: "layout" not in url)
    settled(home)
    open_view(home, link, layout="planes")
    all_meet_in([50, 66, 39], "b0")


def test_a_fit_of_the_whole_head_has_one_map_in_all_planes(home: Page, head: dict) -> None:
    home.locator("#control-scope").get_by_text("whole head").click()
    home.keyboard.press("l")
    settled(home, layout="planes", scope="volume")
    expect(home.locator(".plane-note:empty")).to_have_count(3)
    i, j, k = (int(home.locator(f"#view-{plane} .where").inner_text().split()[1][:-1])
               for plane in ("sagittal", "coronal", "axial"))  # fmt: skip
    axial, coronal, sagittal = (picture(home, view, 1)[::-1] for view in VIEWS)
    # They cross in lines of voxels.
    assert np.array_equal(axial[j], coronal[k])
    assert np.array_equal(axial[:, i], sagittal[k])
    assert np.array_equal(coronal[:, i], sagittal[:, j])
    assert len(np.unique(axial[j], axis=0)) > 3
    # Each voxel can be read out, also beside the slider's slice.
    row, column = np.argwhere(coronal[..., 3] > 0)[400].tolist()
    home.mouse.move(*pixel(home, "view-coronal", column, row))
    value = head["T1"][column, j, row]
    pointed = home.locator("#readout .of-pointer")
    expect(pointed).to_contain_text(f"T1 {value:.4g}")
    expect(pointed).to_contain_text("class")
    # In full screen a plane is as large as the window lets it be, and has the arrows.
    usual = home.evaluate(LONGEST, VIEWS)
    home.keyboard.press("f")
    expect(home.locator("#view-coronal")).to_have_css("width", f"{home.viewport_size['width']}px")
    home.wait_for_function(
        f"before => ({LONGEST})(['view-coronal'])[0] > 1.8 * before", arg=usual[1]
    )
    home.keyboard.press("ArrowRight")
    expect(home.locator("#view-coronal .where")).to_contain_text(f"slice {j + 1},")
    expect(home.locator("#view-axial .where")).to_contain_text(f"slice {k},")
    home.keyboard.press("Escape")
    home.wait_for_function(f"before => ({LONGEST})(['view-coronal'])[0] === before", arg=usual[1])
