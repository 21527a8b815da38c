"""The slice that is shown first: the middle of the head, wherever it lies in its box."""

import nibabel as nib
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.core.orientation import PLANE_AXES
from dashboard.core.reading import summary
from dashboard.core.reading.summary import summarise
from dashboard.core.volume import read_volume
from tests.core.test_orientation import stored

RNG = np.random.default_rng(8)


def egg(shape, centre, radii):
    axes = np.ogrid[tuple(slice(n) for n in shape)]
    return sum(((x - c) / r) ** 2 for x, c, r in zip(axes, centre, radii, strict=True)) <= 1


AIR = {
    "zeros": lambda shape: np.zeros(shape),
    "a negative constant": lambda shape: np.full(shape, -2.7),
    "CT": lambda shape: np.full(shape, -1000.0),
    "NaN": lambda shape: np.full(shape, np.nan),
    "noise": lambda shape: np.abs(RNG.normal(0, 9, shape)),
}


@pytest.mark.parametrize("air", AIR.values(), ids=AIR)
@given(data=st.data())
def test_the_extents_of_a_head_are_found_in_any_box_and_air(air, data):
    shape = tuple(data.draw(st.integers(16, 40)) for _ in range(3))
    radii = [data.draw(st.integers(n // 4 + 1, n // 3 + 1)) for n in shape]
    centre = [data.draw(st.integers(r, n - 1 - r)) for r, n in zip(radii, shape, strict=True)]
    head = egg(shape, centre, radii)
    voxels = np.where(head, RNG.normal(300, 40, shape), air(shape))
    voxels[-1, -1, -1] = 1e7  # a stray voxel
    found = summarise(voxels).intensities().extents
    for (first, last), c, r in zip(found, centre, radii, strict=True):
        assert c - r <= first <= c - r + 1
        assert c + r - 1 <= last <= c + r


def test_a_large_image_is_sampled(monkeypatch):
    monkeypatch.setattr(summary, "PLACED_VOXELS", 20_000)
    voxels = np.where(egg((90, 60, 44), (60, 20, 30), (20, 15, 12)), 5.0, 0.0)
    found = summarise(voxels).intensities().extents
    for ends, expected in zip(found, ((40, 80), (5, 35), (18, 42)), strict=True):
        np.testing.assert_allclose(ends, expected, atol=2)


@pytest.mark.parametrize(
    "voxels", [np.zeros((4, 5, 6)), np.full((4, 5, 6), 3.0), np.full((4, 1, 1), 3.0)]
)
def test_without_a_head_the_whole_box_is_meant(voxels):
    found = summarise(voxels).intensities().extents
    assert found == tuple((0, n - 1) for n in voxels.shape)


@pytest.mark.parametrize("order", ["RAS", "LPI", "SRP", "AIL", "PIR"])
def test_the_first_slice_goes_through_the_middle_of_the_head_in_any_storage_order(save, order):
    image = stored(order)
    head = np.asarray(nib.as_closest_canonical(image).dataobj) * 0
    head[1:4, 2:5, 3:8] = 9
    back = nib.orientations.ornt_transform(
        nib.orientations.axcodes2ornt("RAS"), nib.orientations.axcodes2ornt(order)
    )
    voxels = nib.orientations.apply_orientation(head, back)
    volume = read_volume(save(f"{order}.nii", voxels, image.affine))
    assert {plane: volume.first_slice(plane) for plane in PLANE_AXES} == {
        "sagittal": 2, "coronal": 3, "axial": 5,
    }  # fmt: skip


def test_the_first_slice_of_the_sample_is_the_lessons(sample):
    for name in ("T1", "b0"):
        assert read_volume(sample / f"{name}.nii.gz").first_slice("axial") == 30


def test_real_heads_open_in_their_middle(real_data):
    for name, slices in {
        "glioblastoma/t1": (128, 125, 16),
        "ms_patient07/FLAIR": (91, 109, 81),
        "grid_mismatch/RNiftyReg_flash_t1": (44, 52, 77),
    }.items():
        volume = read_volume(real_data / f"{name}.nii.gz")
        found = [volume.first_slice(plane) for plane in ("sagittal", "coronal", "axial")]
        np.testing.assert_allclose(found, slices, atol=2)
