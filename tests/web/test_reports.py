import json
import subprocess
import sys

import pytest
from flask import Flask

from dashboard.reporting.report import _drawing, report
from dashboard.services.exporting.making import Workshops
from dashboard.view import View
from dashboard.web.exports import STEPS
from dashboard.web.reports import blueprint

MIMETYPES = {"html": "text/html", "pdf": "application/pdf"}
VIEW = View("pair", "T1", "b0", slice=5)


@pytest.fixture(autouse=True)
def undrawn(monkeypatch):
    """Leave the figures out, which take most of the time."""
    for form in ("page", "pdf"):
        monkeypatch.setattr(f"dashboard.reporting.{form}.parts", lambda _: [])


@pytest.fixture
def ask(study, tmp_path):
    """Return a function that asks a server for a report."""
    server = Flask(__name__)
    server.register_blueprint(
        blueprint(study.archive, study.analyses, study.ahead, Workshops(tmp_path / "cache"))
    )
    return server.test_client().get


def test_a_report_is_that_of_its_view(ask, study):
    page = ask(f"/report.html?{VIEW.query()}")
    assert page.status_code == 200
    assert page.mimetype == "text/html"
    assert page.data == report(study.scene(VIEW), study.analyses, "html")
    assert (
        page.headers["Content-Disposition"] == "inline; filename*=UTF-8''pair_axial5_K3_report.html"
    )
    assert "no-store" in page.headers["Cache-Control"]
    paper = ask(f"/report.pdf?{VIEW.query()}")
    assert paper.mimetype == "application/pdf"
    assert paper.data.startswith(b"%PDF")


@pytest.mark.parametrize("form", ["html", "pdf"])
def test_a_page_that_asks_for_steps_gets_them_and_may_leave_at_each(ask, tmp_path, form):
    address, steps = f"/report.{form}?{VIEW.query()}", {STEPS: "1"}
    with ask(address, headers=steps) as whole, ask(address) as plain:
        assert whole.data.endswith(plain.data)
    lines = whole.data.split(b"\n")
    shares = [one for one in lines if one.startswith(b'{"done"')]
    head, content = whole.data.split(b"\n", len(shares) + 1)[len(shares) :]
    done = [json.loads(one)["done"] for one in shares]
    assert done[0] == 0
    assert done == sorted(set(done))
    assert done[-1] < 1
    name = f"pair_axial5_K3_report.{form}"
    assert json.loads(head) == {
        "name": name, "type": MIMETYPES[form], "size": len(content),
    }  # fmt: skip
    assert content == plain.data
    # Whenever it leaves, nothing is left, and no other report is held up.
    for left in range(len(shares)):
        answer = ask(address, headers=steps)
        for _, line in zip(range(left + 1), answer.response, strict=False):
            assert b"done" in line
        answer.close()
        assert not list((tmp_path / "cache" / "exports").iterdir())
        assert not _drawing.locked()


def test_a_report_needs_a_study(ask, study):
    for file in study.archive.study("pair").files.values():
        file.path.unlink()
    answer = ask("/report.html?study=pair")
    assert answer.status_code == 404
    assert "no study" in answer.get_data(as_text=True)


def test_a_server_starts_without_what_draws_reports(sample, tmp_path):
    code = (
        "import sys; from pathlib import Path; from dashboard.app import create_app;"
        "from dashboard.settings import Settings;"
        f"create_app(Settings(data=Path({str(sample.parent)!r}), cache=Path({str(tmp_path)!r})));"
        "print(sorted({'matplotlib', 'seaborn'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
