"""Volumes of 4-D files on the command line."""

import json
import shutil

import nibabel as nib
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.commands.inputs import inputs

pytestmark = pytest.mark.usefixtures("frames")


@pytest.fixture
def frames(save, head):
    """Save a 4-D file of four contrasts and each of them, and a T1 beside."""
    contrasts = [head(0), head(1), head(2) + 50, head(1) * 2 + head(2)]
    save("four.nii.gz", np.stack(contrasts, axis=-1))
    save("T1.nii.gz", head(0) + head(2))
    for number, contrast in enumerate(contrasts):
        save(f"alone/{number}.nii.gz", contrast)
    save("alone/mean.nii.gz", np.mean(contrasts, axis=0))


def result(run, tmp_path, base, *arguments):
    shutil.rmtree(tmp_path / "out", ignore_errors=True)
    assert run("segment", *arguments, "--out", "out")[0] == 0
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {f"{base}_dseg.nii.gz", f"{base}_dseg.tsv", f"{base}_components.json"}
    record = json.loads((tmp_path / "out" / f"{base}_components.json").read_text("utf-8"))
    return np.asarray(nib.load(tmp_path / "out" / f"{base}_dseg.nii.gz").dataobj), record


@pytest.mark.parametrize(
    ("which", "first"),
    [
        (["0"], False), (["3"], True), (["mean"], False), (["mean"], True), (["2", "0"], False),
        (["mean", "1"], True), (["1", "mean"], False), (["3", "2", "1"], False),
        (["0", "1", "mean"], True),
    ],
)  # fmt: skip
def test_volumes_of_a_file_are_fitted_as_if_each_had_a_file_of_its_own(run, tmp_path, which, first):
    named, alone = [f"four.nii.gz:{w}" for w in which], [f"alone/{w}.nii.gz" for w in which]
    if first:
        named, alone = ["T1.nii.gz", *named], ["T1.nii.gz", *alone]
    base, stem = ("T1", "T1") if first else (f"four_{which[0]}", which[0])
    labels, record = result(run, tmp_path, base, *named)
    expected, whole = result(run, tmp_path, stem, *alone)
    np.testing.assert_array_equal(labels, expected)
    assert record["components"] == whole["components"]
    if which[0] != "mean" and not first:
        assert record["inputs"][0]["processing"] == [f"volume {which[0]} of 4"]


@pytest.mark.parametrize("volume", ["0", "2", "mean"])
def test_the_option_concerns_only_files_with_several_volumes(run, tmp_path, volume):
    call = ("T1.nii.gz", "four.nii.gz", "--volume", volume)
    labels, record = result(run, tmp_path, "T1", *call)
    expected, _ = result(run, tmp_path, "T1", "T1.nii.gz", f"alone/{volume}.nii.gz")
    np.testing.assert_array_equal(labels, expected)
    assert record["inputs"][0]["processing"] == []
    # A volume that is asked for needs no warning.
    assert len(record["notices"]) == len(record["warnings"]) == len(record["doubts"])


def test_an_image_that_names_its_volume_keeps_it_beside_the_option(run, tmp_path):
    call = ("four.nii.gz:1", "four.nii.gz", "--volume", "2")
    _, record = result(run, tmp_path, "four_1", *call)
    taken = [image["processing"] for image in record["inputs"]]
    assert taken == [["volume 1 of 4"], ["volume 2 of 4"]]


def test_masks_and_references_may_be_volumes_too(run, save, tmp_path):
    inside = np.zeros((24, 20, 12))
    inside[6:18, 4:16] = 1
    save("masks.nii.gz", np.stack([np.ones_like(inside), inside], axis=-1))
    labels, record = result(run, tmp_path, "T1", "T1.nii.gz", "--mask", "masks.nii.gz:1")
    assert not labels[inside == 0].any()
    assert record["warnings"] == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["four.nii.gz:4"], "four.nii.gz: the file has 4 volumes"),
        (["four.nii.gz:first"], "four.nii.gz:first: a volume is a number from 0, or mean"),
        (["four.nii.gz:-1"], "a volume is a number from 0, or mean"),
        (["four.nii.gz:"], "a volume is a number from 0, or mean"),
        (["T1.nii.gz:1"], "T1.nii.gz: the file has 1 volume"),
        (["lost.nii.gz:1"], "lost.nii.gz:1: there is no such file"),
        (["T1.nii.gz", "--volume", "1"], "none of the images has several volumes"),
        (
            ["four.nii.gz:1", "four.nii.gz:1"],
            "four (volume 1 of 4) and four (volume 1 of 4) are identical",
        ),
        (["four.nii.gz", "--volume", "4"], "four.nii.gz: the file has 4 volumes"),
        (["lost.nii.gz", "--volume", "1"], "lost.nii.gz: "),
    ],
)
def test_a_volume_that_is_not_there_is_refused_in_one_line(run, tmp_path, arguments, said):
    code, _, (line,) = run("segment", *arguments, "--out", "out")
    assert code == 1
    assert said in line
    assert not (tmp_path / "out").exists()


def test_a_file_whose_name_ends_like_a_selection_is_that_file(run, save, head, tmp_path):
    save("odd.nii.gz", np.stack([head(0), head(1)], axis=-1))
    shutil.copyfile(tmp_path / "alone/2.nii.gz", tmp_path / "odd.nii.gz:1")
    code, _, (line,) = run("segment", "odd.nii.gz:1", "--out", "out")
    assert code == 1
    assert "odd.nii.gz:1: this is not a supported image" in line


@given(
    folders=st.lists(st.sampled_from(["a", "b", "a/c", "ä"]), min_size=1, max_size=3, unique=True),
    extensions=st.lists(st.sampled_from([".nii", ".nii.gz", ".mgz"]), min_size=1, max_size=2,
                        unique=True),
)  # fmt: skip
def test_files_of_one_name_are_told_apart(folders, extensions):
    paths = [f"{folder}/T1{extension}" for folder in folders for extension in extensions]
    labels = [image.label for image in inputs(paths)]
    assert len(set(labels)) == len(paths)
    assert (labels == ["T1"]) == (len(paths) == 1)
    if len(folders) == 1 and len(paths) > 1:
        assert labels == [f"T1{extension}" for extension in extensions]
    # One file that is given twice, with two volumes, is one file.
    assert [image.label for image in inputs(["a/T1.nii:0", "a/T1.nii:1"])] == [
        "T1.nii:0",
        "T1.nii:1",
    ]
