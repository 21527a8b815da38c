import csv
import json
import math
import platform
from importlib.metadata import version

import nibabel as nib
import numpy as np
import pytest

from dashboard.core.errors import NeuroMixError
from dashboard.core.export.segmentation import write_segmentation
from dashboard.core.facts import FileCode
from dashboard.core.volume import read_volume
from tests.core.analysing import analysed

COLOURS = [f"#{n:06x}" for n in range(1, 11)]


@pytest.fixture
def pair(save, head):
    affine = np.array([[-2, 0, 0, 5], [0, 2, 0.3, -9], [0, -0.3, 3, 4], [0, 0, 0, 1]])
    return [save(f"{name}.nii.gz", head(n), affine) for n, name in enumerate(("T1", "b0"))]


def segment(paths, out, **settings):
    analysis = analysed([read_volume(p) for p in paths], 5, **settings)
    return analysis, write_segmentation(analysis, paths[0], out, COLOURS)


def test_three_files_are_named_after_the_first_image(pair, tmp_path):
    _, written = segment(pair, tmp_path / "new" / "folder")
    assert [p.name for p in written] == ["T1_dseg.nii.gz", "T1_dseg.tsv", "T1_components.json"]
    assert sorted(written) == sorted((tmp_path / "new" / "folder").iterdir())


@pytest.mark.parametrize(("sform", "qform"), [(1, 1), (4, 2), (0, 3), (2, 0)])
@pytest.mark.parametrize("kind", [nib.Nifti1Image, nib.Nifti2Image])
def test_labels_take_the_inputs_position(tmp_path, head, kind, sform, qform):
    affine = np.array([[0, 0, 2.2, -9], [-2, 0, 0, 5], [0, 2, 0, 4], [0, 0, 0, 1]])
    image = kind(head(0), affine)
    image.set_sform(affine if sform else None, sform)
    image.set_qform(affine if qform else None, qform)
    image.header.set_xyzt_units("mm", "sec")
    image.header.set_slope_inter(0.5, 3)
    path = tmp_path / "in.nii"
    image.to_filename(path)

    _, (written, *_) = segment([path], tmp_path / "out")
    labels, source = nib.load(written), nib.load(path)
    np.testing.assert_array_equal(labels.affine, source.affine)
    assert labels.shape == source.shape
    assert labels.get_data_dtype() == np.uint8
    assert labels.header.get_slope_inter() in ((1, 0), (None, None))
    assert labels.header.get_xyzt_units() == ("mm", "sec")
    assert (labels.header["sform_code"], labels.header["qform_code"]) == (sform, qform)


def test_labels_of_another_format_keep_its_position(tmp_path, head):
    image = nib.MGHImage(head(0).astype("f4"), np.diag([-1.5, 1, 2, 1]))
    image.to_filename(tmp_path / "brain.mgz")
    _, (written, *_) = segment([tmp_path / "brain.mgz"], tmp_path)
    assert written.name == "brain_dseg.nii.gz"
    np.testing.assert_array_equal(nib.load(written).affine, image.affine)


def test_labels_of_an_unusable_position_have_a_usable_one(tmp_path, head):
    image = nib.Nifti1Image(head(0), None)
    image.header["qform_code"], image.header["quatern_b"] = 1, np.nan
    image.header["pixdim"][1:4] = np.inf
    (tmp_path / "T1.nii").write_bytes(image.header.binaryblock + bytes(4) + head(0).tobytes("F"))
    whole = bytearray((tmp_path / "T1.nii").read_bytes())
    # By the NIfTI-1 standard vox_offset is at byte 108 and the magic at 344.
    whole[108:112], whole[344:347] = np.float32(352).tobytes(), b"n+1"
    (tmp_path / "T1.nii").write_bytes(whole)
    analysis, written = segment([tmp_path / "T1.nii"], tmp_path / "out")
    labels = nib.load(written[0])
    np.testing.assert_array_equal(labels.affine, np.eye(4))
    np.testing.assert_array_equal(labels.header.get_zooms(), 1)
    assert [n.code for n in analysis.features.volumes[0].notices] == [
        FileCode.NO_SLOPE,
        FileCode.VOXEL_SIZE,
        FileCode.BAD_AFFINE,
    ]


def test_labels_of_a_gzip_named_otherwise_take_its_position(pair, tmp_path):
    renamed = pair[0].rename(tmp_path / "T1.nii")
    _, written = segment([renamed], tmp_path / "out")
    np.testing.assert_array_equal(nib.load(written[0]).affine, read_volume(renamed).affine)


def test_labels_carry_neither_intent_nor_extension_which_may_name_a_patient(tmp_path, head):
    image = nib.Nifti1Image(head(0), np.eye(4))
    image.header.extensions.append(nib.nifti1.Nifti1Extension("comment", b"Jane Doe"))
    image.header.set_intent("z score")
    image.to_filename(tmp_path / "T1.nii")
    _, written = segment([tmp_path / "T1.nii"], tmp_path / "out")
    header = nib.load(written[0]).header
    assert (header.extensions, header.get_intent()[0]) == ([], "none")


def test_the_label_volume_holds_the_analysis_in_its_slice_alone(pair, tmp_path):
    analysis, (written, *_) = segment(pair, tmp_path)
    labels = np.asarray(nib.load(written).dataobj)
    np.testing.assert_array_equal(labels[:, :, 5], analysis.labels)
    assert not np.delete(labels, 5, axis=2).any()


def test_the_table_names_and_colours_each_label(pair, tmp_path):
    _, (_, table, _) = segment(pair, tmp_path, components=4)
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    assert [*rows[0]] == ["index", "name", "color"]
    assert [row["index"] for row in rows] == ["1", "2", "3", "4"]
    assert [row["color"] for row in rows] == COLOURS[:4]
    assert len({row["name"] for row in rows}) == 4


def test_the_record_repeats_the_fit_in_original_units(pair, tmp_path):
    settings = {"components": 4, "covariance": "tied", "scaling": "robust", "seed": 3,
                "tolerance": 1e-4, "starts": 2}  # fmt: skip
    _, (volume, _, written) = segment(pair, tmp_path, **settings)
    record = json.loads(written.read_text(encoding="utf-8"))
    labels = np.asarray(nib.load(volume).dataobj)
    files = [nib.load(p).get_fdata() for p in pair]

    assert math.fsum(c["weight"] for c in record["components"]) == pytest.approx(1)
    for component in record["components"]:
        inside = labels == component["index"]
        assert component["voxels"] == inside.sum()
        # 2 x 2 x 3 mm, and 0.3 mm of shear both ways.
        assert component["volume_ml"] == pytest.approx(inside.sum() * 2 * (2 * 3 + 0.3**2) / 1000)
        means = [image[inside].mean() for image in files]
        np.testing.assert_allclose(component["mean"], means, atol=25)
        assert np.shape(component["covariance"]) == (2, 2)
    assert record["foreground_voxels"] == np.count_nonzero(labels)
    expected = {
        "plane": "axial",
        "slice": 5,
        "scope": "slice",
        "foreground": "positive",
        "clip": "none",
        "prior": 0.0,
        "partial_volume": False,
        "start": "kmeans",
        **settings,
    }
    assert record["settings"] == expected
    assert [i["name"] for i in record["inputs"]] == ["T1", "b0"]
    assert record["versions"]["scikit-learn"] == version("scikit-learn")
    assert record["versions"]["python"] == platform.python_version()
    assert record["criteria"]["bic"] > record["criteria"]["aic"]


def test_the_range_that_was_clipped_to_is_recorded(pair, tmp_path):
    _, (_, _, written) = segment(pair, tmp_path, clip="1")
    for path, given in zip(pair, json.loads(written.read_text())["inputs"], strict=True):
        voxels = nib.load(path).get_fdata()
        expected = np.percentile(voxels[voxels != 0], [1, 99])
        np.testing.assert_allclose(given["clipped_to"], expected)


def test_writing_into_a_file_is_refused_with_the_folder_as_given(pair, tmp_path):
    (tmp_path / "out").write_text("in the way")
    with pytest.raises(NeuroMixError, match="--out"):
        segment(pair, tmp_path / "out")
    assert (tmp_path / "out").read_text() == "in the way"


def test_a_full_disk_leaves_nothing_behind(pair, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(nib, "save", full)
    with pytest.raises(NeuroMixError, match="No space left on device"):
        segment(pair, tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


def test_an_analysis_without_mixture_writes_nothing(save, tmp_path):
    path = save("dark.nii", np.zeros((4, 4, 6)))
    with pytest.raises(NeuroMixError, match="no foreground"):
        segment([path], tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_mixture_fitted_to_a_subset_says_so(pair, tmp_path, monkeypatch):
    def record(out):
        _, written = segment(pair, tmp_path / out)
        return json.loads(written[2].read_text())

    whole = record("whole")
    assert "fitted_voxels" not in whole
    monkeypatch.setattr("dashboard.core.mixture.assignment.MAX_WHOLE_VOXELS", 100)
    monkeypatch.setattr("dashboard.core.mixture.slice_fit.SUBSET_VOXELS", 90)
    subset = record("subset")
    assert 45 < subset.pop("fitted_voxels") <= 90
    assert subset.keys() == whole.keys()
    assert subset["foreground_voxels"] == whole["foreground_voxels"]
    assert sum(c["voxels"] for c in subset["components"]) == whole["foreground_voxels"]
