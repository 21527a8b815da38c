"""`python -m dashboard report`."""

import re

import numpy as np
import pytest

from dashboard.commands.report import CALLED, FIELDS
from dashboard.commands.report import report as command
from dashboard.reporting.report import report
from dashboard.view import View
from tests.images import AFFINE


@pytest.fixture(autouse=True)
def undrawn(monkeypatch):
    """Leave the figures out, which take most of the time."""
    for form in ("page", "pdf"):
        monkeypatch.setattr(f"dashboard.reporting.{form}.parts", lambda _: [])


@pytest.fixture
def images(pair, save, head, monkeypatch, tmp_path):  # noqa: ARG001, `pair` is saved
    monkeypatch.setenv("DASHBOARD_CACHE", str(tmp_path / "cache"))
    save("data/pair/mask.nii.gz", head(0) > 150, AFFINE)
    save("data/run.nii.gz", np.stack([head(0), head(1)], axis=-1), AFFINE)


@pytest.mark.usefixtures("images")
def test_a_report_of_files_of_a_study_and_of_a_link_are_the_same(run, tmp_path):
    files = ("data/pair/T1.nii.gz", "data/pair/b0.nii.gz")
    assert run("report", *files, "--slice", 5, "--out", "out/files.html") == (
        0, ["out/files.html"], [],
    )  # fmt: skip
    studies = ("--data", "data", "--slice", 5)
    assert run("report", "pair", *studies, "--out", "study.html")[0] == 0
    link = f"http://here/?{View('pair', 'T1', 'b0', slice=5).query()}"
    assert run("report", "--link", link, "--data", "data", "--out", "link.html")[0] == 0
    assert (tmp_path / "study.html").read_bytes() == (tmp_path / "link.html").read_bytes()

    def table(name):
        text = (tmp_path / name).read_text("utf-8")
        return re.findall(r"<td>([^<]+)</td>", text[text.index("Components") :])[:14]

    assert table("out/files.html") == table("study.html")


@pytest.mark.usefixtures("images")
def test_masks_volumes_and_the_whole_head(run, tmp_path):
    given = ("data/pair/T1.nii.gz", "data/run.nii.gz:1", "--mask", "data/pair/mask.nii.gz")
    how = ("--scope", "volume", "--prior", 0.5, "--components", 4, "--names", "CSF,,GM")
    code, _, err = run("report", *given, *how, "--out", "two.html")
    assert (code, err) == (0, [])
    text = (tmp_path / "two.html").read_text("utf-8")
    assert "run (volume 1 of 2)" in text
    assert "Potts prior of strength 0.5" in text
    assert "the voxels that mask marks" in text
    assert "3 GM" in text
    shared = ("--scope", "volume", "--partial-volume")
    assert run("report", *given, *shared, "--out", "pv.html")[0] == 0
    assert "hold two tissues" in (tmp_path / "pv.html").read_text("utf-8")
    code, _, err = run("report", *given, "--out", "two.pdf")
    assert (code, err) == (0, [])
    assert (tmp_path / "two.pdf").read_bytes().startswith(b"%PDF")


def test_no_option_of_a_fit_is_passed_over():
    options = {one.name for one in command.params} - {"images", "out", "link", "data", "overwrite"}
    elsewhere = {"mask", "reference", "volume", "resample", "partial_volume"}  # `_study`, `_asked`
    assert {CALLED.get(name, name) for name in options - elsewhere} <= FIELDS


@pytest.mark.usefixtures("images")
def test_nothing_is_overwritten_without_being_asked(run, tmp_path):
    (tmp_path / "mine.html").write_text("mine")
    asked = ("report", "data/pair/T1.nii.gz", "--out", "mine.html")
    code, _, (line,) = run(*asked)
    assert code == 1
    assert "--overwrite" in line
    assert (tmp_path / "mine.html").read_text() == "mine"
    assert run(*asked, "--overwrite")[0] == 0
    assert (tmp_path / "mine.html").read_text().startswith("<!doctype html>")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cache", "data", "mine.html"]


@pytest.mark.usefixtures("images")
@pytest.mark.parametrize(
    ("given", "says"),
    [
        (("data/pair/T1.nii.gz", "--out", "x.docx"), "ends in .html or .pdf"),
        (("data/pair/no.nii.gz", "--out", "x.pdf"), "no.nii.gz"),
        (("data/pair/T1.nii.gz", "--out", "x.pdf", "--tolerance", 0.0005), "--tolerance must be"),
        (("--out", "x.pdf"), "Name the images"),
        (("a", "--link", "?study=pair", "--out", "x.pdf"), "Name the images"),
        (("--link", "here", "--data", "data", "--out", "x.pdf"), "no link of a view"),
        (("data/pair/T1.nii.gz", "--prior", 0.5, "--out", "x.pdf"), "Add --scope volume"),
        (("data/pair/T1.nii.gz", "--partial-volume", "--out", "x.pdf"), "Add --scope volume"),
        (("a", "b", "--data", "data", "--out", "x.pdf"), "name one study"),
        (("none", "--data", "data", "--out", "x.pdf"), "none"),
        (("data/pair/T1.nii.gz", "--slice", 99, "--out", "x.pdf"), "99"),
        (("data/pair/T1.nii.gz", "--foreground", "mask", "--out", "x.pdf"), "mask"),
    ],
)
def test_what_cannot_be_reported_is_one_line_and_no_file(run, tmp_path, given, says):
    code, out, (line,) = run("report", *given)
    assert (code, out) == (1, [])
    assert says in line
    assert not list(tmp_path.glob("x.*"))


@pytest.mark.usefixtures("images")
def test_a_command_and_the_page_write_the_same_bytes(run, desk, tmp_path):
    assert run("report", "pair", "--data", "data", "--slice", 5, "--out", "a.html")[0] == 0
    page = desk(tmp_path / "data", tmp_path / "other")
    scene = page.open({"study": "pair", "slice": "5"}).scene
    assert (tmp_path / "a.html").read_bytes() == report(scene, page.analyses, "html")
