"""The crosshair: it stays where it was clicked, in every view and in the link."""

import re
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from playwright.sync_api import Page, expect

from scripts.serving import settled
from tests.browser.acting import address, fitted, holding, tab_to
from tests.browser.lesson import Lesson
from tests.browser.reading import pixel, thumb

VIEWS = ("view-image-x", "view-image-y", "view-labels")
# Where the lines of the crosshair cross in a picture, in pixels of the slice from the lower left.
CROSSED = """id => {
    const [down, across] = document.querySelectorAll(`#${id} [data-place] .place`);
    const { naturalWidth, naturalHeight } = document.querySelector(`#${id} img`);
    const share = (line, end) => parseFloat(line.getAttribute(end)) / 100;
    return [share(down, "x1") * naturalWidth, (1 - share(across, "y1")) * naturalHeight];
}"""
# Where a mark lies in a graph, in the units of its axes.
MARKED = """([id, mark]) => {
    const plot = document.querySelector(`#${id} .js-plotly-plot`);
    const { left, top } = plot.getBoundingClientRect();
    const box = document.querySelector(`#${id} .${mark}:not([hidden])`).getBoundingClientRect();
    const { xaxis, yaxis } = plot._fullLayout;
    const middle = [(box.left + box.right) / 2 - left, (box.top + box.bottom) / 2 - top];
    return [xaxis.p2d(middle[0] - xaxis._offset), yaxis.p2d(middle[1] - yaxis._offset)];
}"""


def crossed(page: Page, view: str) -> list[float]:
    return page.evaluate(CROSSED, view)


def test_a_click_sets_a_crosshair_that_stays_in_every_view(page: Page, sample: Path) -> None:
    page.goto("/?slice=30")
    settled(page, slice=30)
    lesson = Lesson(sample, 30)
    column, row = 60, 64
    i, j = 127 - column, row  # stored towards the left
    page.mouse.click(*pixel(page, "view-image-y", column, row))
    settled(page)
    place = [float(mm) for mm in address(page)["at"].split(":")]
    affine = nib.load(sample / "T1.nii.gz").affine
    assert place == pytest.approx(nib.affines.apply_affine(affine, [i, j, 30]), abs=1e-3)
    for view in VIEWS:
        assert crossed(page, view) == pytest.approx([column + 0.5, row + 0.5])
    page.mouse.move(5, 5)
    kept = page.locator("#readout .of-crosshair")
    expect(kept).to_contain_text(f"voxel {i}, {j}, 30")
    expect(kept).to_contain_text(f"T1 {lesson.t1[i, j]:g}")
    page.mouse.move(*pixel(page, "view-image-x", 50, 60))
    expect(page.locator("#readout .of-pointer")).to_contain_text(f"T1 {lesson.t1[77, 60]:g}")
    expect(kept).to_contain_text(f"T1 {lesson.t1[i, j]:g}")
    for mark, view in (("of-place", "view-joint"), ("value-line", "view-histograms")):
        assert page.locator(f"#{view} .{mark}:visible").count() > 0
    scaled = [
        (v[i, j] - v[lesson.mask].mean()) / v[lesson.mask].std() for v in (lesson.t1, lesson.b0)
    ]
    fitted(page)  # the readout has taken some of the room of the graphs
    assert page.evaluate(MARKED, ["view-joint", "of-place"]) == pytest.approx(scaled, abs=0.03)
    assert page.evaluate(MARKED, ["view-histograms", "value-line"])[0] == pytest.approx(
        lesson.t1[i, j], abs=4
    )
    # The numbers can be selected, while the pointer moves on.
    kept.evaluate("line => getSelection().selectAllChildren(line)")
    page.mouse.move(*pixel(page, "view-image-x", 52, 62))
    assert "18.6" in page.evaluate("String(getSelection())")


def test_the_crosshair_goes_through_slices_planes_and_the_link(page: Page) -> None:
    page.goto("/?slice=30")
    settled(page, slice=30)
    page.mouse.click(*pixel(page, "view-image-x", 40, 80))
    page.wait_for_url(re.compile("at="))
    settled(page)
    thumb(page).focus()
    page.keyboard.press("ArrowRight")
    settled(page, slice=31)
    assert crossed(page, "view-labels") == pytest.approx([40.5, 80.5])
    page.get_by_text("Sagittal", exact=True).click()
    settled(page, plane="sagittal", slice=40)
    assert crossed(page, "view-image-x") == pytest.approx([80.5, 31.5])
    page.reload()
    settled(page, plane="sagittal", slice=40)
    assert crossed(page, "view-image-x") == pytest.approx([80.5, 31.5])
    page.keyboard.press("Escape")
    settled(page)
    assert "at=" not in page.url
    expect(page.locator("[data-place]")).to_have_count(0)
    page.go_back()
    settled(page)
    assert crossed(page, "view-image-y") == pytest.approx([80.5, 31.5])


@pytest.mark.wide
def test_arrows_move_the_crosshair_in_a_picture_that_keys_reached(home: Page, sample: Path) -> None:
    lesson = Lesson(sample, 30)
    home.mouse.click(*pixel(home, "view-labels", 60, 64))
    settled(home)
    home.keyboard.press("ArrowRight")  # a pointer brought the focus: the key is the slice's
    settled(home, slice=31)
    home.keyboard.press("ArrowLeft")
    settled(home, slice=30)
    thumb(home).focus()
    labels = home.locator("#view-labels")
    tab_to(labels)
    for key in ("ArrowRight", "ArrowRight", "ArrowDown", "Shift+ArrowUp"):
        home.keyboard.press(key)
    home.wait_for_url(re.compile("at="))
    settled(home, slice=30)
    assert crossed(home, "view-image-x") == pytest.approx([62.5, 73.5])
    value = f"T1 {lesson.t1[127 - 62, 73]:g}"
    expect(home.locator("#announce")).to_contain_text(value)


def test_a_crosshair_set_while_a_slice_is_asked_for_does_not_lose_its_cards(home: Page) -> None:
    place = pixel(home, "view-image-x", 40, 80)
    with holding(home, "**/cards/**"):
        thumb(home).focus()
        with home.expect_request("**/cards/**"):
            home.keyboard.press("ArrowRight")
        home.mouse.click(*place)
        home.wait_for_url(re.compile("slice=31.*at="))
    settled(home, slice=31)


def test_a_click_in_the_joint_view_lights_the_voxels_that_lie_there(
    home: Page, sample: Path
) -> None:
    lesson = Lesson(sample, 30)
    column, row = 60, 64
    i, j = 127 - column, row
    x, y = home.evaluate(
        """([x, y]) => {
            const plot = document.querySelector("#view-joint .js-plotly-plot");
            const { left, top } = plot.getBoundingClientRect();
            const { xaxis, yaxis } = plot._fullLayout;
            return [left + xaxis._offset + xaxis.d2p(x), top + yaxis._offset + yaxis.d2p(y)];
        }""",
        [(v[i, j] - v[lesson.mask].mean()) / v[lesson.mask].std() for v in (lesson.t1, lesson.b0)],
    )
    home.mouse.click(x, y)
    expect(home.locator("canvas.alike:visible")).to_have_count(3)
    lit = home.evaluate(
        """() => {
            const canvas = document.querySelector("#view-image-y canvas.alike");
            const { width, height } = canvas;
            const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
            return Array.from({ length: data.length / 4 }, (_, n) => data[4 * n + 3] > 0);
        }"""
    )
    stored = np.array(lit).reshape(128, 128)[::-1, ::-1].T  # as the file has it
    assert stored[i, j]
    assert not (stored & ~lesson.mask).any()
    for image in (lesson.t1, lesson.b0):
        spread = image[stored] - image[i, j]
        assert np.abs(spread).max() < 0.25 * image[lesson.mask].std()
    expect(home.locator("#readout")).to_contain_text(f"{stored.sum()} voxels lie")
    home.keyboard.press("Escape")
    expect(home.locator("canvas.alike:visible")).to_have_count(0)
