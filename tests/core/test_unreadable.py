"""Whatever is wrong with a file is said in a sentence that names it, and no folder."""

import json

import nibabel as nib
import numpy as np
import pytest

from dashboard.core.analysis import Recipe, analyse
from dashboard.core.errors import VolumeError
from dashboard.core.volume import read_volume

VOXELS = np.random.default_rng(0).uniform(1, 99, (8, 8, 8))


def nifti(voxels, dtype=None):
    return nib.Nifti1Image(voxels if dtype is None else voxels.astype(dtype), np.eye(4)).to_bytes()


def altered(offset, content):
    whole = bytearray(nifti(VOXELS))
    whole[offset : offset + len(content)] = content
    return bytes(whole)


RGB = np.zeros((4, 4, 4), dtype=[("R", "u1"), ("G", "u1"), ("B", "u1")])
# By the NIfTI-1 standard: dim at byte 40, datatype at 70, vox_offset at 108.
FILES = {
    "empty.nii": (b"", "the file is empty"),
    "words.nii": (b"Dear colleague, the scan follows by post.\n" * 40, "header"),
    "header_cut.nii": (nifti(VOXELS)[:200], "header"),
    "cut.nii": (nifti(VOXELS)[:-1], "cut short"),
    "complex.nii": (nifti(VOXELS, np.complex64), "complex"),
    "colours.nii": (nifti(RGB), "colours"),
    "unknown_type.nii": (altered(70, (777).to_bytes(2, "little")), "header"),
    "low_offset.nii": (altered(108, np.float32(100).tobytes()), "header"),
    "negative.nii": (altered(42, (-8).to_bytes(2, "little", signed=True)), "shape"),
    "vast.nii": (altered(40, np.array([3, 32767, 32767, 32767], "<i2").tobytes()), "voxels"),
    "blank.nii": (nifti(np.full((3, 3, 3), np.nan)), "finite"),
    "report.pdf": (b"%PDF-1.7", "no image file"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_no_image_is_refused_by_name(tmp_path, name):
    content, reason = FILES[name]
    (tmp_path / name).write_bytes(content)
    with pytest.raises(VolumeError) as caught:
        read_volume(tmp_path / name)
    told = str(caught.value)
    assert told.startswith(f"{name}: ")
    assert told.endswith(".")
    assert reason in told
    assert str(tmp_path) not in told
    assert "Error" not in told


def test_a_gzip_cut_short_is_refused(save):
    path = save("cut.nii.gz", VOXELS)
    path.write_bytes(path.read_bytes()[:-500])
    with pytest.raises(VolumeError, match=r"^cut\.nii\.gz: .* cut short"):
        read_volume(path)


def test_a_missing_file_is_named_without_its_folder(tmp_path):
    with pytest.raises(VolumeError, match=r"^lost\.nii: there is no such file") as caught:
        read_volume(tmp_path / "lost.nii")
    assert str(tmp_path) not in str(caught.value)


def test_a_folder_named_like_an_image_is_refused(tmp_path):
    (tmp_path / "folder.nii").mkdir()
    with pytest.raises(VolumeError, match=r"^folder\.nii: "):
        read_volume(tmp_path / "folder.nii")


def test_a_pair_without_its_header_is_refused(tmp_path):
    nib.Nifti1Pair(VOXELS, np.eye(4)).to_filename(tmp_path / "pair.img")
    (tmp_path / "pair.hdr").unlink()
    with pytest.raises(VolumeError, match=r"^pair\.img: "):
        read_volume(tmp_path / "pair.img")


def hostile(real_data):
    return json.loads((real_data / "hostile" / "manifest.json").read_text())


@pytest.mark.filterwarnings("ignore:Extension size is not a multiple:UserWarning")
@pytest.mark.filterwarnings("ignore:Dataobj shape:UserWarning")
def test_no_hostile_file_gets_past_the_one_family_of_errors(real_data):
    for entry in hostile(real_data):
        for file in entry["files"]:
            try:
                volume = read_volume(real_data / "hostile" / file["path"])
            except VolumeError:
                assert entry["expect"] != "load" or entry["id"] == "nii_is_gzip"
                continue
            if entry["truth"]:
                assert list(volume.shape) == entry["truth"]["shape"][:3]
            if volume.data.size < 1e6:
                # What loads can be taken through the pipeline, or says why not.
                analyse([volume], Recipe("axial", 0))


@pytest.mark.filterwarnings("ignore:Dataobj shape:UserWarning")
def test_odd_real_files_are_read_or_refused_with_a_sentence(real_data):
    read, refused = set(), {}
    for path in sorted((real_data / "odd").iterdir()):
        try:
            volume = read_volume(path)
        except VolumeError as error:
            refused[path.name] = str(error)
        else:
            read.add(path.name)
            assert np.isfinite(volume.data).any()
    assert all(told.startswith(f"{name}: ") for name, told in refused.items())
    assert {"nibabel_anatomical.nii", "nibabel_test.mgz", "nibabel_example_nifti2.nii.gz"} <= read
    assert "complex" in refused["niivue_complex.nii.gz"]
