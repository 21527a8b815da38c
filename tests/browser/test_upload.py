"""Files of one's own: dropped or chosen, followed on their way, opened, shared, removed."""

import base64
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from scripts.serving import settled
from tests.browser.acting import options
from tests.browser.conftest import LOGS, watch
from tests.browser.gate import Gate
from tests.images import save_image

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
def gate(serve: Callable[..., str], request: pytest.FixtureRequest) -> Iterator[Gate]:
    # What was cancelled takes room until the server hears of it.
    server = serve(MAX_UPLOAD_BYTES=str(20 * MEGABYTE), UPLOAD_QUOTA_BYTES=str(90 * MEGABYTE))
    with Gate(server).open() as gate:
        logs = request.config.stash[LOGS]
        logs[gate.url] = logs[server]
        yield gate
        del logs[gate.url]


@pytest.fixture(scope="module")
def url(gate: Gate) -> str:
    return gate.url


@pytest.fixture(scope="module")
def shared(
    browser: Browser, browser_context_args: dict[str, Any], url: str, request: pytest.FixtureRequest
) -> Iterator[tuple[Page, list[str]]]:
    """One page for all tests, since opening it takes longer than most of them; its complaints."""
    context = browser.new_context(**browser_context_args)
    seen: list[str] = []
    watch(context, seen, request.config)
    page = context.new_page()
    page.goto(url)
    settled(page)
    yield page, seen
    context.close()


@pytest.fixture
def complaints(shared: tuple[Page, list[str]]) -> list[str]:
    shared[1].clear()
    return shared[1]


@pytest.fixture
def upload_page(shared: tuple[Page, list[str]], complaints: list[str]) -> Iterator[Page]:
    """The page without a card of an upload, on any study."""
    page, _ = shared
    expect(page.locator("#control-upload")).to_be_attached()
    yield page
    page.unroute_all()
    if page.locator("#upload").is_visible():
        page.locator("#upload-close").click()
    page.context.cookies()  # any round trip, so that what has happened has also arrived
    assert not complaints


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


@contextmanager
def slowly(page: Page, *, bytes_a_second: int) -> Iterator[None]:
    """Send so many bytes a second."""
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")

    def send(rate: int) -> None:
        conditions = {"offline": False, "latency": 0, "downloadThroughput": -1}
        network.send("Network.emulateNetworkConditions", {**conditions, "uploadThroughput": rate})

    send(bytes_a_second)
    yield
    send(-1)
    network.detach()


def study(page: Page) -> str:
    return page.evaluate("new URLSearchParams(location.search).get('study')")


def opened(page: Page, *files: tuple[str, bytes]) -> str:
    """Drop files and return the address of the study that they become."""
    before = study(page)
    drop(page, *files)
    page.wait_for_url(lambda url: "study=upload-" in url and f"study={before}&" not in url)
    settled(page)
    return page.url


def problems(page: Page) -> list[str]:
    """Return what the card says at the end of an upload."""
    expect(page.locator("#upload")).to_have_attribute("data-phase", "ended")
    return page.locator("#upload-problems li").all_text_contents()


def sample_files(sample: Path) -> list[tuple[str, bytes]]:
    return [(f"{name}.nii.gz", (sample / f"{name}.nii.gz").read_bytes()) for name in ("T1", "b0")]


def test_dropped_images_open_as_one_study(upload_page: Page, sample: Path) -> None:
    opened(upload_page, *sample_files(sample))
    expect(upload_page.locator("#upload")).to_be_hidden()
    expect(upload_page.locator("#head-image-x h2")).to_have_text("T1")
    expect(upload_page.locator("#head-image-y h2")).to_have_text("b0")
    expect(upload_page.locator("#upload-own")).to_contain_text("Your upload, kept until")
    upload_page.go_back()
    settled(upload_page, study="sample")
    expect(upload_page.locator("#upload-own")).to_be_hidden()


def test_an_uploaded_series_has_its_b0_mean(upload_page: Page, tmp_path: Path) -> None:
    voxels = np.random.default_rng(0).integers(1, 900, (12, 12, 8, 4))
    path = save_image(tmp_path / "dwi.nii.gz", voxels, dtype=np.int16)
    opened(upload_page, ("dwi.nii.gz", path.read_bytes()), ("dwi.bval", b"0 1000 1000 5"),
           ("bvecs.tsv", b"0"), ("dwi.bvec", b"0 0 1"), ("dwi.json", b"{}"))  # fmt: skip
    assert problems(upload_page) == ["bvecs.tsv: left out, because no image has this name."]
    assert options(upload_page, "control-volume-x")[:2] == ["mean of 2 b0", "mean of 4"]


def test_a_dropped_folder_is_its_images(upload_page: Page, sample: Path, tmp_path: Path) -> None:
    """A real drag: no script can make the entry of a folder."""
    folder = tmp_path / "head"
    (folder / "anat").mkdir(parents=True)
    for name in ("T1.nii.gz", "b0.nii.gz"):
        (folder / "anat" / name).write_bytes((sample / name).read_bytes())
    for name in ("notes.txt", "raw.tsv", ".hidden.nii"):
        (folder / name).write_bytes(b"x")
    before = study(upload_page)
    devtools = upload_page.context.new_cdp_session(upload_page)
    data = {"items": [], "files": [str(folder)], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        devtools.send("Input.dispatchDragEvent", {"type": kind, "x": 700, "y": 400, "data": data})
    devtools.detach()
    upload_page.wait_for_url(lambda url: f"study={before}&" not in url)
    settled(upload_page)
    assert options(upload_page, "control-x") == ["T1", "b0"]
    expect(upload_page.locator("#upload")).to_be_hidden()


# Looked at in each frame, since it does not last.
AMOUNT = r"""() => /^[2-8]\d% · [\d.]+ of 16\.\d MB · [\d.]+ MB\/s · \d+ s left$/
    .test(document.getElementById("upload-amount").textContent)"""


@pytest.mark.parametrize("end", ["button", "Escape"])
def test_progress_is_shown_and_cancel_ends_it(
    upload_page: Page, gate: Gate, large: Path, sample: Path, end: str
) -> None:
    before = upload_page.url
    # It is not over before all has been looked at.
    with gate.only(8 * MEGABYTE), slowly(upload_page, bytes_a_second=2 * MEGABYTE):
        upload_page.locator("#control-upload").focus()
        upload_page.set_input_files("#control-upload", [large, sample / "T1.nii.gz"])
        upload_page.wait_for_function(AMOUNT)
        bar = upload_page.get_by_role("progressbar", name="Upload")
        expect(bar).to_have_attribute("value", re.compile(r"^[2-8]\d$"))
        expect(upload_page.get_by_role("dialog", name="Uploading 2 files")).to_be_focused()
        expect(upload_page.locator("#upload")).to_contain_text("large.nii, T1.nii.gz")
        if end == "button":
            upload_page.locator("#upload-close").click()
        else:
            upload_page.keyboard.press(end)
        expect(upload_page.locator("#upload")).to_be_hidden()
        expect(upload_page.locator("#control-upload")).to_be_focused()
    assert upload_page.url == before


def test_one_upload_at_a_time(upload_page: Page, large: Path, sample: Path) -> None:
    with slowly(upload_page, bytes_a_second=MEGABYTE // 16):
        upload_page.set_input_files("#control-upload", large)
        expect(upload_page.locator("#upload")).to_contain_text("Uploading 1 file")
        drop(upload_page, *sample_files(sample))
        expect(upload_page.locator("#upload-status")).to_have_text(
            "Wait for this upload to finish, or cancel it first."
        )
        expect(upload_page.locator("#upload-files")).to_have_text("large.nii")
        upload_page.locator("#upload-close").click()


def test_what_cannot_be_opened_is_listed_file_by_file(
    upload_page: Page, complaints: list[str]
) -> None:
    before = upload_page.url
    drop(
        upload_page,
        ("<img src=x onerror=alert(1)>.nii", b"x" * 400),
        ("half.hdr", b"x" * 348),
        ("notes.txt", b"x"),
    )
    image, notes, half = problems(upload_page)
    assert half.startswith("half.hdr: the other half of this pair is missing.")
    assert notes.startswith("notes.txt: left out, not a supported image")
    assert image.startswith("<img src=x onerror=alert(1)>.nii: ")
    assert upload_page.url == before
    upload_page.locator("#upload-close").click()
    expect(upload_page.locator("#upload")).to_be_hidden()
    assert all("422" in complaint for complaint in complaints)
    complaints.clear()


def test_a_study_opens_without_the_files_that_were_refused(upload_page: Page, sample: Path) -> None:
    opened(upload_page, *sample_files(sample), ("torn.nii.gz", b"this is no gzip"))
    (line,) = problems(upload_page)
    assert line.startswith("torn.nii.gz: ")
    expect(upload_page.locator("#upload-title")).to_have_text(
        "“T1 + 1 more” is open, without 1 file"
    )


def test_a_drop_that_is_too_large_is_refused_without_sending_it(
    upload_page: Page, large: Path, tmp_path: Path, complaints: list[str]
) -> None:
    asked: list[str] = []
    second = tmp_path / "second.nii"
    second.write_bytes(b"x" * 5 * MEGABYTE)
    upload_page.route("**/uploads", lambda route: asked.append(route.request.url))
    upload_page.set_input_files("#control-upload", [large, second])
    assert problems(upload_page) == [
        "One upload takes at most 20 MB. Drop fewer files, or compress them (.nii.gz)."
    ]
    assert asked == []
    assert all("413" in complaint for complaint in complaints)
    complaints.clear()


def test_a_server_that_refuses_what_it_had_planned_is_heard(
    upload_page: Page, tmp_path: Path, complaints: list[str]
) -> None:
    huge = tmp_path / "huge.nii"
    huge.write_bytes(bytes(40 * MEGABYTE))
    plan = {"send": [0], "refused": []}
    upload_page.route("**/uploads/plan", lambda route: route.fulfill(json=plan))
    for _ in range(3):
        upload_page.set_input_files("#control-upload", huge)
        (line,) = problems(upload_page)
        assert line.startswith("One upload takes at most 20 MB.")
        upload_page.locator("#upload-close").click()
    assert all("413" in complaint for complaint in complaints)
    complaints.clear()


@pytest.mark.parametrize(
    ("route", "sentence"),
    [
        ("**/uploads/plan", "The server does not answer."),
        ("**/uploads", "The connection to the server was lost, or a file changed"),
    ],
    ids=["plan", "files"],
)
def test_a_connection_that_breaks_is_a_sentence(
    upload_page: Page, sample: Path, complaints: list[str], route: str, sentence: str
) -> None:
    before = upload_page.url
    upload_page.route(route, lambda route: route.abort("connectionfailed"))
    drop(upload_page, *sample_files(sample))
    (line,) = problems(upload_page)
    assert line.startswith(sentence)
    assert upload_page.url == before
    assert all("ERR_CONNECTION_FAILED" in complaint for complaint in complaints)
    complaints.clear()


@pytest.mark.wide
def test_a_link_shows_an_upload_to_others_who_cannot_remove_it(
    upload_page: Page, sample: Path, new_context: Callable[..., BrowserContext]
) -> None:
    link = opened(upload_page, *sample_files(sample))
    other = new_context().new_page()
    other.goto(link)
    settled(other)
    assert other.url == link
    expect(other.locator("#head-image-x h2")).to_have_text("T1")
    expect(other.locator("#upload-own")).to_be_hidden()


def test_an_upload_is_renamed_and_the_name_undone(upload_page: Page, sample: Path) -> None:
    opened(upload_page, *sample_files(sample))
    study, headline = upload_page.locator("#control-study"), upload_page.locator("#headline")
    before = study.input_value()
    name = "O'Neil <b>7</b> “日本”"
    upload_page.locator("#upload-rename").click()
    field = upload_page.locator("#upload-name")
    expect(field).to_have_value(before.partition(" · ")[0])  # others may have the same name
    field.press("Escape")
    expect(field).to_be_hidden()
    expect(study).to_have_value(before)
    upload_page.locator("#upload-rename").press("Enter")
    field.fill(name)
    field.press("Enter")
    expect(study).to_have_value(name)
    expect(headline).to_contain_text(name)
    expect(upload_page).to_have_title(re.compile(re.escape(name)))
    upload_page.locator(".text-button", has_text="Undo").click()
    expect(study).to_have_value(before)
    expect(headline).to_contain_text(before)


@pytest.mark.wide
def test_an_upload_is_removed_at_once_after_a_question(upload_page: Page, sample: Path) -> None:
    link = opened(upload_page, *sample_files(sample))
    button = upload_page.locator("#upload-remove")
    button.click()
    expect(button).to_have_text("Really remove?")
    button.click()
    settled(upload_page, study="sample")
    note = upload_page.get_by_role("status").filter(has_text="Upload and all derived data deleted.")
    expect(note).to_be_visible()
    expect(upload_page.locator("#control-upload")).to_be_focused()
    upload_page.goto(link)
    settled(upload_page, study="sample")


def test_the_button_works_by_keyboard(upload_page: Page) -> None:
    with upload_page.expect_file_chooser() as chooser:
        upload_page.locator("#control-upload").press("Space")
    assert chooser.value.is_multiple()
    assert upload_page.locator("input[type=file]").count() == 1
