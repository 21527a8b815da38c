"""Lost positions and shifts, against affines made with numpy."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.core.errors import GridError
from dashboard.core.grid.position import LostPositionError, is_lost, lost_beside, positioned
from dashboard.core.grid.resampling import resample
from dashboard.core.grid.same import require_same_grid, same_grid, shift
from dashboard.core.processing import Placed
from dashboard.core.volume import read_volume

VOXELS = np.arange(60.0).reshape(3, 4, 5)
TOLD = re.compile(r"([0-9.]+) mm to the ([a-z]+)")
FEWER = settings(max_examples=30)


def affine(seed):
    """Return a position of voxels of 1.1 to 4 mm, turned and moved at random."""
    random = np.random.default_rng(seed)
    turn, _ = np.linalg.qr(random.normal(size=(3, 3)))
    placed = np.eye(4)
    placed[:3, :3] = turn * random.uniform(1.1, 4, 3)
    placed[:3, 3] = random.uniform(-90, 90, 3)
    return placed


@FEWER
@given(st.lists(st.floats(-0.24, 0.24), min_size=3, max_size=3), st.floats(0.26, 0.9))
def test_a_short_shift_of_the_identity_is_a_shift_and_a_long_one_a_lost_origin(save, near, far):
    image = read_volume(save("T1.nii", VOXELS, np.eye(4)))
    edges = np.array(VOXELS.shape)
    for share, lost in ((np.array(near), False), (-far * np.ones(3), True)):
        other = np.eye(4)
        other[:3, 3] = share * edges
        moved = read_volume(save("b0.nii", VOXELS, other))
        assert (lost_beside(image, moved) is not None) == lost


@FEWER
@given(st.integers(0, 2**16), st.sampled_from([(1, 1, 1), (-1, -1, 1), (-1, 1, 1), (1, -1, 1)]))
def test_the_identity_beside_a_position_is_a_lost_one(save, seed, signs):
    image = read_volume(save("T1.nii", VOXELS, affine(seed)))
    mask = read_volume(save("mask.nii", VOXELS > 30, np.diag([*map(float, signs), 1.0])))
    assert (is_lost(image), is_lost(mask)) == (False, True)
    for first, other in ((image, mask), (mask, image)):
        with pytest.raises(LostPositionError, match="mask has the shape of T1 but the identity"):
            require_same_grid([first, other])
        with pytest.raises(LostPositionError):
            resample(first, other, nearest=True)
    placed = positioned(mask, image)
    assert same_grid(placed, image)
    assert np.array_equal(placed.data, mask.data)
    assert placed.processing == (Placed("T1"),)
    assert len({placed.id, mask.id, positioned(mask, read_volume(save("a.nii", VOXELS))).id}) == 3


@FEWER
@given(st.integers(0, 2**16), st.lists(st.floats(-40, 40), min_size=3, max_size=3))
def test_a_mere_shift_is_told_in_mm_along_its_axes(save, seed, mm):
    here = affine(seed)
    there = here.copy()
    there[:3, 3] += mm
    first = read_volume(save("T1.nii", VOXELS, here))
    other = read_volume(save("b0.nii", VOXELS, there))
    assert shift(first, other) == pytest.approx(mm, abs=1e-3)
    if np.abs(np.linalg.inv(here[:3, :3]) @ mm).max() < 0.2:
        return
    with pytest.raises(GridError) as raised:
        require_same_grid([first, other])
    largest = int(np.abs(mm).argmax())
    word = (("left", "right"), ("back", "front"), ("foot", "head"))[largest][int(mm[largest] > 0)]
    told = {way: float(length) for length, way in TOLD.findall(raised.value.short)}
    assert told[word] == pytest.approx(abs(mm[largest]), rel=1e-3)
    assert "b0 is shifted by" in raised.value.short


def test_other_differences_are_no_shift(save):
    first = read_volume(save("T1.nii", VOXELS, affine(1)))
    for voxels, place in ((VOXELS[1:], affine(1)), (VOXELS, affine(2))):
        assert shift(first, read_volume(save("b0.nii", voxels, place))) is None
