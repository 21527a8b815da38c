"""Pictures, single slices, and images that other programs wrote beside each other, end to end."""

import json
import shutil

import nibabel as nib
import numpy as np
import pytest
from click.testing import CliRunner
from sklearn.mixture import GaussianMixture
from sklearn.preprocessing import StandardScaler

from dashboard.__main__ import cli
from dashboard.services.checking import check


@pytest.fixture
def segment(tmp_path):
    """Return a function that runs `segment`, and returns its labels and its record."""

    def segment(*arguments):
        out = tmp_path / f"out{len(list(tmp_path.iterdir()))}"
        done = CliRunner().invoke(cli, ["segment", *map(str, arguments), "--out", str(out)])
        assert done.exit_code == 0, done.output
        (labels,) = out.glob("*_dseg.nii.gz")
        (record,) = out.glob("*_components.json")
        return nib.load(labels), json.loads(record.read_text())

    return segment


@pytest.mark.parametrize(
    ("shape", "plane"),
    [((24, 20), "axial"), ((24, 20, 1), "axial"), ((24, 1, 20), "coronal"),
     ((1, 24, 20), "sagittal")],
)  # fmt: skip
def test_a_picture_is_segmented_whole_in_its_own_shape(save, head, segment, shape, plane):
    voxels = head(0)[:, :, 5]
    path = save("T1.nii.gz", voxels.reshape(shape), np.diag([-2.0, 2, 3, 1]))
    labels, record = segment(path)
    assert labels.shape == shape
    np.testing.assert_array_equal(labels.affine, nib.load(path).affine)
    assert (record["settings"]["plane"], record["settings"]["slice"]) == (plane, 0)
    points = StandardScaler().fit_transform(voxels[voxels > 0].reshape(-1, 1))
    own = GaussianMixture(n_components=3, random_state=12345).fit_predict(points)
    found = np.asarray(labels.dataobj).reshape(voxels.shape)
    assert (found == 0).sum() == (voxels == 0).sum()
    assert len({*zip(own, found[voxels > 0], strict=True)}) == 3


def test_a_plane_that_is_asked_for_is_kept(save, head, segment):
    path = save("T1.nii.gz", head(0)[:, 5:6, :] + 50)
    _, record = segment(path, "--plane", "axial", "--slice", "4", "--components", "2")
    assert (record["settings"]["plane"], record["foreground_voxels"]) == ("axial", 24)


# ---- cases of public reports


def test_report_23_one_coronal_slice(real_data, segment, tmp_path, desk):
    case = real_data / "reports" / "23_one_coronal_slice"
    right = json.loads((case / "expected.json").read_text())
    labels, _ = segment(case / "T1.nii.gz", case / "T2.nii.gz")
    values, counts = np.unique(np.asarray(labels.dataobj), return_counts=True)
    assert dict(zip(map(str, values), counts, strict=True)) == right["voxels"]
    shutil.copytree(case, tmp_path / "data" / "case")
    services = desk(tmp_path / "data", tmp_path / "cache")
    opened = services.open({"study": "case"})
    assert opened.scene.view.plane == "coronal"
    analysis = services.analyses.analyse(opened.scene)
    assert {str(c.number): c.voxels for c in analysis.classes} == {
        label: count for label, count in right["voxels"].items() if label != "0"
    }


def test_report_18_two_files_of_one_stem(real_data, segment, tmp_path, desk):
    case = real_data / "reports" / "18_nii_beside_nii_gz"
    right = json.loads((case / "expected.json").read_text())["mean_wm"]
    for name, mean in right.items():
        _, record = segment(case / name)
        found = [component["mean"][0] for component in record["components"]]
        assert min(abs(value - mean) for value in found) < 0.05 * mean
    shutil.copytree(case, tmp_path / "data" / "case")
    services = desk(tmp_path / "data", tmp_path / "cache")
    plain, gzipped = (services.volume("case", name).intensities.mean for name in right)
    assert plain == pytest.approx(2 * gzipped, rel=0.01)


def test_report_35_a_mask_with_a_qform_only(real_data, segment, tmp_path, desk):
    case = real_data / "reports" / "35_mask_with_qform_only"
    right = json.loads((case / "expected.json").read_text())
    files = case / "T1.nii.gz", "--mask", case / "T1_bet_mask.nii.gz", "--slice", "14"
    _, record = segment(*files)
    assert record["foreground_voxels"] == right["foreground_voxels"]
    shutil.copytree(case, tmp_path / "data" / "case")
    scene = desk(tmp_path / "data", tmp_path / "cache").open({"study": "case"}).scene
    assert scene.problem is None
    assert {row.grid for row in check(scene).rows} == {1}
