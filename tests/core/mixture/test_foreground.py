import numpy as np
import pytest

from dashboard.core.mixture.foreground import foreground
from dashboard.core.volume import read_volume
from tests.core.analysing import analysed

RNG = np.random.default_rng(5)
ONE = RNG.integers(-3, 4, (40, 30)).astype(float)
OTHER = RNG.integers(-3, 4, (40, 30)).astype(float)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("positive", (ONE > 0) & (OTHER > 0)),
        ("nonzero", (ONE != 0) & (OTHER != 0)),
        ("background", (ONE != -3) & (OTHER != 2)),
    ],
)
def test_a_voxel_takes_part_when_all_images_keep_the_rule(rule, expected):
    np.testing.assert_array_equal(foreground([ONE, OTHER], rule, [-3, 2]), expected)


@pytest.mark.parametrize("rule", ["positive", "nonzero", "background"])
def test_nan_and_infinity_are_never_foreground(rule):
    broken = np.array([[np.nan, np.inf, -np.inf, 5.0]])
    fine = np.full((1, 4), 7.0)
    for images in ([broken, fine], [fine, broken]):
        assert foreground(images, rule, [1, 1]).tolist() == [[False, False, False, True]]


def test_the_background_rule_drops_the_volumes_most_frequent_intensity(save):
    voxels = RNG.normal(50, 10, (12, 12, 4))
    voxels[:9] = -1.25
    volume = read_volume(save("z_scored.nii.gz", voxels))
    analysis = analysed([volume], 2, foreground="background")
    np.testing.assert_array_equal(analysis.features.mask, voxels[:, :, 2] != -1.25)


@pytest.mark.parametrize(
    ("rule", "voxels"),
    [("positive", -np.ones((4, 4, 2))), ("nonzero", np.zeros((4, 4, 2))),
     ("background", np.ones((4, 4, 2)))],
)  # fmt: skip
def test_a_slice_without_foreground_says_so(save, rule, voxels):
    analysis = analysed([read_volume(save("dark.nii", voxels))], 0, foreground=rule)
    assert "no foreground voxels in this slice" in analysis.problem
    assert not analysis.labels.any()
    assert analysis.classes == []
