"""What the buttons of remedies say."""

from typing import get_args

import pytest

from dashboard.core.check.effects import Effect, Outcome
from dashboard.core.check.remedies import (
    Clip,
    KeepGrids,
    Remedy,
    ResampleTo,
    TakePosition,
    TakeVolumes,
    UseMask,
    UseOnly,
    UseRule,
)
from dashboard.words.remedies import effect, label

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
     "Resample EPI and PD to the grid of T1 (2 × 2 × 2.2 mm, no value changes) and fit all 3 "
     "images"),
    (ResampleTo("T1", ("EPI",), "linear", EDGES, ("T1", "EPI"), only=True),
     "Resample EPI to the grid of T1 (2 × 2 × 2.2 mm, linear) and fit only T1 and EPI"),
    (ResampleTo("T1", ("dseg",), "nearest", EDGES, ("T1", "b0"), only=True),
     "Resample dseg to the grid of T1 (2 × 2 × 2.2 mm, nearest neighbour)"),
    (ResampleTo("EPI", ("T1",), "picked", EDGES, ("T1", "EPI")),
     "Resample T1 to the grid of EPI (2 × 2 × 2.2 mm, voxels between are dropped)"),
    (TakePosition("T1", ("brain", "dseg")), "Give brain and dseg the position of T1"),
    (TakePosition("T1", ("brain",), mask="brain"),
     "Give brain the position of T1 and use it as the mask"),
    (TakePosition("", ("brain",)), "Undo the position of brain"),
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


def outcome(images, voxels, exact=True):
    return Outcome(images, voxels, exact, problems=0, warnings=0)


EFFECTS = [
    (outcome(2, 310), outcome(2, 12591), "fits 12,591 voxels of the volume instead of 310"),
    (outcome(2, 310), outcome(2, 310), ""),
    (outcome(2, 310), outcome(2, 0), ""),
    (outcome(2, 310), outcome(1, 12591), "fits 1 image in 12,591 voxels of the volume instead of "
                                         "2 in 310"),
    (outcome(2, 0), outcome(2, 12591), "fits 2 images in 12,591 voxels of the volume instead of "
                                       "none"),
    (outcome(1, 987654321, False), outcome(1, 12345678, False),
     "fits about 12,300,000 voxels of the volume instead of about 988,000,000"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "text"), EFFECTS)
def test_an_effect_says_what_is_fitted_then_and_now(before, after, text):
    assert effect(Effect(before, after)) == text


def test_every_remedy_is_in_the_table():
    assert {type(remedy) for remedy, _ in LABELS} == set(get_args(Remedy))
