"""The maps in the place of the labels: what the page shows of them, and how it is chosen."""

import numpy as np
import pytest
from playwright.sync_api import Page, expect
from scipy.ndimage import binary_erosion

from scripts.serving import settled
from tests.browser.reading import picture

# Whether the numbers of the legend, which come a moment after the map, have this sum.
SUM_UP = """sum => [...document.querySelectorAll(".entry-count")]
    .reduce((all, { textContent }) => all + Number(textContent.replaceAll(",", "")), 0) === sum"""


def test_the_maps_are_chosen_from_the_list_and_by_a_key(home: Page) -> None:
    menu, legend = home.locator("#control-map"), home.locator(".map-legend")
    title = home.locator(".card:has(#view-labels) h2")
    picked = home.locator("#control-map option:not([hidden])")
    assert picked.all_inner_texts() == [
        "labels", "uncertainty", "probability 1", "probability 2", "probability 3", "disagreement",
        "reference", "difference",
    ]  # fmt: skip
    labels = picture(home, "view-labels", 1)

    home.keyboard.press("m")
    settled(home, map="uncertainty")
    expect(title).to_have_text("Uncertainty")
    expect(home.get_by_role("application", name="Uncertainty over image X")).to_be_visible()
    assert legend.locator(".scale-numbers span").all_inner_texts() == [
        "0", "0.25", "0.5", "0.75", "1",
    ]  # fmt: skip
    expect(home.locator(".class-chip.class-1")).to_be_hidden()
    expect(home.locator("#announce")).to_contain_text("Map: uncertainty.")
    uncertain = picture(home, "view-labels", 1)
    np.testing.assert_array_equal(uncertain[..., 3], labels[..., 3])

    menu.select_option("probability 3")
    settled(home, map="probability-3")
    assert legend.locator(".scale-numbers span").all_inner_texts()[-1] == "100 %"

    # A slice further the map follows; the numbers of the legend are those of the slice.
    menu.select_option("difference")
    settled(home, map="difference")
    counted = []
    for slice in (30, 31):
        if slice == 31:
            home.locator("#slice-forward").click()
            settled(home, slice=31)
        shown = picture(home, "view-labels", 1)
        home.wait_for_function(SUM_UP, arg=int((shown[..., 3] > 0).sum()))
        counted.append(home.locator(".entry-count").all_inner_texts())
    assert counted[0] != counted[1]

    menu.select_option("reference")
    settled(home, map="reference")
    expect(legend.locator(".entry-name")).to_have_text(["CSF", "GM", "WM"])

    # A class that is not there any more: the card says so, and another number brings it back.
    menu.select_option("probability 3")
    settled(home, map="probability-3")
    home.keyboard.press("2")
    settled(home, components=2)
    expect(home.locator("#labels-problem")).to_have_text("There is no class 3 of 2.")
    assert home.locator("#view-labels img").nth(1).get_attribute("src") is None
    home.keyboard.press("3")
    settled(home, components=3)
    expect(home.locator("#labels-problem")).to_be_empty()

    home.reload()
    settled(home, map="probability-3")
    expect(title).to_have_text("Probability of class 3")
    assert menu.input_value() == "probability-3"


@pytest.mark.wide
def test_outlines_lie_over_both_images_and_follow_the_slice(home: Page) -> None:
    images = ("view-image-x", "view-image-y")
    expect(home.locator("#view-image-x img")).to_have_count(1)
    home.locator("#control-outline").select_option("reference")
    settled(home, outline="reference")
    home.locator("#control-map").select_option("reference")
    for slice in (30, 31):
        settled(home, outline="reference", map="reference", slice=slice)
        labelled = picture(home, "view-labels", 1)
        for image in images:
            lines = picture(home, image, 1)
            outlined = lines[..., 3] > 0
            np.testing.assert_array_equal(lines[outlined], labelled[outlined])
            # All that is at the edge of the labelled voxels, and some of what is within.
            inner = binary_erosion(labelled[..., 3] > 0)
            assert outlined[(labelled[..., 3] > 0) & ~inner].all()
            assert 0 < outlined[inner].mean() < 0.6
        home.locator("#slice-forward").click()
    settled(home, slice=32)
    home.reload()
    settled(home, outline="reference", slice=32)
    assert home.locator("#control-outline").input_value() == "reference"
