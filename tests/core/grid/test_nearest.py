import numpy as np
import pytest

from dashboard.core.grid.nearest import nearest_slice, thickness
from dashboard.core.volume import read_volume


@pytest.fixture
def grid(save):
    """Return a function that makes an image of given slices along z, 1 mm in plane."""

    def grid(name, count, thickness, start, *, down=False):
        affine = np.diag([1.0, 1.0, -thickness if down else thickness, 1.0])
        affine[2, 3] = start + (count - 1) * thickness if down else start
        return read_volume(save(name, np.arange(12.0 * count).reshape(3, 4, count), affine))

    return grid


def nearest(volume, other):
    """Return for each axial slice of a volume the nearest one of another volume."""
    of = thickness(volume, "axial")
    positions = volume.slice_positions("axial")
    return [nearest_slice(other, "axial", mm, of=of) for mm in positions]


def test_a_place_is_in_the_slice_whose_middle_is_within_half_its_thickness(grid):
    thick = grid("thick.nii", 2, 3.0, 4.0)  # at 4 and 7 mm: from 2.5 to 8.5 mm
    places = [2.4, 2.5, 4.0, 5.4, 5.6, 8.5, 8.6]
    found = [nearest_slice(thick, "axial", mm) for mm in places]
    assert found == [None, 0, 0, 0, 1, 1, None]


def test_each_slice_has_the_one_that_lies_nearest_and_none_beyond_the_ends(grid):
    fine = grid("fine.nii", 12, 1.0, 0.0)  # at 0, 1, ... 11 mm
    thick = grid("thick.nii", 2, 3.0, 4.0)
    expected = [None, None, None, 0, 0, 0, 1, 1, 1, None, None, None]
    assert nearest(fine, thick) == expected


def test_a_thin_slab_is_found_from_thick_slices(grid):
    thick = grid("thick.nii", 3, 6.0, 0.0)  # at 0, 6 and 12 mm
    slab = grid("slab.nii", 1, 1.0, 8.0)
    assert nearest(thick, slab) == [None, 0, None]
    assert nearest(slab, thick) == [1]


def test_storage_from_above_counts_like_the_picture_from_below(grid):
    up, down = grid("up.nii", 5, 2.0, -4.0), grid("down.nii", 5, 2.0, -4.0, down=True)
    assert nearest(up, down) == [0, 1, 2, 3, 4]
    assert [nearest_slice(down, "sagittal", x) for x in (0.0, 1.0, 2.0, 3.0)] == [0, 1, 2, None]


def test_a_place_halfway_and_at_the_very_end_is_still_inside(grid):
    fine, thick = grid("fine.nii", 8, 0.5, 0.0), grid("thick.nii", 1, 2.0, 1.0)
    assert nearest(fine, thick) == [0, 0, 0, 0, 0, None, None, None]
