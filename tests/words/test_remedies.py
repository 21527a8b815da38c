"""What the buttons of remedies say."""

from typing import get_args

import pytest

from dashboard.core.check.remedies import (
    Clip,
    KeepGrids,
    Remedy,
    ResampleTo,
    TakeVolumes,
    UseMask,
    UseOnly,
    UseRule,
)
from dashboard.words.remedies import label

EDGES = (2.0, 2.0, 2.2)
MANY = ("T1", "T2", "PD", "EPI", "FLAIR")
LABELS = [
    (UseRule("background"), "Remove the background"),
    (UseRule("nonzero"), "Keep negative voxels"),
    (UseMask("brain {0}", preset=True), "Keep only voxels in brain {0}"),
    (Clip("0.1"), "Clip at the 0.1 and 99.9 percentiles"),
    (Clip("none"), "Undo the clipping"),
    (ResampleTo("T1", ("EPI",), "linear", EDGES, ("T1", "EPI")),
     "Resample EPI to the grid of T1 (2 × 2 × 2.2 mm, linear)"),
    (ResampleTo("T1", ("EPI", "PD"), "voxels", EDGES, ("T1", "EPI", "PD")),
     "Resample EPI, PD to the grid of T1 (2 × 2 × 2.2 mm, no value changes) and fit all 3 images"),
    (ResampleTo("T1", ("EPI",), "linear", EDGES, ("T1", "EPI"), only=True),
     "Resample EPI to the grid of T1 (2 × 2 × 2.2 mm, linear) and fit only T1, EPI"),
    (ResampleTo("T1", ("dseg",), "nearest", EDGES, ("T1", "b0"), only=True),
     "Resample dseg to the grid of T1 (2 × 2 × 2.2 mm, nearest neighbour)"),
    (KeepGrids(), "Undo the resampling"),
    (UseOnly(MANY), "Use only T1, T2, PD and 2 more"),
    (UseOnly(("T1", "b0"), y="b0", instead=("b0", "again")), "Show b0 instead of again"),
    (TakeVolumes("dwi", "mean", 1200, ("y",)), "Use the mean of all 1,200 volumes"),
    (TakeVolumes("dwi", "b0", 1, ("y",)), "Use the b0 volume"),
    (TakeVolumes("dwi", "b0", 2, ("y",)), "Use the mean of the 2 b0 volumes"),
]  # fmt: skip


@pytest.mark.parametrize(("remedy", "text"), LABELS)
def test_a_remedy_is_a_short_order(remedy, text):
    assert label(remedy) == text


def test_every_remedy_is_in_the_table():
    assert {type(remedy) for remedy, _ in LABELS} == set(get_args(Remedy))
