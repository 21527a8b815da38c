"""A name with any character in it works wherever the page uses it."""

from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from scripts.serving import settled
from tests.browser.acting import PILLS, address, choose, expect_mixed
from tests.images import save_image

STUDY = 'Ann\'s "2nd" head, 50 % #1 + <b>(a;b)=c?&amp; é日本😀'
NAMES = ["T1 o'clock, 50 %", "T2 +&=#~;", 'PD "x", <i>']


@pytest.mark.wide
def test_a_name_with_any_character_settles_and_stands_in_title_menus_and_url(
    page: Page, studies: tuple[Path, str]
) -> None:
    root, url = studies
    random = np.random.default_rng(0)
    for number, name in enumerate(NAMES, start=1):
        voxels = random.normal(100 * number, 10, (20, 22, 6))
        save_image(root / STUDY / f"{name}.nii.gz", voxels)
    page.goto(url)
    settled(page)
    choose(page, "control-study", STUDY, typed="Ann's")
    settled(page, study=STUDY)
    for control, name in (("x", NAMES[2]), ("y", NAMES[0])):
        choose(page, f"control-{control}", name)
        settled(page, **{control: name})
        expect(page.locator(f"#head-image-{control} h2")).to_have_text(name)
    assert STUDY in page.title()
    expect(page.locator("#control-study")).to_have_value(STUDY)
    page.locator("#slice-forward").click()
    settled(page, study=STUDY)
    # Two of three: the names are in a list, whose separator is in them as well.
    page.locator(PILLS, has_text=NAMES[1]).locator("button").click()
    settled(page, mix=f"{NAMES[2]},{NAMES[0]}")
    before = address(page)
    page.reload()
    settled(page, study=STUDY)
    assert address(page) == before
    expect_mixed(page, NAMES[2], NAMES[0])
