"""Masks and label maps of public reports, through `segment` and as a study."""

import json

import nibabel as nib
import numpy as np
import pytest
from click.testing import CliRunner

from dashboard.commands.segment import segment
from dashboard.core.mixture.mask import mask_of
from dashboard.core.volume import read_volume


@pytest.fixture
def segmented(real_data, tmp_path):
    """Return a function that segments slice 14 of a case, and gives the answer and the record."""

    def segmented(case, *options, images=("T1", "T2")):
        folder = next((real_data / "reports").glob(f"{case}_*"))
        files = [str(folder / f"{name}.nii.gz") for name in images]
        given = [str(folder / o) if o.endswith(".nii.gz") else o for o in options]
        run = CliRunner().invoke(segment, [*files, "--slice", "14", "--out", str(tmp_path), *given])
        assert run.exit_code == 0, run.output
        record = json.loads((tmp_path / "T1_components.json").read_text())
        return record, json.loads((folder / "expected.json").read_text())

    return segmented


@pytest.mark.parametrize("reference", ["T1_dseg", "T1_labels"])
def test_labels_that_a_header_scales(segmented, reference):
    record, expected = segmented("01", "--reference", f"{reference}.nii.gz")
    found = record["agreement"]
    assert found["mean_dice"] > 0.98
    assert found["labels"] == [0, 1, 2, 3]
    columns = np.sum(found["confusion"], axis=0).tolist()
    assert dict(zip("0123", columns, strict=True)) == expected["voxels"]
    rounded = [notice for notice in record["notices"] if "rounded" in notice]
    assert len(rounded) == (reference == "T1_labels")
    assert found["reference_is_mask"] is False


@pytest.mark.parametrize(
    ("case", "mask", "count"),
    [("02", "brain_mask", "foreground_voxels"), ("04", "brain_mask", "above_half")],
)
def test_masks_that_are_not_two_clean_values(segmented, case, mask, count):
    record, expected = segmented(case, "--mask", f"{mask}.nii.gz")
    assert record["foreground_voxels"] == expected[count]
    assert any("It marks what is above 0.5" in notice for notice in record["notices"])


def test_a_clean_mask_is_taken_without_a_word(segmented):
    record, expected = segmented("35", "--mask", "T1_bet_mask.nii.gz", images=("T1",))
    assert record["foreground_voxels"] == expected["foreground_voxels"]
    assert not any("mask" in notice for notice in record["notices"])


def test_a_mask_that_is_the_reference_is_in_the_record(segmented):
    record, _ = segmented("01", "--mask", "T1_dseg.nii.gz", "--reference", "T1_dseg.nii.gz")
    assert record["agreement"]["reference_is_mask"] is True
    assert any("also the mask" in notice for notice in record["notices"])


@pytest.mark.parametrize(("case", "marked"), [("02", 900), ("04", 896), ("35", 900)])
def test_the_page_marks_the_same(real_data, desk, tmp_path, case, marked):
    folder = next((real_data / "reports").glob(f"{case}_*"))
    opened = desk(folder, tmp_path / "cache").open({"slice": "14"})
    assert opened.scene.presets.mask
    mask = opened.scene.images.get(opened.scene.presets.mask)
    assert np.count_nonzero(mask_of(mask).marks(mask.data[:, :, 14])) == marked


@pytest.mark.parametrize("tissue", ["gm", "wm", "csf"])
def test_tissue_probabilities_mark_their_half(real_data, tissue):
    path = real_data / "brainweb_t1" / f"{tissue}.nii.gz"
    found = mask_of(read_volume(path))
    assert found.marked == np.count_nonzero(nib.load(path).get_fdata() > 127.5)
