import numpy as np
import pytest

from dashboard.core.grid.nearest import nearest_slices
from dashboard.core.volume import read_volume


@pytest.fixture
def grid(save):
    """Return a function that makes an image of given slices along z, 1 mm in plane."""

    def grid(name, count, thickness, start, *, down=False):
        affine = np.diag([1.0, 1.0, -thickness if down else thickness, 1.0])
        affine[2, 3] = start + (count - 1) * thickness if down else start
        return read_volume(save(name, np.arange(12.0 * count).reshape(3, 4, count), affine))

    return grid


def test_each_slice_has_the_one_that_lies_nearest_and_none_beyond_the_ends(grid):
    fine = grid("fine.nii", 12, 1.0, 0.0)  # at 0, 1, ... 11 mm
    thick = grid("thick.nii", 2, 3.0, 4.0)  # at 4 and 7 mm: from 2.5 to 8.5 mm
    expected = [None, None, None, 0, 0, 0, 1, 1, 1, None, None, None]
    assert nearest_slices(fine, thick, "axial") == expected


def test_a_thin_slab_is_found_from_thick_slices(grid):
    thick = grid("thick.nii", 3, 6.0, 0.0)  # at 0, 6 and 12 mm
    slab = grid("slab.nii", 1, 1.0, 8.0)
    assert nearest_slices(thick, slab, "axial") == [None, 0, None]
    assert nearest_slices(slab, thick, "axial") == [1]


def test_storage_from_above_counts_like_the_picture_from_below(grid):
    up, down = grid("up.nii", 5, 2.0, -4.0), grid("down.nii", 5, 2.0, -4.0, down=True)
    assert nearest_slices(up, down, "axial") == [0, 1, 2, 3, 4]
    assert nearest_slices(up, down, "sagittal") == [0, 1, 2]


def test_a_place_halfway_and_at_the_very_end_is_still_inside(grid):
    fine, thick = grid("fine.nii", 8, 0.5, 0.0), grid("thick.nii", 1, 2.0, 1.0)
    assert nearest_slices(fine, thick, "axial") == [0, 0, 0, 0, 0, None, None, None]
