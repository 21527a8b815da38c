"""What `segment` does to the files that are there already."""

import hashlib
import json
import shutil
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from dashboard.view import View

RESULTS = ["T1_dseg.nii.gz", "T1_dseg.tsv", "T1_components.json"]


@pytest.fixture(autouse=True)
def _images(save, head):
    for folder in ("", "a/", "b/"):
        save(f"{folder}T1.nii.gz", head(0) + len(folder) * (folder == "b/"))
    save("b0.nii.gz", head(1))
    mask = np.zeros(head(0).shape)
    mask[4:20, 5:18] = 1
    save("mask.nii.gz", mask)
    save("rater.nii.gz", head(0) // 150)


def content(folder):
    return {
        str(path.relative_to(folder)): path.readlink() if path.is_symlink() else path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_symlink() or path.is_file()
    }


def refused(run, tmp_path, *arguments):
    """Run `segment`, which has to change nothing; return what it says."""
    before = content(tmp_path)
    code, out, (line,) = run("segment", *arguments)
    assert (code, out) == (1, [])
    assert content(tmp_path) == before
    assert line.startswith("Error: ")
    return line


@pytest.mark.parametrize("name", RESULTS)
@pytest.mark.parametrize("kind", ["file", "link", "dangling link"])
def test_a_file_that_segment_did_not_write_is_kept(run, tmp_path, name, kind):
    (tmp_path / "out").mkdir()
    (tmp_path / "precious").write_text("a day of manual work")
    if kind == "file":
        (tmp_path / "out" / name).write_text("a day of manual work")
    else:
        (tmp_path / "out" / name).symlink_to(f"../precious{'?' * (kind != 'link')}")
    said = refused(run, tmp_path, "T1.nii.gz", "--out", "out")
    assert f"out/{name} exists" in said
    assert "--out" in said
    assert "--overwrite" in said
    assert run("segment", "T1.nii.gz", "--out", "out", "--overwrite")[0] == 0
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == sorted(RESULTS)
    assert not (tmp_path / "out" / name).is_symlink()
    assert (tmp_path / "precious").read_text() == "a day of manual work"


def test_a_manual_segmentation_beside_the_image_survives_with_its_table(real_data, run, tmp_path):
    case = real_data / "reports" / "10_result_over_reference"
    for path in case.iterdir():
        shutil.copyfile(path, tmp_path / path.name)
    call = ("T1.nii.gz", "T2.nii.gz", "--reference", "T1_dseg.nii.gz", "--slice", "14")
    for more in ((), ("--overwrite",)):
        assert "T1_dseg.nii.gz" in refused(run, tmp_path, *call, "--out", ".", *more)
    assert run("segment", *call, "--out", "results")[0] == 0


@pytest.mark.parametrize("role", ["--reference", "--mask", "image"])
@pytest.mark.parametrize("how", ["itself", "symlink", "hard link", "link to the folder", "dots"])
@pytest.mark.parametrize("more", [(), ("--overwrite",)])
def test_an_input_is_never_replaced_whatever_leads_to_it(run, tmp_path, role, how, more):
    (tmp_path / "out").mkdir()
    target, given, folder = tmp_path / "out" / "T1_dseg.nii.gz", "out/T1_dseg.nii.gz", "out"
    source = tmp_path / ("b0.nii.gz" if role == "image" else "mask.nii.gz")
    if how == "symlink":
        target.symlink_to(source)
        given = source.name
    elif how == "hard link":
        target.hardlink_to(source)
        given = source.name
    else:
        shutil.copyfile(source, target)
    if how == "link to the folder":
        (tmp_path / "other").symlink_to("out")
        folder = "other"
    if how == "dots":
        folder = "out/../a/../out"
    options = [given] if role == "image" else [role, given]
    said = refused(run, tmp_path, "T1.nii.gz", *options, "--out", folder, *more)
    assert f"{folder}/T1_dseg.nii.gz is one of the inputs" in said


def test_the_results_of_one_head_are_not_replaced_by_those_of_another_of_its_name(run, tmp_path):
    assert run("segment", "a/T1.nii.gz", "--out", "out")[0] == 0
    said = refused(run, tmp_path, "b/T1.nii.gz", "--out", "out")
    assert "out/T1_dseg.nii.gz holds results for other inputs" in said
    # T1.nii is another file than T1.nii.gz, too.
    nib.load(tmp_path / "b/T1.nii.gz").to_filename(tmp_path / "T1.nii")
    refused(run, tmp_path, "T1.nii", "--out", "out")


def test_a_command_can_be_repeated_and_its_settings_changed(run, tmp_path):
    for options in ((), (), ("--components", "4"), ("--slice", "2", "--seed", "1")):
        assert run("segment", "T1.nii.gz", "b0.nii.gz", *options, "--out", "out")[0] == 0
    # An equal copy of an image is the same input.
    shutil.copyfile(tmp_path / "T1.nii.gz", tmp_path / "a/T1.nii.gz")
    assert run("segment", "a/T1.nii.gz", "b0.nii.gz", "--out", "out")[0] == 0


def test_results_that_a_new_run_lacks_go_with_the_earlier_one_unless_somebody_changed_them(
    run, tmp_path
):
    call = ("segment", "T1.nii.gz", "--out", "out", "--probabilities", "--components")
    maps = [f"T1_label-{k}_probseg.nii.gz" for k in range(1, 6)]
    assert run(*call, 5)[0] == 0
    (tmp_path / "out/mine_probseg.nii.gz").write_bytes(b"mine")
    (tmp_path / "out" / maps[4]).write_bytes(b"edited")
    assert run(*call, 3)[0] == 0
    kept = {*RESULTS, *maps[:3], maps[4], "mine_probseg.nii.gz"}
    assert {path.name for path in (tmp_path / "out").iterdir()} == kept
    assert (tmp_path / "out" / maps[4]).read_bytes() == b"edited"
    # Other inputs' results stay, even if some of them are replaced.
    call = ("segment", "b/T1.nii.gz", "--out", "out", "--overwrite")
    assert run(*call)[0] == 0
    assert {path.name for path in (tmp_path / "out").iterdir()} == kept


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (["T1.nii.gz"], ["T1.nii.gz", "b0.nii.gz"]),
        (["T1.nii.gz", "b0.nii.gz"], ["T1.nii.gz"]),
        (["T1.nii.gz"], ["T1.nii.gz", "--mask", "mask.nii.gz"]),
        (["T1.nii.gz", "--mask", "mask.nii.gz"], ["T1.nii.gz"]),
        (["T1.nii.gz", "--reference", "mask.nii.gz"], ["T1.nii.gz"]),
        (
            ["T1.nii.gz", "--reference", "mask.nii.gz"],
            ["T1.nii.gz", "--reference", "rater.nii.gz"],
        ),
    ],
)
def test_other_inputs_are_other_results(run, tmp_path, first, then):
    assert run("segment", *first, "--out", "out")[0] == 0
    assert "other inputs" in refused(run, tmp_path, *then, "--out", "out")
    assert run("segment", *then, "--out", "out", "--overwrite")[0] == 0


def test_a_reference_can_be_added_since_nothing_is_lost(run):
    assert run("segment", "T1.nii.gz", "--out", "out")[0] == 0
    for _ in range(2):
        assert run("segment", "T1.nii.gz", "--reference", "rater.nii.gz", "--out", "out")[0] == 0


@pytest.mark.parametrize("name", RESULTS)
def test_a_result_that_was_edited_is_kept(run, tmp_path, name):
    assert run("segment", "T1.nii.gz", "--out", "out")[0] == 0
    edited = bytearray((tmp_path / "out" / name).read_bytes())
    edited[-1] ^= 1  # any other byte: tests/core/export/test_replacing.py
    (tmp_path / "out" / name).write_bytes(edited)
    assert "out/T1_" in refused(run, tmp_path, "T1.nii.gz", "--out", "out")


def test_results_without_their_record_are_kept_and_a_deleted_one_is_made_again(run, tmp_path):
    assert run("segment", "T1.nii.gz", "--out", "out")[0] == 0
    (tmp_path / "out" / "T1_dseg.tsv").unlink()
    assert run("segment", "T1.nii.gz", "--out", "out")[0] == 0
    (tmp_path / "out" / "T1_components.json").unlink()
    assert "T1_dseg.nii.gz" in refused(run, tmp_path, "T1.nii.gz", "--out", "out")


@pytest.mark.parametrize("name", RESULTS)
def test_a_folder_in_the_way_is_kept_even_with_overwrite(run, tmp_path, name):
    (tmp_path / "out" / name).mkdir(parents=True)
    said = refused(run, tmp_path, "T1.nii.gz", "--out", "out", "--overwrite")
    assert f"out/{name} is a folder" in said


@pytest.mark.parametrize("failing", range(3))
@pytest.mark.parametrize("before", [(), RESULTS[:1], RESULTS])
def test_if_one_file_cannot_be_moved_all_are_as_they_were(
    run, tmp_path, monkeypatch, failing, before
):
    (tmp_path / "out").mkdir()
    for name in before:
        (tmp_path / "out" / name).write_text(f"my own {name}")
    kept, move, calls = content(tmp_path), Path.replace, []

    def full(self, target):
        calls.append(target)
        if len(calls) == failing + 1:
            raise OSError(28, "No space left on device")
        return move(self, target)

    monkeypatch.setattr(Path, "replace", full)
    code, _, (line,) = run("segment", "T1.nii.gz", "--out", "out", "--overwrite")
    assert code == 1
    assert "No space left on device" in line
    assert content(tmp_path) == kept


def test_if_a_result_cannot_be_removed_all_are_as_they_were(run, tmp_path, monkeypatch):
    call = ("segment", "T1.nii.gz", "--out", "out", "--probabilities", "--components")
    assert run(*call, 4)[0] == 0
    kept, unlink = content(tmp_path), Path.unlink

    def denied(self, *, missing_ok=False):
        if self.name == "T1_label-4_probseg.nii.gz":
            raise PermissionError(1, "Operation not permitted")
        unlink(self, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", denied)
    code, _, (line,) = run(*call, 3)
    assert code == 1
    assert "Operation not permitted" in line
    assert content(tmp_path) == kept


def test_a_file_that_appears_meanwhile_is_kept(run, tmp_path, monkeypatch):
    save = nib.save

    def slow(image, path):
        save(image, path)
        (tmp_path / "out" / "T1_dseg.tsv").write_text("of another command")

    monkeypatch.setattr(nib, "save", slow)
    code, _, (line,) = run("segment", "T1.nii.gz", "--out", "out")
    assert code == 1
    assert "out/T1_dseg.tsv was just written" in line
    assert content(tmp_path / "out") == {"T1_dseg.tsv": b"of another command"}


def test_the_record_vouches_for_each_file_by_its_hash(run, tmp_path):
    assert run("segment", "T1.nii.gz", "--out", "out")[0] == 0
    record = json.loads((tmp_path / "out" / "T1_components.json").read_text())
    assert list(record["outputs"]) == RESULTS
    for name in RESULTS[:2]:
        found = hashlib.sha256((tmp_path / "out" / name).read_bytes()).hexdigest()
        assert record["outputs"][name] == found


def test_classes_have_the_names_that_are_given(run, tmp_path):
    call = ("segment", "T1.nii.gz", "--out")
    assert run(*call, "plain")[0] == run(*call, "named", "--names", "CSF,,left%2C deep")[0] == 0
    plain, named = (
        (tmp_path / out / "T1_dseg.tsv").read_text().splitlines() for out in ("plain", "named")
    )
    assert [row.split("\t")[1] for row in plain] == ["name", "class 1", "class 2", "class 3"]
    assert [row.split("\t")[1] for row in named] == ["name", "CSF", "class 2", "left, deep"]
    plain, named = (
        json.loads((tmp_path / out / "T1_components.json").read_text())
        for out in ("plain", "named")
    )
    assert [one.pop("name", None) for one in named["components"]] == ["CSF", None, "left, deep"]
    assert named["components"] == plain["components"]


@pytest.mark.parametrize(
    ("names", "said"),
    [("a,b,c,d", "4 names, but there are 3 classes"), ("x" * 25, "up to 24 characters each")],
)
def test_names_that_fit_no_class_are_refused(run, tmp_path, names, said):
    assert said in refused(run, tmp_path, "T1.nii.gz", "--out", "out", "--names", names)


@pytest.mark.parametrize("scope", ["slice", "volume"])
def test_the_labels_are_the_bytes_that_the_page_shows(run, swapped, scope):
    # In slice 4 two tissues have changed places by their mean.
    view = View("swapped", "T1", "b0", slice=4, scope=scope)
    images = [f"data/swapped/{name}.nii.gz" for name in ("T1", "b0")]
    chosen = ("--slice", 4) if scope == "slice" else ()
    assert run("segment", *images, "--scope", scope, *chosen, "--out", "out")[0] == 0
    shown = swapped.analyses.at_cut(swapped.scene(view)).labels.squeeze()
    written = np.asarray(nib.load("out/T1_dseg.nii.gz").dataobj)[:, :, 4]
    assert written.tobytes() == shown.tobytes()
