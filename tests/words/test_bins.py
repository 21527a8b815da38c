"""What is said of bins that are not the lesson's."""

import numpy as np

from dashboard.core.histogram import histogram
from dashboard.words.bins import of_levels

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
