"""Files of other programs are called what they are, by their content first, with what to do."""

import gzip
import struct

import nibabel as nib
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.core.errors import NotNowError, VolumeError
from dashboard.core.reading.foreign import NAMES, by_content, by_name
from dashboard.core.volume import read_volume
from dashboard.services.cache.volumes import VolumeStore

RNG = np.random.default_rng(5)
NOISE = RNG.integers(0, 256, 2000, dtype=np.uint8).tobytes()
ZEROS = bytes(2000)


def element(group, number, kind, value):
    return struct.pack("<HH2sH", group, number, kind, len(value)) + value


# What programs write, by their documentation; what the message has to say.
CONTENTS = {
    "dicom": (bytes(128) + b"DICM" + NOISE, "DICOM", "dcm2niix"),
    "dicom without preamble": (element(8, 5, b"CS", b"ISO_IR 100") + NOISE, "DICOM", "dcm2niix"),
    "dicom of ACR-NEMA": (
        struct.pack("<HHII", 8, 0, 4, 300) + struct.pack("<HHI", 8, 1, 4) + ZEROS,
        "DICOM", "dcm2niix"),
    "par": (b"# === DATA DESCRIPTION FILE ======================\n#\n# CAUTION\n",
            "PAR/REC", "dcm2niix"),
    "afni head": (b"\ntype  = string-attribute\nname  = TYPESTRING\ncount = 15\n",
                  "AFNI", "3dAFNItoNIFTI"),
    "nrrd": (b"NRRD0004\n# Complete NRRD file format\ntype: short\n" + NOISE, "NRRD", "Convert"),
    "nhdr": (b"NRRD0005\ntype: short\ndata file: T1.raw.gz\n", "NRRD", "Convert"),
    "minc 2": (b"\x89HDF\r\n\x1a\n" + NOISE, "MINC 2", "mnc2nii"),
    "metaimage": (b"ObjectType = Image\nNDims = 3\nDimSize = 9 9 9\n" + NOISE, "MetaImage",
                  "Convert"),
    "mrtrix": (b"mrtrix image\ndim: 9,9,9\n" + NOISE, "MRtrix", "mrconvert"),
    "annexed": (b"/annex/objects/MD5E-s7--d41d8cd98f00b204e9800998ecf8427e.nii.gz\n",
                "git-annex", "datalad get"),
    "annexed, link as text": (b"../../.git/annex/objects/Gq/5x/MD5E-s7--d4.nii.gz/MD5E-s7--d4",
                              "git-annex", "datalad get"),
    "lfs": (b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n",
            "Git LFS", "git lfs pull"),
    "macOS": (b"\x00\x05\x16\x07\x00\x02\x00\x00Mac OS X        " + ZEROS, "macOS", "._"),
    "web page": (b"<!DOCTYPE html>\n<html><body>Sign in</body></html>", "web page", "again"),
    "gifti": (b'<?xml version="1.0" encoding="UTF-8"?>\n<GIFTI>', "GIFTI", "not an image"),
    "surface": (b"\xff\xff\xfecreated by me\n" + NOISE, "surface", "not an image"),
    "tiff": (b"II*\x00" + NOISE, "TIFF", "Convert"),
    "zip": (b"PK\x03\x04" + NOISE, "zip", "Unpack"),
}  # fmt: skip
IMAGE_NAMES = ("T1.nii", "T1.nii.gz", "T1.mgz", "T1.mgh", "T1.mnc", "T1.img", "T1.hdr", "scan",
               "T1.xyz", "MR.1.2.840.113619")  # fmt: skip


def said(path):
    with pytest.raises(VolumeError) as caught:
        read_volume(path)
    message = str(caught.value)
    assert message.startswith(f"{path.name}: ")
    assert message.endswith(".")
    return message


@pytest.mark.parametrize("name", IMAGE_NAMES)
@pytest.mark.parametrize("kind", CONTENTS)
def test_a_file_is_called_what_its_content_is_whatever_its_name(tmp_path, kind, name):
    content, what, to_do = CONTENTS[kind]
    for file in (content, gzip.compress(content)):
        (tmp_path / name).write_bytes(file)
        message = said(tmp_path / name)
        assert what in message
        assert to_do in message


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("IM1.dcm", "DICOM"), ("IM1.IMA", "DICOM"), ("a.PAR", "PAR/REC"), ("a.rec", "PAR/REC"),
        ("a+orig.BRIK", "AFNI"), ("a+orig.BRIK.gz", "AFNI"), ("a+tlrc.HEAD", "AFNI"),
        ("T1.nhdr", "NRRD"), ("T1.mhd", "MetaImage"), ("._T1.nii.gz", "macOS"),
        ("._T1.dcm", "macOS"), ("T1.mif.gz", "MRtrix"),
    ],
)  # fmt: skip
def test_a_name_tells_what_its_content_does_not(tmp_path, name, what):
    for content in (NOISE, ZEROS, gzip.compress(ZEROS)):
        (tmp_path / name).write_bytes(content)
        assert what in said(tmp_path / name)


def test_an_image_under_a_name_of_macos_is_an_image(save, head):
    assert read_volume(save("._T1.nii.gz", head(0))).name == "._T1"


def test_an_upload_is_judged_by_its_own_name(tmp_path):
    (tmp_path / "0a0b.nii").write_bytes(ZEROS)
    with pytest.raises(VolumeError, match=r"^\._T1\.nii: this is a companion file of macOS"):
        read_volume(tmp_path / "0a0b.nii", name="._T1.nii")


@given(st.binary(min_size=1, max_size=400))
def test_bytes_of_any_kind_have_at_most_one_name(content):
    found = by_content(content)
    assert found is None or found.endswith(".")


@given(st.sampled_from([nib.Nifti1Image, nib.Nifti2Image, nib.Nifti1Pair, nib.MGHImage]),
       st.sampled_from(["u1", "i2", "f4"]), st.lists(st.integers(1, 9), min_size=3, max_size=4),
       st.floats(-200, 200), st.text("abc DICMNRRD=_", max_size=20))  # fmt: skip
def test_no_header_of_an_image_is_taken_for_another_format(kind, dtype, shape, shift, words):
    affine = np.diag([-1.0, 2, 3, 1])
    affine[:3, 3] = shift
    image = kind(np.ones(shape, dtype), affine)
    if "descrip" in image.header:
        image.header["descrip"] = words.encode()
    start = image.header.binaryblock[:348]
    assert by_content(start) is None


def test_names_of_images_are_no_foreign_names():
    images = ("T1.nii", "T1.nii.gz", "T1.img", "T1.hdr", "T1.mgz", "T1.mnc", "dwi.bval", "x.tsv")
    assert not any(map(by_name, images))
    assert all(by_name(f"x{ending}") == said for ends, said in NAMES.items() for ending in ends)


# ---- contents that are not here


@pytest.mark.parametrize(
    "target",
    ["../.git/annex/objects/Gq/5x/MD5E-s7--d4/MD5E-s7--d4.nii.gz",
     ".git/annex/objects/aa/bb/SHA256E-s1--0/SHA256E-s1--0"],
)  # fmt: skip
def test_a_link_to_content_that_is_not_fetched_says_how_to_get_it(tmp_path, target):
    link = tmp_path / "T1.nii.gz"
    link.symlink_to(target)
    store = VolumeStore(tmp_path / "cache")
    for read in (read_volume, store.open):
        with pytest.raises(NotNowError, match=r"^T1\.nii\.gz: .*git-annex.*“datalad get”"):
            read(link)
    content = tmp_path / target
    content.parent.mkdir(parents=True)
    nib.Nifti1Image(RNG.uniform(1, 9, (4, 5, 6)), np.eye(4)).to_filename(tmp_path / "x.nii.gz")
    (tmp_path / "x.nii.gz").rename(content)
    assert store.open(link).shape == read_volume(link).shape == (4, 5, 6)


def test_another_broken_link_is_called_one(tmp_path):
    (tmp_path / "T1.nii").symlink_to("elsewhere/T1.nii")
    with pytest.raises(NotNowError, match=r"^T1\.nii: this is a link to a file that"):
        read_volume(tmp_path / "T1.nii")
