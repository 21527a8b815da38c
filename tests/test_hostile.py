"""Broken, hostile and odd files, as `segment` meets them."""

import shutil
import sys
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from dashboard.__main__ import main
from dashboard.core.errors import VolumeError
from dashboard.core.volume import read_volume
from tests.real import hostile, of_hostile, of_odd

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


def uploaded(entry, hostile, folder):
    """Copy an entry's files under the names they were given, where a file can have that name."""
    names = []
    for file in entry["files"]:
        name = file["upload_name"]
        if "/" in name:
            name = Path(file["path"]).name
        if name:
            shutil.copyfile(hostile / file["path"], folder / name)
        names.append(name)
    return names


def as_expected(entry, code, lines):
    if entry["expect"] == "load":
        return code == 0 and (bool(lines) or not entry["warn"])
    return code == 1 and len(lines) == 1 and lines[0].startswith("Error: ")


@pytest.mark.usefixtures("real_data")
def test_the_hostile_files_are_all_there():
    assert len(hostile()) == 71


@pytest.mark.bad_input("hostile image file")
@of_hostile(wide=lambda name: name == "aniso_4096")  # of 17 million voxels
def test_a_hostile_file_is_segmented_or_refused_in_one_line(entry, real_data, segment, tmp_path):
    names = uploaded(entry, real_data / "hostile", tmp_path)
    code, lines = segment(*names)
    assert as_expected(entry, code, lines), lines
    assert not any(str(tmp_path) in line or "Traceback" in line for line in lines)
    assert sorted(path.name for path in tmp_path.iterdir() if "PWNED" in path.name) == []


@of_hostile(lambda entry: entry["truth"])
def test_a_hostile_file_that_loads_has_its_true_intensities(entry, real_data):
    volume = read_volume(real_data / "hostile" / entry["files"][0]["path"])
    truth, finite = entry["truth"], volume.data[np.isfinite(volume.data)]
    assert list(volume.shape) == truth["shape"][:3]
    assert (volume.intensities.low, volume.intensities.high) == (truth["min"], truth["max"])
    assert finite.mean(dtype=np.float64) == pytest.approx(truth["mean"], rel=1e-12)
    assert entry["warn"] == bool(volume.notices)


@of_odd()
def test_an_odd_file_is_read_as_nibabel_reads_it_or_refused(name, real_data):
    path = real_data / "odd" / name
    if name in ODD_REFUSED:
        with pytest.raises(VolumeError, match=ODD_REFUSED[name]) as caught:
            read_volume(path)
        assert str(caught.value).startswith(f"{name}: ")
        return
    expected = nib.load(path).get_fdata()
    volume = read_volume(path)
    first = expected.reshape((*expected.shape[:3], -1), order="F")[..., 0]
    np.testing.assert_array_equal(volume.data, first)


@pytest.mark.bad_input("odd image file")
@of_odd()
def test_an_odd_file_is_segmented_or_refused_in_one_line(name, real_data, segment, tmp_path):
    code, lines = segment(str(real_data / "odd" / name))
    assert not any("Traceback" in line or str(real_data) in line for line in lines)
    if name in ODD_REFUSED:
        assert (code, len(lines)) == (1, 1)
    elif code:
        assert len(lines) == 1
        assert "foreground" in lines[0]
    else:
        assert list((tmp_path / "out").glob("*_dseg.nii.gz"))
