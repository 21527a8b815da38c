"""Names that begin and end alike are told apart everywhere, and show in full under the pointer."""

from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from scripts.serving import settled
from tests.browser.acting import choose, expect_mixed, open_view, resize
from tests.images import save_image
from tests.wide import cases

START = "sub-CPH0012345_ses-02_space-MNI152NLin2009cAsym_res-2_desc-preproc"


@pytest.fixture(scope="module")
def url(studies: tuple[Path, str]) -> str:
    data, url = studies
    random = np.random.default_rng(3)
    voxels = np.zeros((24, 24, 16))
    alike = [f"alike/{START}_{contrast}" for contrast in ("T1w", "T2w", "FLAIR")]
    ends = [f"ends/RNiftyReg_template_{name}" for name in ("flash_t1", "echo_t2")]
    for name in (*alike, *ends, "ends/FLAIR"):
        voxels[4:-4, 4:-4, 2:-2] = random.uniform(50, 400, (16, 16, 12))
        save_image(data / f"{name}.nii", voxels)
    return url


# Texts of names that have less room than they need, and of which the end is out of sight.
HIDDEN = """
() => ["[id^=head-image] h2", ".numbers [data-value] > span", ".controls input"]
    .flatMap((selector) => [...document.querySelectorAll(selector)])
    .filter((element) => element.offsetParent && element.scrollWidth > element.clientWidth + 1)
    .map((element) => element.value ?? element.textContent)
    .filter(Boolean)
"""


@pytest.mark.parametrize("width", cases([390, 768, 1440, 2560], wide=lambda width: width != 1440))
def test_long_names_are_told_apart_at_every_width(lab: Page, url: str, width: int) -> None:
    resize(lab, width, 900)
    open_view(lab, f"{url}/?study=alike&slice=8", study="alike", y=f"{START}_T2w")
    expect(lab.locator("#control-x")).to_have_value("T1w")
    expect(lab.locator("#control-y")).to_have_value("T2w")
    expect(lab.locator("#head-image-x h2")).to_have_text("T1w")
    expect(lab.locator("#head-image-x h2")).to_have_attribute("title", f"{START}_T1w")
    expect(lab.locator("#view-components thead th > span")).to_contain_text(
        ["Class", "T1w", "T2w", "FLAIR"]
    )
    titles = lab.locator("#view-joint .xtitle, #view-joint .ytitle").all_text_contents()
    assert [title.split()[0] for title in titles] == ["T1w", "T2w"]
    assert not lab.evaluate(HIDDEN)
    if width == 1440:
        expect_mixed(lab, "T1w", "T2w", "FLAIR")
        lab.locator("#control-x").hover()
        expect(lab.locator("#control-x")).to_have_attribute("title", f"{START}_T1w")
        expect(lab).to_have_title("alike · T1w/T2w · axial 8 · 3 classes – NeuroMix")


@pytest.mark.wide
def test_a_field_of_the_controls_shows_the_end_of_a_long_name(lab: Page, url: str) -> None:
    shown = "x=RNiftyReg_template_flash_t1&y=RNiftyReg_template_echo_t2"
    open_view(lab, f"{url}/?study=ends&{shown}", study="ends")
    for control, end in (("control-x", "e_flash_t1"), ("control-y", "te_echo_t2")):
        field = lab.locator(f"#{control}")
        over = field.locator("xpath=..").locator(".field-name > span").last
        expect(over).to_have_text(end)
        shown, room = over.bounding_box(), field.bounding_box()
        assert shown is not None
        assert room is not None
        assert shown["x"] + shown["width"] <= room["x"] + room["width"]
        # Who types in it sees what is typed.
        field.focus()
        expect(over).to_be_hidden()
    choose(lab, "control-y", "FLAIR")
    settled(lab, y="FLAIR")
    expect(lab.locator("#control-y ~ .field-name")).to_have_count(0)
