import nibabel as nib
import numpy as np
import pytest

from dashboard.core.grid.field import MARGIN, corner, head_box, pixel_size
from dashboard.core.volume import read_volume
from tests.images import save_image

SHAPE = (40, 50, 30)
AFFINE = np.diag([2.0, 1.0, 3.0, 1.0])
AFFINE[:3, 3] = -30, -20, 5
# The head: voxels from these on, up to those.
FIRST, LAST = (10, 5, 8), (24, 44, 19)
PLANES = {"axial": (0, 1), "coronal": (0, 2), "sagittal": (1, 2)}
STORED = {"as RAS": "RAS", "left first": "LPI", "turned": "SAL"}


def made(background):
    random = np.random.default_rng(0)
    voxels = background(random)
    inside = tuple(slice(a, b + 1) for a, b in zip(FIRST, LAST, strict=True))
    voxels[inside] = random.normal(600, 60, voxels[inside].shape)
    return voxels.astype(np.float32)


def constant(value):
    return lambda _: np.full(SHAPE, value)


def noise(random):
    return np.abs(random.normal(0, 20, SHAPE)) + 1


BACKGROUNDS = {"zeros": constant(0.0), "a negative constant": constant(-3.5), "noise": noise}


@pytest.mark.parametrize("background", BACKGROUNDS)
@pytest.mark.parametrize("stored", STORED)
def test_the_box_holds_the_head_and_a_small_margin(tmp_path, background, stored):
    image = nib.Nifti1Image(made(BACKGROUNDS[background]), AFFINE)
    codes = nib.orientations.axcodes2ornt(STORED[stored])
    image.as_reoriented(codes).to_filename(tmp_path / "T1.nii")
    volume = read_volume(tmp_path / "T1.nii")
    for plane, axes in PLANES.items():
        for axis, low, high in zip(axes, *head_box(volume, plane), strict=True):
            size, start = AFFINE[axis, axis], AFFINE[axis, 3]
            ends = np.array([FIRST[axis] - 0.5, LAST[axis] + 0.5]) * size + start
            free = MARGIN * (ends[1] - ends[0])
            assert (low, high) == pytest.approx((ends[0] - free, ends[1] + free))


def test_an_image_without_background_is_shown_whole(tmp_path):
    voxels = np.random.default_rng(0).uniform(100, 200, SHAPE)
    volume = read_volume(save_image(tmp_path / "T1.nii", voxels, AFFINE))
    for plane, axes in PLANES.items():
        low, high = head_box(volume, plane)
        ends = [(np.array([-0.5, SHAPE[a] - 0.5]) * AFFINE[a, a] + AFFINE[a, 3]) for a in axes]
        assert low == corner(volume, plane) == pytest.approx([one[0] for one in ends])
        assert high == pytest.approx([one[1] for one in ends])


def test_a_pixel_is_shown_as_long_as_it_is_but_never_as_a_line(tmp_path):
    needles = np.diag([0.5, 2.0, 30.0, 1.0])
    volume = read_volume(save_image(tmp_path / "T1.nii", np.ones((4, 5, 6)), needles))
    assert pixel_size(volume, "axial") == (0.5, 2.0)
    assert pixel_size(volume, "sagittal") == (2.0, 30.0)
    assert pixel_size(volume, "coronal") == (1.5, 30.0)
