"""Broken and hostile files through the page: the truth or a sentence, and no harm."""

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Request
from playwright.sync_api import Error as PlaywrightError

from scripts.serving import ROOT, running, settled
from tests.browser.conftest import AT_ONCE, LOGS, watch
from tests.hosted import memory, workers
from tests.real import of_hostile

HANG_MS = 600_000  # what is not over by then never ends
MOST_GROWTH = 2**30
# What no answer may hold: where the server keeps its things, and how it is written.
PRIVATE = ("/tmp", "/home", str(ROOT), "Traceback", "site-packages", '.py"')

OUTCOME = """before => {
    const card = document.getElementById("upload");
    const title = document.getElementById("upload-title").textContent;
    if (!card.hidden && card.dataset.phase === "ended" && !title.includes("is open")) return true;
    const study = new URLSearchParams(location.search).get("study");
    return study.startsWith("upload-") && study !== before
        && document.documentElement.dataset.settled === location.search.slice(1);
}"""
# Addresses of the answers that say something about a file.
ANSWERS = ("/panels/", "/cards/", "/open", "/uploads", "update-component")
REFUSALS = "#upload-problems li"
SENTENCES = ".empty, #labels-problem, .findings li:not([data-severity=fact]) p"


@dataclass
class Visit:
    """A page of a server of its own, and what went over the line since it was last looked at."""

    page: Page
    url: str
    process: subprocess.Popen[bytes]
    complaints: list[str]
    finished: list[Request] = field(default_factory=list)


@pytest.fixture(scope="module")
def visit(
    browser: Browser,
    browser_context_args: dict[str, Any],
    real_data: Path,  # noqa: ARG001, skips without it
    tmp_path_factory: pytest.TempPathFactory,
    request: pytest.FixtureRequest,
) -> Iterator[Visit]:
    folder = tmp_path_factory.mktemp("hostile")
    log, cache = folder / "log", folder / "cache"
    with running(log=log, DASHBOARD_CACHE=str(cache), **AT_ONCE) as (url, process):
        logs = request.config.stash.setdefault(LOGS, {})
        logs[url] = log
        context = browser.new_context(**browser_context_args)
        visit = Visit(context.new_page(), url, process, [])
        watch(context, visit.complaints, request.config)
        visit.page.on("requestfinished", lambda request: visit.finished.append(request))
        visit.page.goto(url)
        settled(visit.page)
        yield visit
        context.close()
        del logs[url]


@pytest.fixture(scope="module")
def first(visit: Visit) -> tuple[list[int], int]:
    """The workers, and their memory, before the first file."""
    return workers(visit.process.pid), most_memory(visit.process.pid)


def most_memory(server: int) -> int:
    """Return the largest resident sizes that the workers ever had, together."""
    return sum(memory(pid, "VmHWM") for pid in workers(server))


def number(cell: str) -> float:
    return float(cell.replace(",", "").replace("−", "-"))


def shown_intensities(page: Page) -> list[float]:
    """Minimum, mean and maximum of the first image in the check's table."""
    cells = page.evaluate(
        """() => [...document.querySelectorAll(".check-table tbody tr")]
            .map(row => row.cells[1].textContent.trim())"""
    )
    return [number(cell) for cell in cells[-3:]]


def sentences(page: Page) -> list[str]:
    """Return what the upload's card says, or else what the panels and the check do."""
    refused = page.locator("#upload").is_visible()
    found = page.locator(REFUSALS if refused else SENTENCES).all_text_contents()
    if refused:
        return [text for text in found if text.endswith(".")]
    graphs = page.evaluate(
        """() => ["view-histograms", "view-joint"].flatMap(id =>
            [...document.querySelectorAll(`#${id} .annotation-text`)].map(e => e.textContent))"""
    )
    return [text for text in [*found, *graphs] if text.strip().endswith(".")]


def upload(page: Page, entry: dict[str, Any], folder: Path) -> None:
    before = page.evaluate("new URLSearchParams(location.search).get('study')")
    payloads = [
        {
            "name": file["upload_name"],
            "mimeType": "application/octet-stream",
            "buffer": (folder / file["path"]).read_bytes(),
        }
        for file in entry["files"]
    ]
    page.set_input_files("#control-upload", payloads)
    page.wait_for_function(OUTCOME, arg=before, timeout=HANG_MS)


def require_nothing_private(finished: list[Request]) -> None:
    """No answer may hold what is nobody's business."""
    for request in finished:
        if not any(part in request.url for part in ANSWERS):
            continue
        answer = request.response()
        if answer is None or answer.status in (204, 304):
            continue
        text = answer.text() + json.dumps(answer.headers)
        assert [word for word in PRIVATE if word in text] == [], request.url


@pytest.mark.wide  # `segment` reads all of them in each run, and their upload is the same for all
@of_hostile()
def test_a_hostile_file_is_shown_truly_or_refused_with_a_sentence(
    visit: Visit, first: tuple[list[int], int], entry: dict[str, Any], real_data: Path
) -> None:
    page = visit.page
    visit.finished.clear()
    visit.complaints.clear()
    try:
        upload(page, entry, real_data / "hostile")
    except PlaywrightError:
        page.goto(visit.url)  # for the next file
        settled(page)
        raise
    if entry["expect"] != "load":
        assert sentences(page)
    else:
        assert page.locator("#upload").is_hidden(), sentences(page)
        if entry["warn"]:
            assert page.locator(".findings li:not([data-severity=fact])").count()
        if truth := entry["truth"]:
            wanted = [truth["min"], truth["mean"], truth["max"]]
            assert shown_intensities(page) == pytest.approx(wanted, rel=6e-4, abs=1e-12)
    require_nothing_private(visit.finished)
    assert page.request.get(f"{visit.url}/healthz").status == 200
    assert [complaint for complaint in visit.complaints if "422" not in complaint] == []
    assert page.evaluate("document.cookie") == ""
    workers_before, memory_before = first
    assert workers(visit.process.pid) == workers_before
    assert most_memory(visit.process.pid) - memory_before < MOST_GROWTH
