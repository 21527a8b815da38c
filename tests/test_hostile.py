"""Broken, hostile and odd files, as `segment` meets them."""

import json
import os
import shutil
import sys
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from dashboard.__main__ import main
from dashboard.core.errors import VolumeError
from dashboard.core.volume import read_volume

HOSTILE = Path(os.environ.get("REAL_DATA", "")) / "hostile"
MANIFEST = HOSTILE / "manifest.json"
# Without real data there is one test, which skips and says why.
ENTRIES = (
    json.loads(MANIFEST.read_text("utf-8")) if MANIFEST.is_file() else [{"id": "none", "truth": 1}]
)
TRUE = [entry for entry in ENTRIES if entry["truth"]]
# Refused for what they are; everything else in the folder is an image.
ODD_REFUSED = {
    "fslpy_empty.nii.gz": "empty",
    "nibabel_row_major.dconn.nii": "CIFTI",
    "nifti1.hdr": "one half",
    "niivue_complex.nii.gz": "complex",
    "niivue_ct_perfusion.nii.gz": "RGB",
    "ras.hdr": "one half",
}


@pytest.fixture
def segment(monkeypatch, capfd, tmp_path):
    """Return a function that segments images in `tmp_path`: exit code and lines on stderr."""

    def segment(*names):
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(sys, "argv", ["dashboard", "segment", *names, "--out", "out"])
        try:
            main()
        except SystemExit as stop:
            return stop.code, capfd.readouterr().err.splitlines()
        return 0, capfd.readouterr().err.splitlines()

    return segment


def uploaded(entry, folder):
    """Copy an entry's files under the names they were given, where a file can have that name."""
    names = []
    for file in entry["files"]:
        name = file["upload_name"]
        if "/" in name:
            name = Path(file["path"]).name
        if name:
            shutil.copyfile(HOSTILE / file["path"], folder / name)
        names.append(name)
    return names


def as_expected(entry, code, lines):
    if entry["expect"] == "load":
        return code == 0 and (bool(lines) or not entry["warn"])
    return code == 1 and len(lines) == 1 and lines[0].startswith("Error: ")


@pytest.mark.usefixtures("real_data")
@pytest.mark.parametrize("entry", ENTRIES, ids=[entry["id"] for entry in ENTRIES])
def test_a_hostile_file_is_segmented_or_refused_in_one_line(entry, segment, tmp_path):
    code, lines = segment(*uploaded(entry, tmp_path))
    assert as_expected(entry, code, lines), (code, lines)
    assert str(tmp_path) not in "\n".join(lines)
    assert "Traceback" not in "\n".join(lines)
    assert [path.name for path in tmp_path.iterdir() if "PWNED" in path.name] == []


@pytest.mark.usefixtures("real_data")
@pytest.mark.parametrize("entry", TRUE, ids=[entry["id"] for entry in TRUE])
def test_a_hostile_file_that_loads_has_its_true_intensities(entry):
    volume = read_volume(HOSTILE / entry["files"][0]["path"])
    truth, finite = entry["truth"], volume.data[np.isfinite(volume.data)]
    assert list(volume.shape) == truth["shape"][:3]
    assert (volume.intensities.low, volume.intensities.high) == (truth["min"], truth["max"])
    assert finite.mean(dtype=np.float64) == pytest.approx(truth["mean"], rel=1e-12)
    assert entry["warn"] == bool(volume.notices)


def test_no_hostile_file_is_missing(real_data):
    assert len(json.loads((real_data / "hostile" / "manifest.json").read_text("utf-8"))) == 71


def test_odd_files_are_read_as_nibabel_reads_them_or_refused(real_data):
    for path in sorted((real_data / "odd").iterdir()):
        if path.name in ODD_REFUSED:
            with pytest.raises(VolumeError, match=ODD_REFUSED[path.name]) as caught:
                read_volume(path)
            assert str(caught.value).startswith(f"{path.name}: ")
            continue
        expected = nib.load(path).get_fdata()
        volume = read_volume(path)
        first = expected.reshape((*expected.shape[:3], -1), order="F")[..., 0]
        np.testing.assert_array_equal(volume.data, first)


def test_odd_files_are_segmented_or_refused_in_one_line(real_data, segment, tmp_path):
    for path in sorted((real_data / "odd").iterdir()):
        code, lines = segment(str(path))
        assert not any("Traceback" in line or str(path.parent) in line for line in lines)
        if path.name in ODD_REFUSED:
            assert (code, len(lines)) == (1, 1)
        elif code:
            assert len(lines) == 1
            assert "foreground" in lines[0]
    assert (tmp_path / "out" / "nibabel_anatomical_dseg.nii.gz").exists()
