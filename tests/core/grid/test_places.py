import nibabel as nib
import numpy as np
import pytest

from dashboard.core.grid.places import on_slice, voxel_at
from dashboard.core.volume import read_volume

SHAPE = (6, 7, 8)


@pytest.fixture
def oblique(save):
    """An image stored as LPS and turned by 20 degrees about the axis through its axial slices."""
    turn = np.radians(20)
    affine = np.array([[-np.cos(turn), np.sin(turn), 0, 9], [-np.sin(turn), -np.cos(turn), 0, 4],
                       [0, 0, 3, -10], [0, 0, 0, 1]])  # fmt: skip
    return read_volume(save("T1.nii", np.arange(336.0).reshape(SHAPE), affine)), affine


def test_a_place_is_in_the_voxel_that_nibabel_knows(oblique):
    volume, affine = oblique
    for voxel in np.ndindex(*SHAPE):
        place = nib.affines.apply_affine(affine, np.array(voxel) + 0.3)
        assert voxel_at(volume, tuple(place)) == voxel
    for voxel in ((-1, 0, 0), (0, 7, 0), (0, 0, 8)):
        assert voxel_at(volume, tuple(nib.affines.apply_affine(affine, voxel))) is None


def test_a_place_on_another_slice_keeps_its_voxel_in_the_picture(oblique):
    volume, affine = oblique
    x, y, z = 2, 3, 4
    for plane, expected in (("axial", (x, y, 1)), ("coronal", (x, 7 - 1 - 1, z)),
                            ("sagittal", (6 - 1 - 1, y, z))):  # fmt: skip
        place = on_slice(volume, (x, y, z), plane, 1)
        assert place == pytest.approx(nib.affines.apply_affine(affine, expected), abs=1e-3)
        assert volume.orientation.slice_of(plane, voxel_at(volume, place)) == 1
