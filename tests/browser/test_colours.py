"""The colour maps of images X and Y, compared with Plotly's own scales of these names."""

import io
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Download, Page, expect
from plotly.colors import sample_colorscale, unlabel_rgb

from scripts.serving import settled
from tests.browser.acting import open_view, tab_to
from tests.browser.reading import PIXEL, picture

Colours = NDArray[np.int64]
ROW, COLUMNS = 50, range(40, 90, 3)  # of the sample's slice 30: inside the head


def of_plotly(name: str, greys: Any) -> Colours:
    """Plotly's colours of greys of 8 bits."""
    levels = np.asarray(greys)
    colours = sample_colorscale(name, (levels.ravel() / 255).tolist())
    return np.array([unlabel_rgb(one) for one in colours], int).reshape(*levels.shape, 3)


def on_screen(page: Page, points: list[Any]) -> Colours:
    shot = np.asarray(Image.open(io.BytesIO(page.screenshot())).convert("RGB"))
    return np.array([shot[int(y), int(x)] for x, y in points], int)


def seen(page: Page, view: str) -> Colours:
    """Colours of a row of voxels on the screen."""
    return on_screen(page, [page.evaluate(PIXEL, [view, column, ROW]) for column in COLUMNS])


def served(page: Page, view: str, number: int = 0) -> Colours:
    """Colours of the same voxels in the picture of the server."""
    row = picture(page, view, number)[::-1][ROW, COLUMNS.start : COLUMNS.stop : COLUMNS.step]
    return row[:, :3].astype(int)


def test_colours_chosen_by_keys_are_exact_and_fetch_nothing(home: Page) -> None:
    requests: list[str] = []
    home.on("request", lambda request: requests.append(request.url))
    home.locator("#control-window-x .handle.white").press("Enter")
    panel = home.get_by_role("dialog", name="Window of T1")
    tab_to(panel.get_by_role("radio", name="grey", exact=True))
    home.keyboard.press("ArrowDown")
    home.keyboard.press("ArrowDown")
    settled(home, colourmap_x="viridis")
    home.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    greys = served(home, "view-image-x")[:, 0]
    assert np.ptp(greys) > 100
    assert np.abs(seen(home, "view-image-x") - of_plotly("viridis", greys)).max() <= 1
    np.testing.assert_array_equal(seen(home, "view-image-y"), served(home, "view-image-y"))
    # The scale has the same colours between its handles.
    strip = home.locator("#control-window-x .strip").bounding_box()
    ends = home.locator("#control-window-x .handle").evaluate_all(
        "handles => handles.map((one) => 1 - parseFloat(one.style.bottom) / 100)"
    )
    assert strip is not None
    middle = strip["x"] + strip["width"] / 2
    heights = strip["y"] + np.linspace(*ends, 9)[1:-1] * strip["height"]
    scale = on_screen(home, [(middle, height) for height in heights])
    assert np.abs(scale - of_plotly("viridis", np.arange(1, 8) * 255 / 8)).max() <= 8
    # The image under the pointer has the next ones by a key, and those it has go with it to Y.
    home.locator("#view-image-y").hover()
    home.keyboard.press("G")
    settled(home, colourmap_x="viridis", colourmap_y="hot")
    # Meanwhile only the neighbours are fetched ahead.
    assert not [url for url in requests if re.search(r"/30\.png|need=image.*slice=30|_dash", url)]
    home.keyboard.press("x")
    settled(home, x="b0", y="T1", colourmap_x="hot", colourmap_y="viridis")
    home.go_back()
    settled(home, x="T1", colourmap_x="viridis", colourmap_y="hot")


@pytest.mark.wide
def test_a_link_opens_in_its_colours_which_saved_pictures_have_and_classes_do_not(
    home: Page,
) -> None:
    server = home.url.partition("/?")[0]
    view = "study=sample&slice=30&opacity=100&window_x=100:300&colourmap_y=inverted"
    open_view(
        home, f"{server}/?{view}&colourmap_x=inferno", colourmap_x="inferno", colourmap_y="inverted"
    )
    greys = served(home, "view-image-x")[:, 0]
    inferno = of_plotly("inferno", greys)
    assert greys.min() < 100 < greys.max() == 255  # cut off by the window
    assert np.abs(seen(home, "view-image-x") - inferno).max() <= 1
    np.testing.assert_array_equal(seen(home, "view-image-y"), 255 - served(home, "view-image-y"))
    is_class = picture(home, "view-labels", 1)[::-1][ROW, COLUMNS][:, 3] > 0
    labels = np.where(is_class[:, None], served(home, "view-labels", 1), inferno)
    assert is_class.any()
    assert np.abs(seen(home, "view-labels") - labels).max() <= 1

    saved: dict[str, Download] = {}
    home.on("download", lambda one: saved.update({one.suggested_filename: one}))
    home.locator("#export-menu summary").click()
    home.locator("#export-menu").get_by_role("button", name="Pictures…").click()
    home.get_by_label("Pixels per voxel").select_option("1")
    with home.expect_download(lambda one: "labels" in one.suggested_filename):
        home.locator("dialog.sheet").get_by_role("button", name="Save").click()
    home.locator("dialog.sheet").get_by_role("button", name="Close").click()
    x, y, over = (np.asarray(Image.open(Path(one.path())).convert("RGB")) for one in saved.values())
    whole = of_plotly("inferno", picture(home, "view-image-x")[..., 0])
    assert np.abs(x - whole).max() <= 1
    np.testing.assert_array_equal(y, 255 - picture(home, "view-image-y")[..., :3])
    classes = picture(home, "view-labels", 1)
    is_class = classes[..., 3:] > 0
    assert np.abs(over - np.where(is_class, classes[..., :3], whole)).max() <= 1
