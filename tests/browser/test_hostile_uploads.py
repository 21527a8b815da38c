"""Broken and hostile files through the page: the truth or a sentence, soon, and no harm."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Request

from scripts.serving import ROOT, running, settled
from tests.browser.conftest import LOGS

SECONDS = 10
MOST_GROWTH = 2**30
# What no answer may hold: where the server keeps its things, and how it is written.
PRIVATE = ("/tmp", "/home", str(ROOT), "Traceback", "site-packages", '.py"')

OUTCOME = """before => {
    const card = document.getElementById("upload");
    const title = document.getElementById("upload-title").textContent;
    if (!card.hidden && card.dataset.phase === "told" && !title.includes("is open")) return true;
    const study = new URLSearchParams(location.search).get("study");
    return study.startsWith("upload-") && study !== before
        && document.documentElement.dataset.settled === location.search.slice(1);
}"""
REFUSALS = "#upload-problems li"
SENTENCES = ".empty, #labels-problem, .findings li:not([data-severity=fact]) p"


@pytest.fixture
def server_of_its_own(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[tuple[str, int]]:
    log = tmp_path / "log"
    with running(log=log, DASHBOARD_CACHE=str(tmp_path / "cache")) as (url, process):
        logs = request.config.stash.setdefault(LOGS, {})
        logs[url] = log
        yield url, process.pid
        del logs[url]


def workers(server: int) -> list[int]:
    found = Path(f"/proc/{server}/task/{server}/children").read_text().split()
    return [int(pid) for pid in found]


def most_memory(server: int) -> int:
    """Return the largest resident sizes that the workers ever had, together."""
    total = 0
    for pid in workers(server):
        (line,) = (
            line
            for line in Path(f"/proc/{pid}/status").read_text().splitlines()
            if line.startswith("VmHWM")
        )
        total += int(line.split()[1]) * 1024
    return total


def number(cell: str) -> float:
    return float(cell.replace(",", "").replace("−", "-"))


def shown_intensities(page: Page) -> list[float]:
    """Minimum, mean and maximum of the first image in the check's table."""
    (cells, *_) = page.evaluate(
        """() => [...document.querySelectorAll(".preflight-table tbody tr")]
            .map(row => [...row.cells].map(cell => cell.textContent.trim()))"""
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


def upload(page: Page, entry: dict[str, Any], hostile: Path) -> float:
    before = page.evaluate("new URLSearchParams(location.search).get('study')")
    payloads = [
        {
            "name": file["upload_name"],
            "mimeType": "application/octet-stream",
            "buffer": (hostile / file["path"]).read_bytes(),
        }
        for file in entry["files"]
    ]
    start = time.monotonic()
    page.set_input_files("#control-upload", payloads)
    page.wait_for_function(OUTCOME, arg=before, timeout=2 * SECONDS * 1000)
    return time.monotonic() - start


def deviation(page: Page, entry: dict[str, Any]) -> str:
    """Say how the page differs from what the manifest promises; nothing if it does not."""
    told = sentences(page)
    if entry["expect"] != "load":
        return "" if told else "no sentence"
    if page.locator("#upload").is_visible():
        return f"refused: {told}"
    if entry["warn"] and page.locator(".findings li:not([data-severity=fact])").count() == 0:
        return "no warning in the check"
    truth = entry["truth"]
    if truth:
        wanted = [truth["min"], truth["mean"], truth["max"]]
        if shown_intensities(page) != pytest.approx(wanted, rel=6e-4, abs=1e-12):
            return f"shows {shown_intensities(page)} instead of {wanted}"
    return ""


def told_too_much(finished: list[Request]) -> str:
    """Say which answer holds what is nobody's business."""
    for request in finished:
        if not any(part in request.url for part in ("/panels/", "/uploads", "update-component")):
            continue
        answer = request.response()
        if answer is None or answer.status in (204, 304):
            continue
        told = answer.text() + json.dumps(answer.headers)
        for word in PRIVATE:
            if word in told:
                return f"tells {word} at {request.url}"
    return ""


@pytest.mark.slow
def test_every_hostile_file_is_shown_truly_or_refused_with_a_sentence(
    server_of_its_own: tuple[str, int], page: Page, real_data: Path, complaints: list[str]
) -> None:
    url, server = server_of_its_own
    hostile = real_data / "hostile"
    entries = json.loads((hostile / "manifest.json").read_text())
    finished: list[Request] = []
    page.on("requestfinished", lambda request: finished.append(request))
    page.goto(url)
    settled(page)
    memory, first_workers = most_memory(server), workers(server)
    surprises: dict[str, str] = {}
    slowest: dict[str, float] = {}
    for entry in entries:
        try:
            slowest[entry["id"]] = seconds = upload(page, entry, hostile)
        except Exception as error:  # noqa: BLE001, told with the others
            surprises[entry["id"]] = f"no outcome: {str(error)[:200]}"
            page.goto(url)
            settled(page)
            continue
        problem = deviation(page, entry) or (seconds > SECONDS and f"took {seconds:.1f} s")
        problem = problem or told_too_much(finished)
        finished.clear()
        if page.request.get(f"{url}/healthz").status != 200:
            problem = "the server is not well"
        if problem:
            surprises[entry["id"]] = str(problem)
        print(entry["id"], f"{seconds:.1f}", problem or "", flush=True)
    surprises |= {told: "logged" for told in complaints if "422" not in told}
    complaints.clear()
    print(sorted(slowest.items(), key=lambda item: -item[1])[:6])
    print(f"memory of the workers grew by {(most_memory(server) - memory) / 2**20:.0f} MB")
    assert len(entries) == 71
    assert surprises == {}
    assert workers(server) == first_workers
    assert most_memory(server) - memory < MOST_GROWTH
    assert page.evaluate("document.cookie") == ""
