"""The Export menu: by keys and by pointer, what it saves, and what it says while it works."""

import io
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Download, Page, Route, expect

from scripts.serving import settled
from tests.browser.acting import holding, resize, visit
from tests.browser.reading import picture

COPIED = """() => { navigator.clipboard.writeText = async text => { window.copied = text; }; }"""
FORGET = """() => { delete navigator.clipboard.writeText; delete window.copied; }"""


@pytest.fixture
def copying(home: Page) -> Iterator[Page]:
    """Keep what the page copies as `copied`."""
    home.evaluate(COPIED)
    yield home
    home.evaluate(FORGET)


def choose(page: Page, entry: str) -> None:
    page.locator("#export-menu summary").click()
    page.locator("#export-menu").get_by_role("button", name=entry).click()
    expect(page.locator("#export-menu")).not_to_have_attribute("open", "")


def content(download: Download) -> bytes:
    return Path(download.path()).read_bytes()


def test_the_menu_is_reached_by_keys_and_saves_what_the_server_makes(home: Page) -> None:
    menu = home.locator("#export-menu")
    summary, entries = menu.locator("summary"), menu.locator("button")
    summary.focus()
    home.keyboard.press("Enter")
    home.keyboard.press("ArrowUp")
    expect(entries.last).to_be_focused()
    home.keyboard.press("ArrowDown")
    expect(entries.first).to_be_focused()
    home.keyboard.press("Escape")
    expect(menu).not_to_have_attribute("open", "")
    expect(summary).to_be_focused()
    home.keyboard.press("Space")
    home.keyboard.press("Tab")
    expect(entries.first).to_be_focused()
    with home.expect_download() as started:
        home.keyboard.press("Enter")
    assert started.value.suggested_filename == "sample_axial30_K3_dseg.nii.gz"
    made = home.request.get(f"/exports/dseg.nii.gz?{urlsplit(home.url).query}")
    assert content(started.value) == made.body()
    summary.click()
    home.locator(".tagline").click()
    expect(menu).not_to_have_attribute("open", "")


def test_what_takes_long_says_how_far_it_is_and_can_be_cancelled(
    home: Page, complaints: list[str]
) -> None:
    held: list[Route] = []
    home.route("**/exports/criteria.tsv*", lambda route: held.append(route))
    choose(home, "Criteria")
    note = home.locator(".saving-notice")
    expect(note).to_contain_text("Making Criteria")
    note.get_by_role("button", name="Cancel").click()
    expect(note).to_have_count(0)
    expect(home.locator("#client-notice")).to_have_count(0)

    # What a proxy or the gate answers is no sentence for a person.
    home.route("**/exports/dseg.tsv*", lambda route: route.fulfill(status=401, body="<html>no"))
    choose(home, "Names and colours")
    expect(home.locator("#client-notice")).to_contain_text("You are signed out.")
    home.unroute("**/exports/dseg.tsv*")
    assert [one for one in complaints if "401" not in one] == []
    complaints.clear()

    refusal = "The file cannot be made."
    home.unroute("**/exports/criteria.tsv*")
    home.route("**/exports/dseg.tsv*", lambda route: route.fulfill(
        body=f'{{"done":0}}\n{{"failed":"{refusal}"}}\n',
        content_type="application/x-neuromix-steps",
    ))  # fmt: skip
    choose(home, "Names and colours")
    expect(home.locator("#client-notice")).to_contain_text(refusal)
    home.unroute("**/exports/dseg.tsv*")
    with home.expect_download() as started:
        home.locator("#client-notice").get_by_role("button", name="Try again").click()
    assert content(started.value).startswith(b"index\tname\tcolor\n1\t")
    expect(home.locator("#client-notice")).to_have_count(0)


@pytest.mark.wide
def test_plots_have_the_size_that_was_chosen_and_pictures_whole_voxels(home: Page) -> None:
    choose(home, "Plots…")
    sheet = home.locator("dialog.sheet")
    sheet.get_by_label("Plot").select_option(label="Joint distribution")
    for form, size in (("svg", (640, 480)), ("png", (300, 200))):
        sheet.get_by_label("Format").select_option(form)
        for label, pixels in zip(("Width", "Height"), size, strict=True):
            sheet.get_by_label(label).fill(str(pixels))
        with home.expect_download() as started:
            sheet.get_by_role("button", name="Save").click()
        assert started.value.suggested_filename == f"sample_axial30_K3_joint.{form}"
        saved = content(started.value)
        if form == "svg":
            assert re.search(rb'<svg[^>]* width="640" height="480"', saved)
        else:
            assert Image.open(io.BytesIO(saved)).size == (1200, 800)
    resize(home, 390, 844)
    fields = sheet.locator("select, input").evaluate_all(
        "fields => fields.map((one) => one.getBoundingClientRect().right)"
    )
    assert max(fields) < sheet.evaluate("dialog => dialog.getBoundingClientRect().right")
    resize(home, 1440, 900)

    # Its tab is not open, and its numbers are not computed yet.
    sheet.get_by_label("Plot").select_option(label="Criteria")
    sheet.get_by_label("Format").select_option("svg")
    with home.expect_download() as started, holding(home, "**/cards/*.json*"):
        sheet.get_by_role("button", name="Save").click()
        expect(sheet.locator(".saving-notice")).to_contain_text("Making Criteria")
    assert started.value.suggested_filename == "sample_axial30_K3_criteria.svg"
    assert content(started.value).count(b'class="point"') == 3 * 10
    expect(home.locator(".saving-notice")).to_have_count(0)
    home.keyboard.press("Escape")
    expect(sheet).to_have_count(0)

    choose(home, "Pictures…")
    sheet.get_by_label("Pixels per voxel").select_option("2")
    saved = {}
    home.on("download", lambda one: saved.update({one.suggested_filename: one}))
    with home.expect_download(lambda one: "labels" in one.suggested_filename):
        sheet.get_by_role("button", name="Save").click()
    names = [f"sample_axial30_K3_{what}_2x2.png" for what in ("image-x", "image-y", "labels")]
    assert list(saved) == names
    grey = np.asarray(Image.open(io.BytesIO(content(saved[names[0]]))).convert("RGB"))
    shown = picture(home, "view-image-x")[..., :3]
    np.testing.assert_array_equal(grey, shown.repeat(2, axis=0).repeat(2, axis=1))
    sheet.get_by_role("button", name="Close").click()
    expect(sheet).to_have_count(0)


def test_the_script_is_shown_and_the_link_says_its_files(copying: Page) -> None:
    page = copying
    choose(page, "Reproduce this…")
    sheet = page.locator("dialog.sheet")
    script = page.request.get(f"/exports/reproduce.py?{urlsplit(page.url).query}").text()
    assert "GaussianMixture" in script
    expect(sheet.locator("pre")).to_have_text(script, use_inner_text=False)
    sheet.get_by_role("button", name="Copy").click()
    page.wait_for_function("script => window.copied === script", arg=script)
    with page.expect_download() as started:
        sheet.get_by_role("button", name="Download").click()
    assert content(started.value).decode() == script
    page.keyboard.press("Escape")
    expect(sheet).to_have_count(0)

    page.locator("#copy-link").click()
    expect(page.locator("#copy-link")).to_have_text("Copied")
    link = page.evaluate("window.copied")
    assert link.startswith(f"{page.url}&files=")
    start, _, files = link.rpartition("files=")
    wrong = f"{start}files={files[:4]}{'0' * 8}{files[12:]}"
    visit(page, wrong)
    expect(page.locator("#notices")).to_contain_text("made with another version of T1.nii.gz")
    settled(page)
    assert "files" not in page.url
