"""`segment` says what the check of the page says."""

import json
import shutil

import numpy as np
import pytest

from dashboard.services.checking import check
from dashboard.view import View
from dashboard.words.findings import sentence
from dashboard.words.parts import plain
from tests.images import AFFINE


@pytest.fixture
def said(run, tmp_path):
    """Return a function that runs `segment`: the lines on stderr and in the record, by the check.

    Those on the fit follow.
    """

    def said(*arguments):
        shutil.rmtree(tmp_path / "out", ignore_errors=True)
        code, _, err = run("segment", *arguments, "--out", "out")
        assert code == 0
        (record,) = (tmp_path / "out").glob("*.json")
        facts = json.loads(record.read_text("utf-8"))
        checked = len(err) - len(facts["doubts"])
        assert err[checked:] == facts["warnings"][checked:]
        return err[:checked], facts["warnings"][:checked]

    return said


def z_scored(head):
    return (head(0) - head(0).mean()) / head(0).std()


def with_outliers(head):
    voxels = head(1)
    voxels[5, 5, 5] = 1e6
    return voxels


def with_holes(head):
    voxels = head(0)
    voxels[8:12] = np.nan
    return voxels


def saturated(head):
    return np.minimum(head(0), 300.0)


MEMBERS = {
    "negatives": z_scored,
    "outliers": with_outliers,
    "holes": with_holes,
    "saturated": saturated,
    "offset": lambda head: head(0) - 1000,
    "clean": lambda head: head(0),
}


@pytest.mark.parametrize("kind", MEMBERS)
def test_the_warnings_are_those_of_the_page_on_stderr_and_in_the_record(
    said, save, head, tmp_path, desk, kind
):
    made = MEMBERS[kind](head)
    save("data/study/T1.nii.gz", made, AFFINE)
    foreground = "nonzero" if made[np.isfinite(made)].max() <= 0 else "positive"
    err, recorded = said("data/study/T1.nii.gz", "--foreground", foreground)
    scene = desk(tmp_path / "data", tmp_path / "cache").scene(
        View("study", "T1", "T1", mix="T1", slice=5, foreground=foreground)
    )
    expected = [
        plain(sentence(found)) for found in check(scene).findings if found.severity != "fact"
    ]
    assert err == recorded == expected
    assert bool(expected) == (kind != "clean")


def test_the_choices_of_the_command_count(said, save, head):
    save("T1.nii.gz", with_outliers(head), AFFINE)
    assert any("A few extreme voxels" in line for line in said("T1.nii.gz")[0])
    assert said("T1.nii.gz", "--clip", "0.5") == ([], [])
    save("z.nii.gz", z_scored(head), AFFINE)
    assert any("Negative voxels" in line for line in said("z.nii.gz")[0])
    kept, _ = said("z.nii.gz", "--foreground", "nonzero")
    assert not any("Negative voxels" in line for line in kept)


def test_a_reference_on_two_grids_and_odd_files_are_warned_of(said, save, head):
    save("T1.nii.gz", head(0), AFFINE)
    save("tilted.nii.gz", head(1), np.diag([2.0, 2.0, 300.0, 1.0]))
    err, recorded = said("T1.nii.gz", "tilted.nii.gz", "--resample")
    assert err == recorded
    assert any("no scanner produces" in line for line in err)


def test_strict_makes_every_warning_an_error_and_writes_nothing(run, save, head, tmp_path):
    save("T1.nii.gz", with_outliers(head), AFFINE)
    assert run("segment", "T1.nii.gz", "--out", "out")[0] == 0
    before = [(path, path.read_bytes()) for path in (tmp_path / "out").iterdir()]
    for out in ("out", "new"):
        code, written, err = run("segment", "T1.nii.gz", "--out", out, "--strict")
        assert (code, written) == (1, [])
        assert "A few extreme voxels" in err[0]
        assert err[-1] == "Error: 1 warning with --strict: nothing is written."
    assert [(path, path.read_bytes()) for path, _ in before] == before
    assert not (tmp_path / "new").exists()
    save("clean.nii.gz", head(0), AFFINE)
    assert run("segment", "clean.nii.gz", "--out", "out", "--strict")[0] == 0


def test_a_refusal_is_one_line_without_the_warnings(run, save, head, tmp_path):
    save("T1.nii.gz", with_outliers(head), AFFINE)
    (tmp_path / "T1_dseg.tsv").write_text("mine")
    code, _, err = run("segment", "T1.nii.gz", "--out", ".")
    assert code == 1
    assert len(err) == 1


@pytest.mark.parametrize("count", [0, 1, 2, 17, 300, 1000, 1700])
def test_nan_in_any_share_of_an_image_is_warned_of_and_counted(said, save, head, count):
    voxels = head(0)
    holes = np.random.default_rng(count).permutation(voxels.size).reshape(voxels.shape) < count
    voxels[holes] = np.nan
    save("T1.nii.gz", voxels, AFFINE)
    err, recorded = said("T1.nii.gz")
    assert err == recorded
    counted = any(f": {holes.sum():,} voxel" in line and "NaN" in line for line in err)
    assert counted == holes.any()
