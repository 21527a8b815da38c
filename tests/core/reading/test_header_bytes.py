"""Whatever the bytes of a header say, a file is read as nibabel reads it, or refused."""

import warnings

import nibabel as nib
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.core.errors import VolumeError
from dashboard.core.export.images import image_like
from dashboard.core.volume import read_volume

SHAPE = (4, 3, 5)
VOXELS = np.random.default_rng(4).integers(-900, 900, SHAPE).astype("i2")
QUICK = settings(database=None)


def single(kind):
    image = kind(VOXELS, np.diag([2.0, 2.0, 3.0, 1.0]))
    image.set_qform(image.affine, 1)
    image.header.set_slope_inter(0.5, 3)
    image.header.extensions.append(nib.nifti1.Nifti1Extension("comment", b"hello"))
    return image.to_bytes()


NIFTI_1, NIFTI_2 = single(nib.Nifti1Image), single(nib.Nifti2Image)


def mgh():
    return nib.MGHImage(VOXELS, np.eye(4)).to_bytes()


def changed(content, edits):
    content = bytearray(content)
    for place, edit in edits:
        content[place : place + len(edit)] = edit
    return bytes(content)


# What breaks readers: zeros, ones, the ends of integers, infinities, NaN, in both byte orders.
WORDS = [
    np.array(value, order + kind).tobytes()
    for order in "<>"
    for kind, values in {
        "i2": (-1, 0, 1, 2, 4, 5, 7, 8, 16, 64, 128, 512, 768, 1024, 1007, 3006, 32767, -32768),
        "i4": (8, 16, 348, 540, 2**31 - 16, -(2**31)),
        "f4": (np.nan, np.inf, -np.inf, 0, 1e38, 1e-38, 352.5, -1),
        "f8": (np.nan, np.inf, 1e300),
        "i8": (0, 1, 2**62, -1),
    }.items()
    for value in values
]


# Where the fields of a NIfTI-1 header begin that say how its voxels are read and where they lie.
FIELDS = (0, *range(40, 56, 2), 70, 72, *range(76, 108, 4), 108, 112, 116, 252, 254,
          *range(256, 328, 4), 344, 348, 352)  # fmt: skip


def edits(size):
    place = st.integers(0, size - 1) | st.sampled_from([f for f in FIELDS if f < size])
    one = st.tuples(place, st.binary(min_size=1, max_size=4) | st.sampled_from(WORDS))
    return st.lists(one, min_size=1, max_size=4)


def oracle(path):
    """Return the first volume as nibabel gives it, or None where nibabel itself gives up."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            voxels = nib.load(path).get_fdata()
        except Exception:  # noqa: BLE001
            return None
    if 0 in voxels.shape[3:]:  # no volume for nibabel, and one for ITK and FSL
        return None
    while voxels.ndim > 3:
        voxels = voxels[..., 0]
    return voxels.reshape((*voxels.shape, 1, 1)[:3], order="F")


def read_or_refused(path):
    try:
        volume = read_volume(path)
    except VolumeError as error:
        message = str(error)
    else:
        assert np.isfinite(volume.data).any()
        assert np.isfinite(volume.affine).all()
        assert np.isfinite(volume.slice_positions("axial")).all()
        labels = image_like(path, np.ones(volume.shape, np.uint8), volume.affine)
        np.testing.assert_allclose(labels.affine, volume.affine, rtol=1e-3)
        return volume
    assert message.startswith(f"{path.name}: ")
    assert str(path.parent) not in message
    return None


@pytest.mark.wide
@pytest.mark.slow
@settings(QUICK, max_examples=800)
@given(edits=edits(400))
def test_a_nifti_1_header_of_any_bytes_is_read_as_nibabel_does_or_refused(tmp_path, edits):
    path = tmp_path / "image.nii"
    path.write_bytes(changed(NIFTI_1, edits))
    volume = read_or_refused(path)
    expected = oracle(path) if volume else None
    if expected is not None:
        np.testing.assert_array_equal(volume.data, expected)


@pytest.mark.parametrize(
    ("name", "make", "size"),
    [("image.nii", lambda: NIFTI_2, 580), ("image.mgh", mgh, 90)],
    ids=["NIfTI-2", "MGH"],
)
@settings(QUICK, max_examples=150)
@given(data=st.data())
def test_other_headers_of_any_bytes_are_read_or_refused(tmp_path, name, make, size, data):
    (tmp_path / name).write_bytes(changed(make(), data.draw(edits(size))))
    read_or_refused(tmp_path / name)


@pytest.mark.wide
@pytest.mark.parametrize("kind", [nib.Nifti1Pair, nib.Spm2AnalyzeImage])
@settings(QUICK, max_examples=150)
@given(edits=edits(348))
def test_a_header_file_of_any_bytes_is_read_or_refused(tmp_path, kind, edits):
    kind(VOXELS, np.eye(4)).to_filename(tmp_path / "image.img")
    header = tmp_path / "image.hdr"
    header.write_bytes(changed(header.read_bytes(), edits))
    read_or_refused(tmp_path / "image.img")


@pytest.mark.wide
@settings(QUICK, max_examples=150)
@given(data=st.data())
def test_a_minc_file_of_any_bytes_is_read_or_refused(real_data, tmp_path, data):
    content = (real_data / "odd" / "nibabel_tiny.mnc").read_bytes()
    (tmp_path / "image.mnc").write_bytes(changed(content, data.draw(edits(2000))))
    read_or_refused(tmp_path / "image.mnc")
