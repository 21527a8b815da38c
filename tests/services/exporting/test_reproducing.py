""" "Reproduce this": the script gives the labels of the page, voxel for voxel."""

import ast
import runpy
import sys

import nibabel as nib
import numpy as np
import pytest

from dashboard.core.export.images import label_volume
from dashboard.services.exporting.reproducing import reproduce
from dashboard.services.exporting.subject import Subject
from tests.real import of_studies

ALONE = {"hashlib", "sys", "pathlib", "nibabel", "numpy", "sklearn"}
BASE = {"study": "lab", "x": "T1", "y": "b0", "mix": "T1,b0"}
AFFINE = np.array([[0, 0, -3.0, 40], [-2, 0, 0, 25], [0, 2, 0, -9], [0, 0, 0, 1]])


@pytest.fixture
def again(monkeypatch, tmp_path, capsys):
    """Return a function that runs a View's script: its labels, those of the page, its imports."""

    def again(desk, query):
        scene = desk.open(query).scene
        subject = Subject(scene, desk.analyses, "a “study”\n", lambda *_: ())
        text, analysis = reproduce(subject), subject.analysis
        out = tmp_path / "out"
        out.mkdir(exist_ok=True)
        (out / "script.py").write_text(text, "utf-8")
        path = next(iter(scene.files.files.values())).path
        monkeypatch.chdir(out)
        monkeypatch.setattr(sys, "argv", ["script.py", str(path.parent)])
        runpy.run_path("script.py", run_name="__main__")
        assert capsys.readouterr().out == f"Wrote {subject.base}_dseg.nii.gz\n"
        image = nib.load(out / f"{subject.base}_dseg.nii.gz")
        np.testing.assert_allclose(image.affine, analysis.features.volumes[0].affine, atol=1e-5)
        imports = {
            (node.module if isinstance(node, ast.ImportFrom) else node.names[0].name).split(".")[0]
            for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.Import | ast.ImportFrom)
        }
        return np.asarray(image.dataobj), label_volume(analysis), imports

    return again


@pytest.fixture
def lab(workspace, tmp_path, head):
    """Return the services on a study with all that a script may have to do."""
    folder = tmp_path / "data" / "lab"
    folder.mkdir(parents=True)
    first, second = head(0), head(1)

    def save(name, voxels, affine=AFFINE, slope=None):
        image = nib.Nifti1Image(voxels, affine)
        if slope:
            image.header.set_slope_inter(*slope)
        image.to_filename(folder / f"{name}.nii.gz")

    save("T1", first.astype("i2"), slope=(0.37, -11.0))
    holes = second.astype("f4")
    holes[10, 10] = np.nan
    save("b0", holes)
    frames = [first, second, head(2)]
    save("many", np.stack([*frames, first + second], axis=-1).astype("f4"))
    save("PD", np.round(head(2)[::2, ::2]), AFFINE @ np.diag([2.0, 2, 1, 1]))
    fractions = np.zeros(first.shape)
    fractions[4:20, 4:16], fractions[6:18, 6:14] = 0.3, 0.8
    save("brain_mask", fractions + np.random.default_rng(3).uniform(0, 0.1, first.shape))
    return workspace


@pytest.mark.parametrize("scaling", ["standard", "robust", "minmax"])
def test_intensities_in_a_large_unit_keep_their_classes(again, lab, head, tmp_path, scaling):
    small = nib.Nifti1Image((head(1) * 1e-18).astype("f4"), AFFINE)
    small.to_filename(tmp_path / "data" / "lab" / "small.nii.gz")
    labels, wanted, _ = again(lab, BASE | {"mix": "small,T1", "y": "small", "scaling": scaling})
    assert len(np.unique(wanted)) == 4
    np.testing.assert_array_equal(labels, wanted)


@pytest.mark.parametrize(
    "view",
    [
        {"slice": "9"},
        {"plane": "coronal", "slice": "7", "components": "5", "covariance": "tied", "clip": "1"},
        {"plane": "sagittal", "slice": "5", "scaling": "robust", "covariance": "diag"},
        {"x": "b0", "y": "T1", "scaling": "minmax", "starts": "3", "covariance": "spherical"},
        {"scaling": "none", "tolerance": "1e-5", "foreground": "nonzero", "seed": "7"},
        {"foreground": "background", "mix": "T1", "components": "4"},
        {"foreground": "mask", "mask": "brain_mask"},
        {"x": "many:3", "y": "many:mean", "mix": "many:3,many:mean,T1"},
        {"start": "volume", "components": "4"},
        {"start": "volume", "covariance": "spherical", "scaling": "robust", "mix": "T1"},
    ],
    ids=lambda view: "-".join(view.values()),
)
def test_a_slice_needs_three_libraries_alone(again, lab, view):
    labels, wanted, imports = again(lab, BASE | view)
    assert wanted.any()
    np.testing.assert_array_equal(labels, wanted)
    assert imports <= ALONE


@pytest.mark.parametrize(
    "view",
    [
        {"scope": "volume", "components": "4"},
        {"scope": "volume", "covariance": "partial-volume"},
        {"scope": "volume", "prior": "0.7", "foreground": "mask", "mask": "brain_mask"},
        {"x": "T1", "y": "PD", "mix": "T1,PD", "grid": "T1", "slice": "8"},
        {"x": "PD", "y": "T1", "mix": "PD,T1", "grid": "PD", "foreground": "mask"},
    ],
    ids=lambda view: "-".join(view.values()),
)
def test_the_whole_head_and_resampled_images_need_the_package_which_it_says(again, lab, view):
    labels, wanted, imports = again(lab, BASE | view)
    assert wanted.any()
    np.testing.assert_array_equal(labels, wanted)
    assert "dashboard" in imports


def test_a_lost_position_is_taken_from_the_other_image_again(again, lab, tmp_path, head):
    nib.Nifti1Image(head(2), np.eye(4)).to_filename(tmp_path / "data" / "lab" / "FLAIR.nii.gz")
    view = {"study": "lab", "x": "FLAIR", "y": "T1", "mix": "FLAIR,T1", "position": "T1"}
    for scope in ("slice", "volume"):
        labels, wanted, _ = again(lab, view | {"scope": scope})
        assert wanted.any()
        np.testing.assert_array_equal(labels, wanted)


def test_a_class_that_has_its_number_from_the_head_keeps_it(again, lab, head, tmp_path):
    # One slice is brighter than the others, so that its classes' means do not order them.
    voxels = head(0)
    voxels[:, :, 6] = np.where(voxels[:, :, 6] > 250, 90, voxels[:, :, 6])
    nib.Nifti1Image(voxels, AFFINE).to_filename(tmp_path / "data" / "lab" / "T1.nii.gz")
    view = BASE | {"plane": "sagittal", "components": "4"}
    orders = set()
    for index in range(5, 8):
        labels, wanted, _ = again(lab, view | {"slice": str(index)})
        np.testing.assert_array_equal(labels, wanted)
        orders.add("numbered by" in (tmp_path / "out" / "script.py").read_text())
    assert orders == {True, False}


def test_names_that_are_code_stay_names(again, lab, tmp_path):
    name = "a\"b'c {x}"
    source = tmp_path / "data" / "lab" / "T1.nii.gz"
    (source.parent / f"{name}.nii.gz").write_bytes(source.read_bytes())
    labels, wanted, _ = again(lab, {"study": "lab", "x": name, "y": "b0", "mix": f"{name},b0"})
    np.testing.assert_array_equal(labels, wanted)


@pytest.mark.parametrize(
    "view", [{"foreground": "mask", "mask": "brain_mask"}, {"scope": "volume"}], ids=["cut", "head"]
)
def test_a_script_says_which_file_differs_before_it_fits(again, lab, tmp_path, view):
    again(lab, BASE | view)
    wrote = next((tmp_path / "out").glob("*_dseg.nii.gz"))
    wrote.unlink()
    folder = tmp_path / "data" / "lab"

    def said():
        with pytest.raises(SystemExit) as end:
            runpy.run_path("script.py", run_name="__main__")
        assert not wrote.exists()
        return end.value.code

    for name in ("b0", *([view["mask"]] if "mask" in view else [])):
        path = folder / f"{name}.nii.gz"
        content = path.read_bytes()
        path.write_bytes(content + b"\0")  # nibabel would read it as before
        assert said() == f"{path.name} is not the file that the labels were made from."
        path.unlink()
        assert said().startswith(f"There is no file {path.name} in {folder}.")
        path.write_bytes(content)
    runpy.run_path("script.py", run_name="__main__")
    assert wrote.exists()


def test_both_halves_of_a_pair_are_checked(again, lab, tmp_path, head):
    folder = tmp_path / "data" / "lab"
    nib.Nifti1Pair(head(2), AFFINE).to_filename(folder / "two.img")
    labels, wanted, _ = again(lab, {"study": "lab", "x": "two", "y": "b0", "mix": "two,b0"})
    np.testing.assert_array_equal(labels, wanted)
    for half in ("two.hdr", "two.img"):
        content = (folder / half).read_bytes()
        (folder / half).write_bytes(content + b"\0")
        with pytest.raises(SystemExit, match=f"^{half} is not the file"):
            runpy.run_path("script.py", run_name="__main__")
        (folder / half).write_bytes(content)


@pytest.mark.parametrize(
    "more",
    [
        {},
        pytest.param({"components": "5", "scaling": "robust"}, marks=pytest.mark.long),
        pytest.param({"start": "volume"}, marks=pytest.mark.long),
    ],
    ids=["as it opens", "other settings", "from the head"],
)
@of_studies()
def test_real_studies_are_reproduced(again, desk, real_data, tmp_path, study, more):
    there = desk(real_data, tmp_path / "cache")
    labels, wanted, _ = again(there, {"study": study} | more)
    assert wanted.any()
    np.testing.assert_array_equal(labels, wanted)
