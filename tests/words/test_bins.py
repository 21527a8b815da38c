"""What is said of voxels that a histogram does not show, and of bins that are not the lesson's."""

import numpy as np
import pytest

from dashboard.core.histogram import histogram
from dashboard.core.volume import read_volume
from dashboard.words.bins import left_out, of_levels
from tests.core.analysing import gathered

WHOLE = histogram(np.arange(141), 50)
FEW = histogram(np.arange(6), 50)
LESSONS = histogram(np.linspace(0, 1, 5000) ** 2, 50)


def test_bins_of_whole_intensities_are_named_by_image():
    assert of_levels({"T1": (WHOLE, WHOLE), "b0": (LESSONS, FEW)}) == (
        "T1: 47 bins of 3 intensities; b0: 6 bins of 1 intensity"
    )


def test_both_columns_are_named_where_they_differ():
    assert of_levels({"T1": (WHOLE, FEW)}) == "T1: 47 bins of 3, 6 bins of 1 intensity"


def test_a_single_image_needs_no_name():
    assert of_levels({"": (WHOLE, WHOLE)}) == "47 bins of 3 intensities"


def test_the_lessons_bins_need_no_word():
    assert of_levels({"T1": (LESSONS, LESSONS), "b0": (LESSONS, None)}) == ""


AIR = np.zeros((4, 5, 5))
AIR[..., 3:] = 7.0  # of 100 voxels, 40


@pytest.mark.parametrize(
    ("lowest", "rule", "expected"),
    [
        (0, "positive", "60 % zeros, not shown"),
        (-2, "positive", "60 % not above 0, not shown"),
        (np.nan, "positive", "60 % not above 0, not shown"),
        (0, "nonzero", "60 % zeros, not shown"),
        (-2, "background", "60 % background, not shown"),
        (7, "positive", ""),
    ],
)
def test_what_a_histogram_leaves_out_is_named_by_the_rule(save, lowest, rule, expected):
    voxels = AIR.copy()
    voxels[..., :3] = lowest
    voxels[0, 0, 3] = 9
    volume = read_volume(save("T1.nii.gz", voxels))
    assert left_out(gathered([volume], 1, "sagittal", foreground=rule)) == expected
