"""Move the slice or the number of components, and every view follows."""

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from scripts.serving import settled
from tests.browser.lesson import Lesson, upright
from tests.browser.reading import CLASS_COLOURS, picture, pixel, table, thumb, traces


def move_to(page: Page, slice_number: int, steps: int) -> None:
    thumb(page).focus()
    for _ in range(abs(steps)):
        page.keyboard.press("ArrowRight" if steps > 0 else "ArrowLeft")
    settled(page, slice=slice_number)


def assert_shows(page: Page, lesson: Lesson) -> None:
    """Compare every linked view with the notebook's numbers."""
    grey = picture(page, "view-image-x")[..., 0].astype(float)
    tissue = upright(lesson.mask)
    assert np.corrcoef(grey[tissue], upright(lesson.t1)[tissue])[0, 1] > 0.99
    grey = picture(page, "view-image-y")[..., 0].astype(float)
    assert np.corrcoef(grey[tissue], upright(lesson.b0)[tissue])[0, 1] > 0.97

    drawn = [np.array(t["y"][:-1]) for t in traces(page, "view-histograms") if len(t["y"]) == 51]
    expected = [
        np.histogram(values, bins=50)[0]
        for image in (lesson.t1, lesson.b0)
        for values in (image, image[lesson.mask])
    ]
    assert [list(counts) for counts in drawn] == [list(counts) for counts in expected]

    overlay = picture(page, "view-labels", 1)
    np.testing.assert_array_equal(overlay[..., 3] > 0, tissue)
    # One colour for each class of the notebook; its number is that of the head's class.
    labels = upright(lesson.labels)
    pairs = np.unique(np.c_[overlay[tissue][:, :3], labels[tissue]], axis=0)
    assert len(pairs) == lesson.components == len({tuple(pair[:3]) for pair in pairs})
    if lesson.components == len(CLASS_COLOURS):
        assert {int(number): tuple(colour) for *colour, number in pairs.tolist()} == dict(
            enumerate(CLASS_COLOURS, start=1)
        )

    voxels = [int(row[2].replace(",", "")) for row in table(page, "view-components")]
    assert sorted(voxels) == sorted(np.bincount(lesson.labels.ravel())[1:].tolist())


def test_the_first_page_shows_the_lesson(page: Page, sample) -> None:
    page.goto("/")
    settled(page, slice=30)
    assert_shows(page, Lesson(sample, 30))


def test_every_view_follows_the_slice(home: Page, sample) -> None:
    move_to(home, 32, 2)
    assert_shows(home, Lesson(sample, 32))
    expect(home.locator("#position")).to_have_text("32 / 69   z = −16.3 mm")


def test_every_view_follows_the_number_of_components(home: Page, sample) -> None:
    home.locator("#control-components").get_by_text("5", exact=True).click()
    settled(home, components=5)
    assert_shows(home, Lesson(sample, 30, components=5))
    names = [trace["name"] for trace in traces(home, "view-histograms")]
    assert sum(name == "class 5" or name.startswith("5 ") for name in names) == 2
    means = next(t for t in traces(home, "view-joint") if t["mode"] == "markers+text")
    assert len(means["x"]) == 5


# Where the axes of the joint view should begin, and where they do.
TOP = """() => {
    const plot = document.querySelector("#view-joint .js-plotly-plot");
    return [plot.layout.margin.t, Number(plot.querySelector(".nsewdrag").getAttribute("y"))];
}"""


def test_the_joint_view_changes_its_kind_and_axes(home: Page, sample) -> None:
    lesson = Lesson(sample, 30)
    home.locator("#control-joint").select_option("2-D histogram")
    settled(home, joint="histogram")
    assert "heatmap" in {trace["type"] for trace in traces(home, "view-joint")}
    home.locator("#control-joint").select_option("Density")
    settled(home, joint="density")
    assert "contour" in {trace["type"] for trace in traces(home, "view-joint")}
    home.locator("#control-axes").select_option("raw")
    settled(home, axes="raw")
    means = next(t for t in traces(home, "view-joint") if t["mode"] == "markers+text")
    darkest = lesson.t1[lesson.labels == 1].mean()
    assert means["x"][0] == pytest.approx(darkest, rel=0.1)
    home.locator("#control-joint").select_option("Scatter")
    home.wait_for_url(lambda url: "joint=" not in url)
    settled(home)
    room, top = home.evaluate(TOP)
    assert top == room, "the room of the colour bar is gone, too"


def test_a_hidden_class_leaves_every_view(home: Page, sample) -> None:
    home.locator(".class-chip.class-2 label").click()
    expect(home.get_by_role("checkbox", name="Hide class 2")).to_be_checked()
    settled(home, hidden=2)
    overlay = picture(home, "view-labels", 1)
    np.testing.assert_array_equal(
        overlay[..., 3] > 0, np.isin(upright(Lesson(sample, 30).labels), [1, 3])
    )
    names = [trace["name"].split(" ")[0] for trace in traces(home, "view-histograms")]
    assert [names.count(number) for number in "123"] == [2, 0, 2]  # one curve for each image
    means = next(t for t in traces(home, "view-joint") if t["mode"] == "markers+text")
    assert len(means["x"]) == 2


@pytest.mark.wide
def test_a_drag_ends_on_the_slice_under_the_finger(home: Page, sample) -> None:
    box = thumb(home).bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    track = home.locator("#control-slice .mantine-Slider-track").bounding_box()
    home.mouse.move(x, y)
    home.mouse.down()
    home.mouse.move(x + 5 * track["width"] / 69, y, steps=5)
    home.mouse.up()
    settled(home, slice=35)
    assert_shows(home, Lesson(sample, 35))


def test_the_cursor_reads_the_voxel_under_it(home: Page, sample) -> None:
    lesson = Lesson(sample, 30)
    home.mouse.move(*pixel(home, "view-image-y", 60, 64))
    i, j = 127 - 60, 64  # stored towards the left
    readout = home.locator("#readout")
    expect(readout).to_contain_text(f"voxel {i}, {j}, 30")
    expect(readout).to_contain_text("mm −8.5, 18.6, −20.7")
    expect(readout).to_contain_text(f"T1 {lesson.t1[i, j]:g}")
    expect(readout).to_contain_text(f"b0 {lesson.b0[i, j]:g}")
    expect(readout).to_contain_text(f"class {lesson.labels[i, j]}")
    # Where the classes are least certain.
    greatest = np.where(lesson.mask, lesson.posterior.max(axis=-1), 1)
    i, j = map(int, np.unravel_index(greatest.argmin(), greatest.shape))
    home.mouse.move(*pixel(home, "view-image-y", 127 - i, j))
    expect(readout).to_contain_text(f"voxel {i}, {j}, 30")
    heights = readout.locator(".of-pointer .bar").evaluate_all(
        "(bars) => bars.map((bar) => Number(bar.style.getPropertyValue('--percent')))"
    )
    assert heights == pytest.approx(100 * lesson.posterior[i, j], abs=1)
    expect(readout).to_contain_text(f"{max(heights)} %")
