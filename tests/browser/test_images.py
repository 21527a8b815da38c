"""Several images, several volumes of one, and studies one after the other."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from scripts.serving import settled
from tests.browser.acting import (
    PILLS,
    address,
    choose,
    expect_mixed,
    fitted,
    holding,
    open_view,
    options,
    resize,
)
from tests.browser.reading import picture, pixel
from tests.images import save_image
from tests.wide import cases

SHAPE = (24, 20, 12)
LONG = "sub-01_space-MNI152NLin6Asym_desc-preproc"


@pytest.fixture(scope="module", autouse=True)
def url(studies: tuple[Path, str]) -> str:
    data, url = studies
    random = np.random.default_rng(4)
    kinds = random.integers(0, 3, SHAPE)

    def save(name: str, voxels: np.ndarray, affine: Any = None) -> None:
        save_image(data / f"{name}.nii.gz", voxels, affine)

    t1 = np.array([100, 200, 300])[kinds] + random.normal(0, 8, SHAPE)
    ramp = np.arange(SHAPE[0])[:, None, None] * 10.0 + 5 + random.normal(0, 1, SHAPE)
    save("series/T1", t1)
    # The first volume and the mean are mirror images of each other.
    save("series/dwi", np.stack([ramp, 4 * ramp[::-1], 4 * ramp[::-1]], axis=-1))
    for number, name in enumerate(("T1", "T2", "FLAIR", "PD")):
        means = np.roll([100, 220, 340], number)
        save(f"four/{name}", means[kinds] + random.normal(0, 9, SHAPE))
        save(f"unread/{name}", means[kinds] + random.normal(0, 9, SHAPE))
    contrasts = [np.roll([100, 220, 340], n)[kinds] for n in range(3)] + [t1[::-1]]
    save("decathlon/BRATS", np.stack([c + random.normal(0, 9, SHAPE) for c in contrasts], -1))
    for number in range(9):
        save(f"nine/m{number}", random.normal(200 + 60 * kinds, 20, SHAPE))
    t1[:4] = t1[-4:] = 0  # else a study with a mask would open with it
    save("masked/T1", t1)
    other = np.array([250, 90, 160])[kinds] + random.normal(0, 8, SHAPE)
    save("masked/T2", np.where(t1 > 0, other, 0))
    mask = np.zeros(SHAPE)
    mask[6:16, 4:16] = 1
    save("masked/brain_mask", mask)
    save("tall/T1", t1.transpose(2, 1, 0))
    for kind, seed in (("T1w", 0), ("T2w", 1)):
        contrast = np.roll([100, 220, 340], seed)[kinds] + random.normal(0, 9, SHAPE)
        save(f"long/{LONG}_{kind}", contrast * 1000)
        save(f"unlike/{kind}_{LONG}_{kind}", contrast * 1000)
    save("short/T1", t1)
    # Three slices of 2 mm at z = 4, 6 and 8 mm, of brightness 50, 100 and 150.
    lower = np.diag([1.0, 1.0, 2.0, 1.0])
    lower[2, 3] = 4
    save("short/epi", np.broadcast_to([50.0, 100.0, 150.0], (20, 20, 3)), lower)
    return url


def columns(page: Page) -> list[str]:
    return page.locator("#view-components thead th span:not(.visually-hidden)").all_inner_texts()


def test_a_volume_of_a_series_is_chosen_and_back_undoes_it(lab: Page, url: str) -> None:
    open_view(lab, f"{url}/?study=series&x=dwi&y=T1", x="dwi")
    expect(lab.locator("#control-volume-x")).to_be_visible()
    expect(lab.locator("#control-volume-y")).to_be_hidden()
    expect(lab.locator("#control-volume-x")).to_have_value("0")
    assert options(lab, "control-volume-x") == ["mean of 3", "0", "1", "2"]
    choose(lab, "control-volume-x", "mean of 3")
    settled(lab, x="dwi:mean")
    expect(lab.locator("#control-volume-x")).to_have_value("mean of 3")
    expect(lab.locator("#control-x")).to_have_value("dwi:mean")
    lab.go_back()
    settled(lab, x="dwi")
    expect(lab.locator("#control-volume-x")).to_have_value("0")


def test_the_mean_of_a_series_is_shown_and_named(lab: Page, url: str) -> None:
    open_view(lab, f"{url}/?study=series&x=dwi:0&y=T1", x="dwi:0")
    first = picture(lab, "view-image-x")[..., 0].mean(axis=0)
    open_view(lab, f"{url}/?study=series&x=dwi:mean&y=T1", x="dwi:mean")
    mean = picture(lab, "view-image-x")[..., 0].mean(axis=0)
    assert first[-3:].mean() > 2 * first[:3].mean()
    assert mean[:3].mean() > 2 * mean[-3:].mean()
    expect(lab.locator("#head-image-x h2")).to_contain_text("mean of 3 volumes")


def test_an_image_of_one_volume_has_no_volume_to_choose(lab: Page, url: str) -> None:
    open_view(lab, f"{url}/?study=four", study="four")
    expect(lab.locator("#control-volume-x")).to_be_hidden()
    expect(lab.locator("#control-volume-y")).to_be_hidden()


def leave_out(page: Page, image: str) -> None:
    pill = page.locator(PILLS).get_by_text(image, exact=True)
    pill.locator("..").get_by_role("button", include_hidden=True).click()
    page.keyboard.press("Escape")


def test_an_image_is_left_out_of_the_mixture_and_back_restores_it(lab: Page, url: str) -> None:
    open_view(lab, f"{url}/?study=four", study="four")
    images = columns(lab)
    assert sorted(images) == ["FLAIR", "PD", "T1", "T2"]
    expect_mixed(lab, *images)
    leave_out(lab, "PD")
    rest = [name for name in images if name != "PD"]
    settled(lab, mix=",".join(rest))
    assert columns(lab) == rest
    lab.go_back()
    settled(lab)
    assert "mix" not in address(lab)
    assert columns(lab) == images
    expect_mixed(lab, *images)


@pytest.mark.wide
def test_the_contrasts_of_one_file_are_chosen_for_x_and_y_and_for_the_fit(
    lab: Page, url: str
) -> None:
    frames = [f"BRATS:{number}" for number in range(4)]
    open_view(lab, f"{url}/?study=decathlon", x="BRATS:0", y="BRATS:1")
    expect_mixed(lab, *frames)
    assert columns(lab) == frames
    choose(lab, "control-x", "BRATS:3")
    settled(lab, x="BRATS:3", y="BRATS:1")
    assert options(lab, "control-y") == frames
    choose(lab, "control-volume-y", "2")
    settled(lab, x="BRATS:3", y="BRATS:2")
    leave_out(lab, "BRATS:0")
    settled(lab, mix="BRATS:3,BRATS:2,BRATS:1")
    assert len(columns(lab)) == 3


def test_images_left_out_faster_than_the_server_answers_are_all_left_out(
    lab: Page, url: str
) -> None:
    open_view(lab, f"{url}/?study=four", study="four")
    first, second, *_ = columns(lab)
    with holding(lab, "**/open?*"):
        lab.locator("#control-mix").click()
        for left in (3, 2):
            lab.keyboard.press("Backspace")
            expect(lab.locator(PILLS)).to_have_count(left)
    lab.keyboard.press("Escape")
    settled(lab, mix=f"{first},{second}")
    assert columns(lab) == [first, second]
    expect_mixed(lab, first, second)


def test_taking_every_image_out_of_the_mixture_mixes_all(lab: Page, url: str) -> None:
    open_view(lab, f"{url}/?study=four&mix=T1", mix="T1")
    expect_mixed(lab, "T1")
    lab.locator("#control-mix").click()
    lab.keyboard.press("Backspace")
    lab.keyboard.press("Escape")
    expect(lab.locator(PILLS)).to_have_count(4)
    settled(lab)
    assert "mix" not in address(lab)
    assert len(columns(lab)) == 4


@pytest.mark.wide
def test_an_emptied_mixture_of_all_images_is_filled_again(lab: Page, url: str) -> None:
    open_view(lab, f"{url}/?study=four", study="four")
    before = lab.url
    lab.locator("#control-mix").click()
    for left in (3, 2, 1):
        lab.keyboard.press("Backspace")
        expect(lab.locator("#view-components thead th span:not(.visually-hidden)")).to_have_count(
            left
        )
        settled(lab)
    lab.keyboard.press("Backspace")
    expect(lab.locator(PILLS)).to_have_count(4)
    expect(lab).to_have_url(before)
    settled(lab)
    assert len(columns(lab)) == 4


@pytest.mark.wide
def test_a_ninth_image_is_refused_with_a_sentence(lab: Page, url: str) -> None:
    eight = ",".join(f"m{number}" for number in range(8))
    open_view(lab, f"{url}/?study=nine&mix={eight}", study="nine")
    lab.locator("#control-mix").click()
    ninth = lab.locator("[role=option]:visible").get_by_text("m8", exact=True)
    ninth.click()
    told = lab.get_by_role("status").filter(has_text="at most 8 images")
    expect(told).to_be_visible()
    lab.keyboard.press("Backspace")
    settled(lab, mix=",".join(f"m{number}" for number in range(7)))
    expect(lab.locator(":root")).not_to_have_attribute("data-mix-full", "")


def test_another_study_starts_afresh_and_back_returns(lab: Page, url: str) -> None:
    chosen = {
        "mix": "T1", "mask": "brain_mask", "reference": "none", "grid": "T1", "foreground": "mask",
    }  # fmt: skip
    query = "&".join(f"{name}={value}" for name, value in chosen.items())
    open_view(
        lab, f"{url}/?study=masked&{query}", study="masked", mix="T1", grid="T1", foreground="mask"
    )
    before = address(lab)
    choose(lab, "control-study", "four")
    settled(lab, study="four")
    assert not set(chosen) - {"foreground"} & set(address(lab))
    assert address(lab)["foreground"] == "positive"
    assert len(columns(lab)) == 4
    expect(lab.locator("#control-grid")).to_have_value("")
    lab.go_back()
    settled(lab)
    assert address(lab) == before
    assert columns(lab) == ["T1"]
    expect(lab.locator("#control-grid")).to_have_value("T1")
    expect(lab.locator("#control-foreground")).to_have_value("mask")


def test_voxels_in_a_mask_are_kept(lab: Page, url: str) -> None:
    open_view(lab, f"{url}/?study=masked", foreground="positive")
    expect(lab.locator("#control-mask")).to_have_value("brain_mask")
    choose(lab, "control-foreground", "mask")
    settled(lab, foreground="mask")
    alpha = picture(lab, "view-labels", 1)[..., 3]
    assert (alpha > 0).sum() == 10 * 12
    expect(lab.locator("#view-components .facts")).to_contain_text("120 foreground voxels")


def test_one_image_has_its_certainty_and_one_large_histogram(lab: Page, url: str) -> None:
    open_view(lab, f"{url}/?study=four&x=T1&y=T1&mix=T1&slice=5", y="T1")
    expect(lab.locator("#head-image-y h2")).to_have_text("Certainty")
    expect(lab.locator(".image-card:nth-child(2) .scale-numbers span").last).to_have_text("1")
    first = lab.locator("#view-image-y img:not(.outline)").get_attribute("src") or ""
    assert "/5/certainty.png" in first
    grey = picture(lab, "view-image-y")[..., 0]
    labels = picture(lab, "view-labels", 1)[..., 3]
    assert (grey[labels == 0] == 0).all()
    assert (
        np.median(grey[labels > 0]) > 127
    )  # of three classes, most voxels are nearer to 1 than 1/3
    lab.locator("#slice-forward").click()
    settled(lab, slice=6)
    expect(lab.locator("#view-image-y img:not(.outline)")).to_have_attribute(
        "src", re.compile("/6/certainty")
    )
    expect(lab.locator("#view-joint")).to_be_hidden()
    graph, tabs = (lab.locator(at).bounding_box() for at in ("#view-histograms", ".tabs-card"))
    assert graph is not None
    assert tabs is not None
    assert graph["width"] > 1.8 * tabs["width"]
    choose(lab, "control-y", "T2")
    settled(lab, y="T2")
    expect(lab.locator("#head-image-y h2")).to_have_text("T2")
    expect(lab.locator("#view-joint .main-svg").first).to_be_visible()
    fitted(lab)
    joint, card = (
        lab.locator(at).bounding_box() for at in ("#view-joint .main-svg >> nth=0", "#view-joint")
    )
    assert [joint[side] for side in ("width", "height")] == [
        pytest.approx(card[side], abs=2) for side in ("width", "height")
    ]


# Of each picture: its proportions, those of its pixels, and whether it lies within its card.
PROPORTIONS = """
() => [...document.querySelectorAll(".picture img:not(.outline)")].map((image) => {
    const [box, card] = [image, image.closest(".card")].map((e) => e.getBoundingClientRect());
    const isInside = box.left >= card.left && box.right <= card.right &&
        box.top >= card.top && box.bottom <= card.bottom;
    return [box.width / box.height, image.naturalWidth / image.naturalHeight, isInside];
})
"""


def test_a_slice_of_another_shape_is_shown_whole_in_every_picture(lab: Page, url: str) -> None:
    open_view(lab, f"{url}/?study=tall", plane="axial")  # of voxels that are cubes
    lab.keyboard.press("z")  # the whole field, not the head
    before = lab.evaluate(PROPORTIONS)
    lab.get_by_text("Sagittal", exact=True).click()
    settled(lab, plane="sagittal")
    after = lab.evaluate(PROPORTIONS)
    assert after[0] != before[0]
    assert len(after) == 4  # X, Y, X below the labels, and the labels
    for shown, pixels, is_inside in after:
        assert shown == pytest.approx(pixels, rel=0.01)
        assert is_inside
    lab.keyboard.press("z")


def test_an_image_on_a_shorter_grid_is_shown_where_it_lies(lab: Page, url: str) -> None:
    open_view(lab, f"{url}/?study=short&x=T1&y=epi&slice=6&window_y=0:200", y="epi", slice=6)
    expect(lab.locator("#head-image-y .caption")).to_have_text("slice 1, nearest in mm")
    assert np.median(picture(lab, "view-image-y")[..., 0]) == 255 * 100 // 200
    # The pointer's place is shown at the same mm in all three, from whichever picture.
    for view in ("view-image-x", "view-image-y"):
        lab.mouse.move(*pixel(lab, view, 9, 4))
        expect(lab.locator("[data-crosshair]")).to_have_count(3)
        expect(lab.locator("#readout")).to_contain_text("voxel 9, 4, 6")
        expect(lab.locator("#readout")).to_contain_text("on another grid")


def test_where_an_image_has_nothing_its_card_says_so(lab: Page, url: str) -> None:
    # The last one with a slice near it.
    open_view(lab, f"{url}/?study=short&x=T1&y=epi&slice=9", slice=9)
    expect(lab.locator("#problem-image-y")).to_be_empty()
    lab.locator("#slice-forward").click()
    settled(lab, slice=10)
    expect(lab.locator("#problem-image-y")).to_have_text("epi has no slice here.")
    assert picture(lab, "view-image-y").shape == (1, 1, 4)
    lab.locator("#slice-back").click()
    settled(lab, slice=9)
    expect(lab.locator("#head-image-y .caption")).to_have_text("slice 2, nearest in mm")


@pytest.mark.parametrize("width", cases([1440, 390], wide=lambda width: width == 1440))
def test_lists_are_as_wide_as_their_names_and_on_the_screen(
    lab: Page, url: str, width: int
) -> None:
    resize(lab, width, 900)
    open_view(lab, f"{url}/?study=unlike", study="unlike")
    if width < 700:
        lab.locator("#controls-toggle").click()
    lab.locator("#control-y").click()
    option = lab.locator("[role=option]:visible").first
    expect(option).to_contain_text(LONG)
    option.click(trial=True)  # the list has come to rest
    text = option.locator("span")
    assert text.evaluate("node => node.scrollWidth <= node.clientWidth")
    told = text.bounding_box()
    box = lab.locator(".mantine-Select-dropdown:visible").bounding_box()
    assert box is not None
    assert told is not None
    assert told["x"] + told["width"] <= box["x"] + box["width"]
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width


def test_names_that_do_not_fit_are_told_in_full(lab: Page, url: str) -> None:
    open_view(lab, f"{url}/?study=long", study="long")
    assert lab.locator("#view-components .wide").evaluate("n => n.scrollWidth <= n.clientWidth")
    lab.locator("#control-x").hover()
    expect(lab.locator("#control-x")).to_have_attribute("title", f"{LONG}_T1w")
    title = lab.locator("#view-histograms text.x2title")
    title.hover()
    expect(title.locator("title")).to_have_text(f"{LONG}_T2w")


def test_a_table_that_is_cut_is_scrolled_by_its_own_keys(lab: Page, url: str) -> None:
    resize(lab, 390, 800)
    open_view(lab, f"{url}/?study=four&slice=5", study="four")
    table = lab.get_by_role("region", name="The components in numbers")
    table.evaluate("node => { node.style.width = '200px'; }")
    first = table.locator("tbody th").first
    table.focus()
    left = first.bounding_box()
    lab.keyboard.press("ArrowRight")
    lab.wait_for_function("() => document.querySelector('#view-components .wide').scrollLeft > 20")
    assert address(lab)["slice"] == "5"
    assert first.bounding_box() == left


# Everything that the line about reading has said.
TOLD = """
window.told = [];
new MutationObserver(() => {
    const line = document.getElementById("reading");
    if (line && !line.hidden && line.textContent !== told.at(-1)) told.push(line.textContent);
}).observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
"""


@pytest.mark.wide
def test_the_page_tells_which_image_of_a_new_study_is_being_read(own_page: Page, url: str) -> None:
    page = own_page
    page.add_init_script(TOLD)
    page.goto(f"{url}/?study=unread")
    settled(page, study="unread")
    names = ("T1", "T2", "FLAIR", "PD")
    expected = [f"Reading {name} ({number} of 4)" for number, name in enumerate(names, 1)]
    assert page.evaluate("told") == expected
    expect(page.locator("#reading")).to_be_hidden()
    page.reload()
    settled(page, study="unread")
    assert page.evaluate("told") == []
