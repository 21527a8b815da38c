"""The state of an upload, what the page says of it, and dropped folders: tables of cases."""

from typing import Any

import pytest

from tests.browser.conftest import Run

MEGABYTE = 2**20
FILES = [{"name": "T1.nii", "size": 3 * MEGABYTE}, {"name": "/head/b0.nii", "size": MEGABYTE}]
CHOSEN = {"type": "chosen", "files": FILES}
PLANNED = {"type": "planned", "send": [0, 1], "refused": []}
PARTLY = {"type": "planned", "send": [1], "refused": ["T1.nii: no."]}
SENT = {"type": "sent"}
OPENED = {"type": "opened", "title": "T1", "study": "upload-1", "refused": []}
CLOSED = {"type": "closed"}
NOT_OPENED = "These files were not opened"


def failed(*lines: str) -> dict[str, Any]:
    return {"type": "failed", "lines": list(lines)}


def progress(seconds: float, loaded: float, total: float = 4 * MEGABYTE) -> dict[str, Any]:
    return {"type": "progress", "at": 1000 * seconds, "loaded": loaded, "total": total}


def after(run: Run, *events: dict[str, Any]) -> dict[str, Any]:
    """Return the state after these events, and what the page says of it."""
    return run(
        "upload",
        """({ next, IDLE, isBusy, described }, events) => {
            const state = events.reduce(next, IDLE);
            return { state, busy: isBusy(state), ...described(state) };
        }""",
        list(events),
    )


@pytest.mark.parametrize(
    ("events", "phase"),
    [
        ([], "idle"),
        ([CHOSEN], "asking"),
        ([CHOSEN, PLANNED], "sending"),
        ([CHOSEN, PLANNED, SENT], "checking"),
        ([CHOSEN, PLANNED, SENT, OPENED], "idle"),
        ([CHOSEN, PARTLY, SENT, OPENED], "ended"),
        ([CHOSEN, failed("No.")], "ended"),
        ([CHOSEN, PLANNED, failed("No.")], "ended"),
        ([failed("No.")], "ended"),
        ([CHOSEN, failed("No."), CHOSEN], "asking"),
        ([CHOSEN, CLOSED], "idle"),
        ([CHOSEN, PLANNED, SENT, CLOSED], "idle"),
        ([CHOSEN, failed("No."), CLOSED], "idle"),
        # What comes too late.
        ([CHOSEN, CLOSED, PLANNED], "idle"),
        ([CHOSEN, PLANNED, CLOSED, SENT], "idle"),
        ([CHOSEN, PLANNED, CLOSED, progress(1, 1)], "idle"),
        ([CHOSEN, PLANNED, CLOSED, OPENED], "idle"),
        ([CHOSEN, SENT], "asking"),
        ([CHOSEN, PLANNED, SENT, progress(1, 1)], "checking"),
    ],
)
def test_a_phase_follows_from_the_events(
    run: Run, events: list[dict[str, Any]], phase: str
) -> None:
    reached = after(run, *events)
    assert reached["state"]["phase"] == phase
    assert reached["busy"] == (phase in ("asking", "sending", "checking"))
    assert reached["button"] == ("Close" if phase == "ended" else "Cancel")


def test_only_what_is_planned_is_sent(run: Run) -> None:
    reached = after(run, CHOSEN, PARTLY)
    assert reached["state"]["files"] == [FILES[1]]
    assert reached["title"] == "Uploading 1 file"
    assert reached["files"] == "b0.nii"
    assert reached["status"] == "Uploading 1 file, 1.0 MB."


def test_other_files_wait_until_an_upload_ends(run: Run) -> None:
    reached = after(run, CHOSEN, PLANNED, {"type": "chosen", "files": FILES[:1]})
    assert reached["state"]["files"] == FILES
    assert reached["status"] == "Wait for this upload to finish, or cancel it first."


@pytest.mark.parametrize(
    ("events", "title", "lines"),
    [
        ([failed("No.")], NOT_OPENED, ["No."]),
        ([PLANNED, failed("No.")], NOT_OPENED, ["No."]),
        ([PARTLY, failed("b0.nii: no.")], NOT_OPENED, ["b0.nii: no.", "T1.nii: no."]),
        ([PARTLY, SENT, OPENED], "“T1” is open, without 1 file", ["T1.nii: no."]),
        (
            [PARTLY, SENT, {**OPENED, "refused": ["b0.nii: no."]}],
            "“T1” is open, without 2 files",
            ["T1.nii: no.", "b0.nii: no."],
        ),
    ],
)
def test_every_file_that_is_left_out_is_listed(
    run: Run, events: list[dict[str, Any]], title: str, lines: list[str]
) -> None:
    reached = after(run, CHOSEN, *events)
    assert (reached["title"], reached["lines"]) == (title, lines)


@pytest.mark.parametrize(
    ("measured", "percent", "amount"),
    [
        ([], 0, "0% · 0.0 of 4.0 MB"),
        ([progress(0, 0)], 0, "0% · 0.0 of 4.0 MB"),
        ([progress(0, 0), progress(0.4, MEGABYTE)], 25, "25% · 1.0 of 4.0 MB"),
        (
            [progress(0, 0), progress(2, MEGABYTE)],
            25,
            "25% · 1.0 of 4.0 MB · 0.5 MB/s · 6 s left",
        ),
        (
            [progress(0, 0), progress(100, 2 * MEGABYTE)],
            50,
            "50% · 2.0 of 4.0 MB · 0.0 MB/s · 2 min left",
        ),
        # The rate is that of the last four seconds.
        (
            [progress(0, 0), progress(10, 0), progress(12, 2 * MEGABYTE)],
            50,
            "50% · 2.0 of 4.0 MB · 1.0 MB/s · 2 s left",
        ),
        # The form around the files is sent as well.
        ([progress(0, 4 * MEGABYTE, 5 * MEGABYTE)], 80, "80% · 4.0 of 5.0 MB"),
        ([progress(0, 0, 0)], 0, "0% · 0.0 of 0.0 MB"),
    ],
)
def test_progress_is_written_with_rate_and_time_left(
    run: Run, measured: list[dict[str, Any]], percent: int, amount: str
) -> None:
    reached = after(run, CHOSEN, PLANNED, *measured)
    assert (reached["percent"], reached["amount"]) == (percent, amount)


def test_nobody_knows_how_far_a_check_is(run: Run) -> None:
    assert "percent" not in after(run, CHOSEN, PLANNED, SENT)


@pytest.mark.parametrize(
    ("number", "listed"),
    [(1, "0.nii"), (3, "0.nii, 1.nii, 2.nii"), (5, "0.nii, 1.nii, 2.nii and 2 more")],
)
def test_long_lists_of_files_are_cut(run: Run, number: int, listed: str) -> None:
    files = [{"name": f"/head/{n}.nii", "size": 1} for n in range(number)]
    plan = {"type": "planned", "send": list(range(number)), "refused": []}
    assert after(run, {"type": "chosen", "files": files}, plan)["files"] == listed


@pytest.mark.parametrize(
    ("status", "text", "event"),
    [
        (200, '{"send": [0], "refused": []}', {"type": "planned", "send": [0], "refused": []}),
        (413, '{"error": "Too much.", "refused": []}', failed("Too much.")),
        (422, '{"error": "None.", "refused": ["a: no.", "b: no."]}', failed("a: no.", "b: no.")),
        (502, "<html>", failed("The server cannot accept the upload (502). Try again later.")),
        (200, "<html>", failed("The server cannot accept the upload (200). Try again later.")),
        (500, "null", failed("The server cannot accept the upload (500). Try again later.")),
    ],
)
def test_an_answer_is_an_event(run: Run, status: int, text: str, event: dict[str, Any]) -> None:
    asked = "({ answered }, status, text) => answered('planned', status, text)"
    assert run("upload", asked, status, text) == event


DROPPED = """async ({ dropped }, tree, most) => {
    const entry = (path, node) => typeof node === "number"
        ? { name: path.split("/").at(-1), fullPath: path, isDirectory: false,
            file: resolve => resolve(new File([new Uint8Array(node)], path.split("/").at(-1))) }
        : { name: path.split("/").at(-1), fullPath: path, isDirectory: true,
            createReader: () => {
                const left = Object.entries(node)
                    .map(([name, one]) => entry(`${path}/${name}`, one));
                return { readEntries: resolve => resolve(left.splice(0, 100)) };
            } };
    const items = Object.entries(tree).map(([name, node]) => typeof node === "number"
        ? { entry: null, file: new File([new Uint8Array(node)], name) }
        : { entry: entry(`/${name}`, node), file: null });
    const found = await dropped(items, most);
    return found.map(({ name, size, file }) => [name, size, file.name]);
}"""


@pytest.mark.parametrize(
    ("tree", "files"),
    [
        ({"T1.nii": 3}, [["T1.nii", 3, "T1.nii"]]),
        ({"head": {"T1.nii": 3, "notes.txt": 1}},
         [["/head/T1.nii", 3, "T1.nii"], ["/head/notes.txt", 1, "notes.txt"]]),
        ({"head": {"anat": {"T1.nii": 3}, ".git": {"x.nii": 1}, ".x.nii": 1}},
         [["/head/anat/T1.nii", 3, "T1.nii"]]),
        ({"empty": {}}, []),
    ],
)  # fmt: skip
def test_a_dropped_folder_is_all_files_in_it_but_hidden_ones(
    run: Run, tree: dict[str, Any], files: list[Any]
) -> None:
    assert run("upload", DROPPED, tree, 100) == files


def test_large_folders_are_read_whole_up_to_the_bound(run: Run) -> None:
    tree = {"head": {f"{n}.dcm": 0 for n in range(250)}}
    assert len(run("upload", DROPPED, tree, 1000)) == 250
    assert 120 < len(run("upload", DROPPED, tree, 120)) <= 250
    deep = {"head": {str(n): {"1.dcm": 0} for n in range(50)}}
    assert len(run("upload", DROPPED, deep, 20)) == 21
