"""Words for processing steps."""

import pytest

from dashboard.core.processing import Clipped, Placed, Resampled, Taken
from dashboard.words.parts import Images, plain
from dashboard.words.steps import badge, resampled


@pytest.mark.parametrize(
    ("step", "word"),
    [(Resampled("T1", "linear"), "resampled"), (Resampled("T1", "nearest"), "resampled"),
     (Resampled("voxel by voxel onto", "voxels"), "reordered"), (Clipped("0.5"), "clipped"),
     (Resampled("T1", "picked"), "resampled"), (Placed("T1"), "placed"),
     (Taken((3,), 65), "volume 3 of 65"), (Taken(tuple(range(65)), 65), "mean of 65 volumes")],
)  # fmt: skip
def test_a_step_has_a_word(step, word):
    assert badge(step) == word


@pytest.mark.parametrize(
    ("names", "how", "text"),
    [
        (("EPI",), "voxels", "EPI was reordered to the grid of T1. No value changed."),
        (("EPI",), "picked", "EPI was resampled to the grid of T1, which is coarser: some voxels "
                             "keep their values, those between them are dropped."),
        (("a", "b"), "nearest", "a and b were resampled to the grid of T1 (nearest neighbour, "
                                "no registration)."),
        (("a",), "linear", "a was resampled to the grid of T1 (linear, no registration). "
                           "Interpolated intensities are smoother than measured ones."),
    ],
)  # fmt: skip
def test_resampling_says_what_it_did_to_the_intensities(names, how, text):
    assert plain(resampled(Images(names), Resampled("T1", how))) == text
