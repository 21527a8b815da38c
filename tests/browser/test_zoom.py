"""What part of a slice the pictures show, and how large."""

import itertools
import re
import time
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
import pytest
from playwright.sync_api import Page, expect

from scripts.serving import settled
from tests.browser.acting import resize
from tests.browser.reading import pixel, thumb
from tests.images import save_image

VIEWS = ("view-image-x", "view-image-y", "view-labels")
# Of each picture: its whole slice, and its card.
BOXES = """views => views.map(id => {
    const image = document.querySelector(`#${id} img`);
    return [image, image.closest(".card")].map(node => {
        const { x, y, width, height } = node.getBoundingClientRect();
        return [x, y, width, height];
    });
})"""


def frames(page: Page) -> Any:
    return np.array([image for image, _ in page.evaluate(BOXES, list(VIEWS))])


def head_shares(page: Page, head: np.ndarray) -> list[float]:
    """Share of each card that the box around the head in all axial slices takes, seen whole."""
    (left, right), (back, front) = (
        np.flatnonzero(head.any(axis=others))[[0, -1]] for others in ((1, 2), (0, 2))
    )
    columns, rows, _ = head.shape
    shares = []
    for image, card in page.evaluate(BOXES, list(VIEWS)):
        x, y, width, height = image
        ends = x + left / columns * width, x + (right + 1) / columns * width
        edges = y + (rows - front - 1) / rows * height, y + (rows - back) / rows * height
        assert card[0] <= ends[0] <= ends[1] <= card[0] + card[2]
        assert card[1] <= edges[0] <= edges[1] <= card[1] + card[3]
        shares.append((ends[1] - ends[0]) * (edges[1] - edges[0]) / (card[2] * card[3]))
    return shares


@pytest.fixture(scope="module", autouse=True)
def url(studies: tuple[Path, str]) -> str:
    """A head of 40 x 48 x 30 voxels of 3 mm in a wide box of noise, and Y of voxels of 6 mm."""
    data, url = studies
    random = np.random.default_rng(0)
    shape = (90, 80, 40)
    i, j, k = np.ogrid[:90, :80, :40]
    head = ((i - 50) / 20) ** 2 + ((j - 40) / 24) ** 2 + ((k - 20) / 15) ** 2 <= 1
    air = np.abs(random.normal(0, 15, shape))
    voxels = np.where(head, random.normal(600, 60, shape), air)
    for name, factor in (("T1", 1), ("T2", 2)):
        affine = np.diag([3.0 * factor] * 3 + [1.0])
        affine[:3, 3] = (factor - 1) * 1.5
        save_image(data / f"noisy/{name}.nii.gz", voxels[::factor, ::factor, ::factor], affine)
    np.save(data.parent / "noisy.npy", head)
    return url


def test_the_head_takes_most_of_each_card(home: Page, sample: Path) -> None:
    t1 = np.asarray(nib.load(sample / "T1.nii.gz").dataobj)
    head = np.flip(t1 > 0, 0)  # stored towards the left
    assert min(head_shares(home, head)) > 0.6


@pytest.mark.wide
def test_noise_around_the_head_is_cropped_also_in_an_image_of_another_grid(
    page: Page, url: str, studies: tuple[Path, str]
) -> None:
    page.goto(f"{url}/?study=noisy&x=T1&y=T2")
    settled(page, y="T2")
    head = np.load(studies[0].parent / "noisy.npy")
    assert min(head_shares(page, head)) > 0.6
    x, y, labels = frames(page)
    # Of 90 x 80 and 45 x 40 voxels: the same millimetres.
    for other in (y, labels):
        assert other[1:] == pytest.approx(x[1:], abs=0.01)
    page.keyboard.press("z")
    wide = frames(page)[0]
    assert wide[2] < x[2] * 0.75
    page.reload()
    settled(page)
    assert frames(page)[0] == pytest.approx(wide, abs=0.1)
    page.keyboard.press("z")
    assert frames(page)[0] == pytest.approx(x, abs=0.1)


def test_zoom_is_one_for_all_pictures_and_lasts_over_slices(home: Page) -> None:
    before = frames(home)
    at = pixel(home, "view-image-y", 60, 64)
    home.mouse.move(*at)
    home.keyboard.down("Control")
    home.mouse.wheel(0, -700)
    home.keyboard.up("Control")
    zoomed = frames(home)
    assert zoomed[:, 2] / before[:, 2] == pytest.approx(np.full(3, np.exp(1.4)), rel=1e-3)
    # A wheel's place is in whole pixels.
    assert pixel(home, "view-image-y", 60, 64) == pytest.approx(at, abs=2)
    expect(home.locator("#view-image-x")).to_have_class(re.compile("enlarged"))
    thumb(home).focus()
    home.keyboard.press("ArrowRight")
    settled(home, slice=31)
    assert frames(home) == pytest.approx(zoomed)
    # A drag moves all, and is no click.
    home.mouse.move(*at)
    home.mouse.down()
    home.mouse.move(at[0] + 25, at[1] - 10, steps=3)
    home.mouse.up()
    assert (frames(home) - zoomed)[:, :2] == pytest.approx(np.array([[25, -10]] * 3), abs=0.1)
    home.mouse.dblclick(*at)
    assert frames(home) == pytest.approx(before, abs=0.1)
    # By keys, in a picture that has the focus.
    home.locator("#view-labels").focus()
    home.keyboard.press("+")
    assert frames(home)[0][2] == pytest.approx(1.5 * before[0][2], rel=1e-3)
    home.keyboard.press("-")
    assert frames(home) == pytest.approx(before, abs=0.1)


def test_two_fingers_zoom_and_one_moves_what_is_enlarged(home: Page) -> None:
    before = frames(home)
    x, y = pixel(home, "view-image-y", 60, 64)
    session = home.context.new_cdp_session(home)

    # A finger takes its time: a tap right behind a quick drag only stops what the drag set going.
    moments = itertools.count(time.time(), 0.2)

    def touch(kind: str, *fingers: tuple[float, float]) -> None:
        points = [{"x": left, "y": top, "id": n} for n, (left, top) in enumerate(fingers)]
        event = {"type": kind, "touchPoints": points, "timestamp": next(moments)}
        session.send("Input.dispatchTouchEvent", event)

    for kind, apart in (("touchStart", 20), ("touchMove", 30), ("touchMove", 40)):
        touch(kind, (x - apart, y), (x + apart, y))
    touch("touchEnd")
    pinched = frames(home)
    assert pinched[:, 2] / before[:, 2] == pytest.approx(np.full(3, 2), rel=0.02)
    assert pixel(home, "view-image-y", 60, 64) == pytest.approx((x, y), abs=2)
    for kind, way in (("touchStart", 0), ("touchMove", 10), ("touchMove", 20)):
        touch(kind, (x + way, y - way))
    touch("touchEnd")
    moved = (frames(home) - pinched)[:, :2]
    assert moved == pytest.approx(np.array([[20, -20]] * 3), abs=0.5)
    assert "at=" not in home.url
    # A tap is a click.
    touch("touchStart", (x, y))
    touch("touchEnd")
    home.wait_for_url(re.compile("at="))
    session.detach()
    home.locator("#view-image-y").get_by_role("button", name="Show the whole head").click()
    assert frames(home) == pytest.approx(before, abs=0.1)


@pytest.mark.wide
def test_the_wheel_scrolls_a_page_that_scrolls(page: Page) -> None:
    resize(page, 800, 700)
    page.goto("/?slice=30")
    settled(page, slice=30)
    page.locator("#view-image-x").hover()
    page.mouse.wheel(0, 120)
    page.wait_for_function("() => scrollY > 0")
    assert "slice=30" in page.url
    page.locator("#view-image-x").hover()
    page.keyboard.down("Shift")
    page.mouse.wheel(0, 50)
    page.keyboard.up("Shift")
    settled(page, slice=29)
