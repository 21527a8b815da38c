"""Files of one's own: dropped or chosen, followed on their way, opened, shared, removed."""

import base64
import os
import re
from collections.abc import Callable
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from scripts.serving import settled
from tests.browser.acting import options

MEGABYTE = 2**20

DROP = """
files => {
    const transfer = new DataTransfer();
    for (const [name, content] of files) {
        const bytes = Uint8Array.from(atob(content), letter => letter.charCodeAt(0));
        transfer.items.add(new File([bytes], name));
    }
    window.sendDrag = type => document.body.dispatchEvent(
        new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer: transfer }));
    sendDrag("dragenter"), sendDrag("dragover");
}
"""


@pytest.fixture(scope="module")
def url(serve: Callable[..., str]) -> str:
    return serve(MAX_UPLOAD_BYTES=str(20 * MEGABYTE), UPLOAD_QUOTA_BYTES=str(30 * MEGABYTE))


@pytest.fixture
def upload_page(page: Page, url: str) -> Page:
    page.goto(url)
    settled(page)
    expect(page.locator("#control-upload")).to_be_attached()
    return page


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """A file that is long on its way and then no image."""
    path = tmp_path / "large.nii"
    path.write_bytes(os.urandom(16 * MEGABYTE))
    return path


def drop(page: Page, *files: tuple[str, bytes]) -> None:
    page.evaluate(DROP, [(name, base64.b64encode(content).decode()) for name, content in files])
    expect(page.locator("#upload-drop")).to_be_visible()
    page.evaluate("sendDrag('drop')")
    expect(page.locator("#upload-drop")).to_be_hidden()


def slowly(page: Page, *, bytes_a_second: int) -> None:
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    conditions = {"offline": False, "latency": 0, "downloadThroughput": -1}
    network.send(
        "Network.emulateNetworkConditions", {**conditions, "uploadThroughput": bytes_a_second}
    )


def opened(page: Page) -> str:
    page.wait_for_url(re.compile(r"study=upload-"))
    settled(page)
    return page.url


def told(page: Page) -> list[str]:
    expect(page.locator("#upload")).to_have_attribute("data-phase", "told")
    return page.locator("#upload-problems li").all_text_contents()


def sample_files(sample: Path) -> list[tuple[str, bytes]]:
    return [(f"{name}.nii.gz", (sample / f"{name}.nii.gz").read_bytes()) for name in ("T1", "b0")]


def test_dropped_images_open_as_one_study(upload_page: Page, sample: Path) -> None:
    drop(upload_page, *sample_files(sample))
    opened(upload_page)
    expect(upload_page.locator("#upload")).to_be_hidden()
    expect(upload_page.locator("#title-image-x")).to_have_text("T1")
    expect(upload_page.locator("#title-image-y")).to_have_text("b0")
    expect(upload_page.locator("#upload-own")).to_contain_text("Your upload, kept until")
    upload_page.go_back()
    settled(upload_page, study="sample")
    expect(upload_page.locator("#upload-own")).to_be_hidden()


def test_an_uploaded_series_has_its_b0_mean(upload_page: Page, tmp_path: Path) -> None:
    voxels = np.random.default_rng(0).integers(1, 900, (12, 12, 8, 4)).astype(np.int16)
    path = tmp_path / "dwi.nii.gz"
    nib.Nifti1Image(voxels, np.eye(4)).to_filename(path)
    drop(upload_page, ("dwi.nii.gz", path.read_bytes()), ("dwi.bval", b"0 1000 1000 5"),
         ("bvecs.tsv", b"0"), ("dwi.bvec", b"0 0 1"), ("dwi.json", b"{}"))  # fmt: skip
    opened(upload_page)
    assert told(upload_page) == [
        "bvecs.tsv: no image of this name came with it, so it was left out."
    ]
    assert options(upload_page, "control-volume-x")[:2] == ["mean of 2 b0", "mean of 4"]


def test_progress_is_told_and_cancel_ends_it(upload_page: Page, large: Path, sample: Path) -> None:
    before = upload_page.url
    slowly(upload_page, bytes_a_second=4 * MEGABYTE)
    for end in (
        lambda: upload_page.locator("#upload-close").click(),
        lambda: upload_page.keyboard.press("Escape"),
    ):
        upload_page.set_input_files("#control-upload", [large, sample / "T1.nii.gz"])
        bar = upload_page.get_by_role("progressbar", name="Upload")
        expect(bar).to_have_attribute("aria-valuenow", re.compile(r"^[2-8]\d$"), timeout=20_000)
        expect(upload_page.get_by_role("dialog", name="Uploading 2 files")).to_be_focused()
        expect(upload_page.locator("#upload")).to_contain_text("large.nii, T1.nii.gz")
        expect(upload_page.locator("#upload-amount")).to_contain_text(
            re.compile(r"^\d\d % · [\d.]+ MB of 16(\.\d)? MB · [\d.]+ MB/s · \d+ s left$")
        )
        end()
        expect(upload_page.locator("#upload")).to_be_hidden()
        expect(upload_page.locator("#control-upload")).to_be_focused()
    assert upload_page.url == before


def test_one_upload_at_a_time(upload_page: Page, large: Path, sample: Path) -> None:
    slowly(upload_page, bytes_a_second=2 * MEGABYTE)
    upload_page.set_input_files("#control-upload", large)
    expect(upload_page.locator("#upload")).to_contain_text("Uploading 1 file")
    drop(upload_page, *sample_files(sample))
    expect(upload_page.locator("#upload-status")).to_have_text(
        "Wait for this upload to end, or cancel it first."
    )
    expect(upload_page.locator("#upload-files")).to_have_text("large.nii")
    upload_page.locator("#upload-close").click()


def test_what_cannot_be_opened_is_told_file_by_file(
    upload_page: Page, complaints: list[str]
) -> None:
    before = upload_page.url
    drop(
        upload_page,
        ("<img src=x onerror=alert(1)>.nii", b"x" * 400),
        ("half.hdr", b"x" * 348),
        ("notes.txt", b"x"),
    )
    half, notes, image = told(upload_page)
    assert half.startswith("half.hdr: the other half of the pair is missing.")
    assert notes.startswith("notes.txt: this is no image file")
    assert image.startswith("<img src=x onerror=alert(1)>.nii: ")
    assert upload_page.url == before
    upload_page.locator("#upload-close").click()
    expect(upload_page.locator("#upload")).to_be_hidden()
    assert all("422" in complaint for complaint in complaints)
    complaints.clear()


def test_a_study_opens_without_the_files_that_were_refused(upload_page: Page, sample: Path) -> None:
    drop(upload_page, *sample_files(sample), ("torn.nii.gz", b"this is no gzip"))
    opened(upload_page)
    (line,) = told(upload_page)
    assert line.startswith("torn.nii.gz: ")
    expect(upload_page.locator("#upload-title")).to_have_text(
        "“T1 + 1 more” is open, without 1 file"
    )


def test_a_drop_that_is_too_large_is_told_without_sending_it(
    upload_page: Page, large: Path, tmp_path: Path
) -> None:
    asked: list[str] = []
    upload_page.on("request", lambda request: asked.append(request.url))
    second = tmp_path / "second.nii"
    second.write_bytes(b"x" * 5 * MEGABYTE)
    upload_page.set_input_files("#control-upload", [large, second])
    (line,) = told(upload_page)
    assert line.startswith("These files have 21 MB, more than the 20 MB that can be uploaded")
    assert not [url for url in asked if "/uploads" in url]


def test_a_server_that_refuses_is_heard_though_the_page_knew_of_no_limit(
    upload_page: Page, complaints: list[str]
) -> None:
    for _ in range(3):
        upload_page.evaluate(
            """size => {
                const file = new File([new Uint8Array(size)], "huge.nii");
                Object.defineProperty(file, "size", { value: 10 });
                neuromix.upload.start([file]);
            }""",
            40 * MEGABYTE,
        )
        (line,) = told(upload_page)
        assert "more than the 20 MB that can be uploaded at once" in line
        upload_page.locator("#upload-close").click()
    assert all("413" in complaint for complaint in complaints)
    complaints.clear()


def test_a_link_shows_an_upload_to_others_who_cannot_remove_it(
    upload_page: Page, sample: Path, new_context: Callable[..., BrowserContext]
) -> None:
    drop(upload_page, *sample_files(sample))
    link = opened(upload_page)
    other = new_context().new_page()
    other.goto(link)
    settled(other)
    assert other.url == link
    expect(other.locator("#title-image-x")).to_have_text("T1")
    expect(other.locator("#upload-own")).to_be_hidden()


def test_an_upload_is_removed_at_once_after_a_question(upload_page: Page, sample: Path) -> None:
    drop(upload_page, *sample_files(sample))
    link = opened(upload_page)
    button = upload_page.locator("#upload-remove")
    button.click()
    expect(button).to_have_text("Really remove?")
    button.click()
    settled(upload_page, study="sample")
    note = upload_page.get_by_role("status").filter(has_text="is removed")
    expect(note).to_be_visible()
    expect(upload_page.locator("#control-upload")).to_be_focused()
    upload_page.goto(link)
    settled(upload_page, study="sample")


def test_the_button_works_by_keyboard(upload_page: Page) -> None:
    upload_page.locator("#control-upload").focus()
    with upload_page.expect_file_chooser() as chooser:
        upload_page.keyboard.press("Space")
    assert chooser.value.is_multiple()
    assert upload_page.locator("input[type=file]").count() == 1
