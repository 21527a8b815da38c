"""Shapes that programs write differently: empty axes, pictures, single slices, CIFTI's codes."""

import struct

import nibabel as nib
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.core.errors import VolumeError
from dashboard.core.export.images import image_like
from dashboard.core.facts import FileCode
from dashboard.core.volume import read_volume

RNG = np.random.default_rng(3)
VOXELS = RNG.uniform(1, 99, (6, 5, 4)).astype("f4")


def with_axes(path, dim, *, second=False):
    """Write the voxels with the `dim` of a header as given."""
    kind = nib.Nifti2Image if second else nib.Nifti1Image
    content = bytearray(kind(VOXELS, np.diag([2.0, 2, 3, 1])).to_bytes())
    code, place = ("<8q", 16) if second else ("<8h", 40)
    struct.pack_into(code, content, place, *dim)
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("second", [False, True])
@given(rank=st.integers(3, 7), filler=st.lists(st.sampled_from([0, 1]), min_size=4, max_size=4))
def test_an_empty_axis_beyond_the_third_counts_as_one(tmp_path, second, rank, filler):
    path = with_axes(tmp_path / "T1.nii", [rank, 6, 5, 4, *filler], second=second)
    volume = read_volume(path)
    assert (volume.shape, volume.volumes) == ((6, 5, 4), 1)
    np.testing.assert_array_equal(volume.data, VOXELS)
    labels = image_like(path, np.ones(volume.shape, np.uint8), volume.affine)
    assert labels.shape == (6, 5, 4)


def test_an_empty_axis_between_volumes_counts_as_one(tmp_path):
    path = with_axes(tmp_path / "run.nii", [5, 6, 5, 2, 0, 2, 1, 1])
    with pytest.raises(VolumeError, match="a vector of 2 values"):
        read_volume(path)
    run = read_volume(with_axes(tmp_path / "run.nii", [5, 6, 5, 2, 2, 0, 1, 1]))
    assert (run.shape, run.volumes) == ((6, 5, 2), 2)
    np.testing.assert_array_equal(run.data, VOXELS[..., :2])


@pytest.mark.parametrize("kind", [nib.Nifti1Image, nib.Nifti2Image])
@pytest.mark.parametrize(("intent", "code"), [(3001, None), (3006, None), (0, 32), (3003, 32)])
def test_an_image_with_a_code_of_cifti_is_an_image(tmp_path, kind, intent, code):
    image = kind(VOXELS, np.diag([2.0, 2, 3, 1]))
    image.header["intent_code"] = intent
    if code:
        image.header.extensions.append(nib.nifti1.Nifti1Extension(code, b"x" * 24))
    (tmp_path / "T1.nii").write_bytes(image.to_bytes())
    np.testing.assert_array_equal(read_volume(tmp_path / "T1.nii").data, VOXELS)


# ---- one slice


@pytest.mark.parametrize(
    ("shape", "order", "plane"),
    [
        ((36, 1, 28), "RAS", "coronal"),
        ((36, 1, 28), "LPI", "coronal"),
        ((1, 36, 28), "RAS", "sagittal"),
        ((36, 28, 1), "RAS", "axial"),
        ((36, 28, 1), "SRP", "coronal"),
        ((36, 28, 1), "PIR", "sagittal"),
        ((36, 28), "RAS", "axial"),
        ((36, 28), "PIR", "sagittal"),
        ((36, 28, 3), "SRP", "axial"),
        ((36, 1, 1), "RAS", "axial"),
        ((36, 28, 1, 3), "LSA", "coronal"),
    ],
)
def test_a_single_slice_has_its_own_plane(save, shape, order, plane):
    rotation = nib.orientations.axcodes2ornt(order)
    affine = np.linalg.inv(nib.orientations.inv_ornt_aff(rotation, (36, 28, 3)))
    volume = read_volume(save("T1.nii.gz", RNG.uniform(1, 9, shape), affine))
    assert nib.aff2axcodes(volume.affine) == tuple(order)
    assert volume.first_plane == plane
    assert volume.first_slice(plane) < volume.orientation.count(plane)


@given(
    axis=st.integers(0, 2),
    signs=st.tuples(*[st.sampled_from([-1, 1])] * 3),
    order=st.permutations(range(3)),
)
def test_an_axis_without_direction_in_a_single_slice_is_completed(tmp_path, axis, signs, order):
    """Some programs write 0 there; the letters of the other axes are right all the same."""
    affine = np.eye(4)
    affine[:3, :3] = np.diag([1.5, 2.0, 2.5])[:, order] * signs
    affine[:3, 3] = -20, 10, 5
    expected = nib.aff2axcodes(affine)
    affine[:3, axis] = 0
    shape = [7, 8, 9]
    shape[axis] = 1
    image = nib.Nifti1Image(RNG.uniform(1, 9, shape).astype("f4"), None)
    image.header["sform_code"] = 1
    for row, name in enumerate(("srow_x", "srow_y", "srow_z")):
        image.header[name] = affine[row]
    content = bytearray(image.to_bytes())
    content[254:256] = struct.pack("<h", 1)
    content[280:328] = affine[:3].astype("<f4").tobytes()
    path = tmp_path / "slice.nii"
    path.write_bytes(content)
    volume = read_volume(path)
    found = nib.aff2axcodes(volume.affine)
    assert [c for n, c in enumerate(found) if n != axis] == [
        c for n, c in enumerate(expected) if n != axis
    ]
    assert len({*found, expected[axis]}) <= 4  # it may point the other way
    assert FileCode.BAD_AFFINE not in {notice.code for notice in volume.notices}
    np.testing.assert_allclose(volume.affine[:3, 3], affine[:3, 3])
    labels = image_like(path, np.ones(volume.shape, np.uint8), volume.affine)
    np.testing.assert_allclose(labels.affine, volume.affine, rtol=1e-5, atol=1e-5)


# ---- pictures


@pytest.mark.parametrize("kind", [nib.Nifti1Image, nib.Nifti2Image, nib.Nifti1Pair])
@pytest.mark.parametrize("shape", [(36, 28), (36, 28, 1), (36, 1, 28), (36, 28, 5), (36,)])
def test_labels_have_the_axes_and_the_affine_of_their_image(tmp_path, kind, shape):
    affine = np.diag([-2.0, 2, 3, 1])
    path = tmp_path / ("T1.img" if kind is nib.Nifti1Pair else "T1.nii.gz")
    kind(RNG.uniform(1, 9, shape).astype("f4"), affine).to_filename(path)
    volume = read_volume(path)
    values = RNG.integers(0, 3, volume.shape, dtype=np.uint8)
    labels = image_like(path, values, volume.affine)
    assert labels.shape == shape == nib.load(path).shape
    np.testing.assert_array_equal(labels.affine, nib.load(path).affine)
    nib.save(labels, tmp_path / "labels.nii.gz")
    written = nib.load(tmp_path / "labels.nii.gz")
    np.testing.assert_array_equal(np.asarray(written.dataobj), values.reshape(shape))
