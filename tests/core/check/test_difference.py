"""How two grids lie to each other, against a look at every voxel."""

import nibabel as nib
import numpy as np
import pytest

from dashboard.core.check.difference import Difference, difference, is_reordered, overlap
from dashboard.core.grid.resampling import resample
from dashboard.core.grid.same import same_grid
from dashboard.core.volume import read_volume


@pytest.fixture
def volume(save):
    """Return a function that makes an image of a grid."""
    made = []

    def volume(shape, affine):
        made.append(0)
        affine = np.diag([*affine, 1.0]) if np.ndim(affine) == 1 else affine
        voxels = np.arange(1.0, np.prod(shape) + 1).reshape(shape)
        return read_volume(save(f"{len(made)}.nii", voxels, affine))

    return volume


def turned(degrees, edges, origin=(0, 0, 0)):
    x, y, z = np.radians(degrees)
    affine = nib.affines.from_matvec(nib.eulerangles.euler2mat(z, y, x) @ np.diag(edges), origin)
    return affine.astype(float)


@pytest.mark.parametrize(
    ("edge", "other", "count", "same"),
    [(0.1, 0.1009, 256, False), (0.05, 0.0509, 400, False), (0.5, 0.5009, 512, False),
     (1.0, 1.0009, 256, False), (1.0, 1.0003, 256, True), (0.9765625, 0.97656, 256, True),
     (3.0, 3.001, 40, True)],
)  # fmt: skip
def test_grids_are_one_where_no_voxel_is_off_by_a_tenth_of_itself(volume, edge, other, count, same):
    first, second = (volume((count, 2, 2), [size] * 3) for size in (edge, other))
    off = abs(other / edge - 1) * (count - 1)
    assert (off < 0.1) == same
    assert same_grid(first, second) == same_grid(second, first) == same
    assert is_reordered(first, second) == same


def test_a_turn_counts_by_how_far_it_moves_the_far_side(volume):
    shape = (200, 2, 2)
    first = volume(shape, turned((0, 0, 0), (1, 1, 1)))
    assert same_grid(first, volume(shape, turned((0, 0, 0.02), (1, 1, 1))))  # 0.07 mm
    other = volume(shape, turned((0, 0, 0.05), (1, 1, 1)))  # 0.17 mm
    assert not same_grid(first, other)
    found = difference(first, other)
    assert found == Difference(rotation=found.rotation)
    assert found.rotation == pytest.approx(0.05, rel=0.01)


def test_only_what_differs_is_given(volume):
    first = volume((256, 4, 4), [1.0, 1, 1])
    sizes = difference(first, volume((256, 4, 4), [1.0009, 1, 1])).sizes
    assert sizes == (pytest.approx((1, 1, 1)), pytest.approx((1.0009, 1, 1)))
    longer = difference(first, volume((256, 5, 4), [1.0, 1, 1]))
    assert longer == Difference(
        shapes=((256, 4, 4), (256, 5, 4)), shift_mm=(0, 0, 0), shift_voxels=(0, 0, 0)
    )
    assert longer.is_whole


def test_stacks_in_other_directions_are_compared_from_left_back_and_foot(volume):
    axial = volume((16, 16, 5), [1.0, 1, 3])
    coronal = volume(
        (16, 16, 5), np.array([[1.0, 0, 0, 0], [0, 0, 3, 0], [0, 1, 0, 0], [0, 0, 0, 1]])
    )
    assert difference(axial, coronal) == Difference(
        shapes=((16, 16, 5), (16, 5, 16)),
        sizes=((1, 1, 3), (1, 3, 1)),
        upright=True,
        orders=("RAS", "RSA"),
    )


def seen(target, other):
    """Share of the target's voxels whose centres are in the other's box, voxel by voxel."""
    indices = np.indices(target.shape).reshape(3, -1).T
    mm = nib.affines.apply_affine(target.mm_affine, indices)
    there = nib.affines.apply_affine(np.linalg.inv(other.mm_affine), mm)
    return ((there > -0.5001) & (there < np.array(other.shape) - 0.4999)).all(axis=1).mean()


@pytest.mark.parametrize("seed", range(20))
def test_the_overlap_is_that_of_every_voxel(volume, seed):
    rng = np.random.default_rng(seed)
    target, other = (
        volume(
            tuple(rng.integers(1, 24, 3)),
            turned(rng.uniform(-90, 90, 3), rng.uniform(0.5, 3, 3), rng.uniform(-12, 12, 3)),
        )
        for _ in range(2)
    )
    assert overlap(target, other) == pytest.approx(seen(target, other), abs=1e-12)
    assert overlap(other, target) == pytest.approx(seen(other, target), abs=1e-12)


@pytest.mark.parametrize("place", [0, 1, 97, 128])
def test_thin_slabs_that_cross_do_overlap(volume, place):
    axial = volume((256, 256, 1), [1.0, 1, 5])
    affine = np.array([[1.0, 0, 0, 0], [0, 0, 5, place], [0, 1, 0, -128], [0, 0, 0, 1]])
    coronal = volume((256, 256, 1), affine)
    for target, other in ((axial, coronal), (coronal, axial)):
        share = overlap(target, other)
        assert share == pytest.approx(seen(target, other), abs=1e-12)
        assert share > 0
        filled = np.isfinite(resample(other, target).data).mean()
        assert share == pytest.approx(filled, abs=1e-12)
