"""Copies are found before they are fitted."""

import numpy as np
import pytest

from dashboard.core.check.findings import Code
from dashboard.core.check.remedies import UseOnly
from tests.core.boxes import BRAIN, RNG, SHAPE, brain, moved, only

# b0 takes the place of the copy on Y, or nothing does.
ONE = (UseOnly(("T1",), y="T1"),)


def b0_instead_of(copy):
    return (UseOnly(("T1", "b0"), y="b0", instead=("b0", copy)),)


def test_a_copy_is_a_problem_and_another_image_is_offered(check):
    voxels = brain()
    finding = only(check(T1=voxels, again=voxels, b0=brain(), chosen={"fitted": ("T1", "again")}))
    assert (finding.code, finding.severity) == (Code.SAME_VOXELS, "problem")
    assert finding.images == ("T1", "again")
    assert finding.remedies == b0_instead_of("again")


def test_a_copy_among_all_images_is_left_out_of_the_mixture(check):
    voxels = brain()
    finding = only(check(T1=voxels, again=voxels, b0=brain()))
    assert finding.remedies == (UseOnly(("T1", "b0"), y="b0"),)
    assert only(check(T1=voxels, again=voxels)).remedies == ONE


def test_a_copy_that_is_not_fitted_is_a_fact(check):
    voxels = brain()
    found = check(T1=voxels, b0=brain(), again=voxels, chosen={"fitted": ("T1", "b0")})
    assert (only(found).code, only(found).severity) == (Code.SAME_VOXELS_UNUSED, "fact")


@pytest.mark.parametrize("copy", [(3, 0), (-1, 500), (0.001, 7)])
def test_copies_up_to_scale_and_offset_are_a_problem_before_the_fit_refuses_them(check, copy):
    factor, offset = copy
    voxels = brain()
    other = np.where(BRAIN, factor * voxels + offset, 0)
    finding = only(check(T1=voxels, T2=other, b0=brain()))
    assert (finding.code, finding.severity) == (Code.LINEAR_COPIES, "problem")
    assert finding.images == ("T1", "T2")
    assert finding.remedies == (UseOnly(("T1", "b0"), y="b0"),)
    assert only(check(T1=voxels, T2=other)).remedies == ONE


def test_contrasts_that_are_merely_alike_are_no_copies(check):
    voxels = brain()
    noisy = np.where(BRAIN, 500 - voxels + RNG.normal(0, 1, SHAPE), 0)
    assert check(T1=voxels, T2=noisy).findings == ()


def test_voxels_without_a_number_hide_no_copy(check):
    voxels = brain()
    other = np.where(BRAIN, 2 * voxels, 0)
    other[6, 6] = np.nan
    assert only(check(T1=voxels, T2=other), "problem")


def test_a_copy_outside_the_mask_is_none(check):
    half = BRAIN.copy()
    half[:12] = False
    voxels = brain()
    other = np.where(half, brain(), 2 * voxels)
    chosen = {"foreground": "mask", "mask": "half"}
    assert check(T1=voxels, T2=other, others={"half": half}, chosen=chosen).findings == ()
    other = np.where(half, 2 * voxels, brain())
    assert only(check(T1=voxels, T2=other, others={"half": half}, chosen=chosen), "problem")


def test_nothing_is_shown_instead_of_a_copy_that_would_not_do(check):
    voxels = brain()
    found = check(
        T1=voxels,
        again=voxels,
        zero=np.zeros(SHAPE),
        inverted=np.where(BRAIN, 500 - voxels, 0),
        EPI=(brain(), moved(1, 0, 0)),
        chosen={"fitted": ("T1", "again"), "chosen": True},
    )
    assert only(found, "problem").remedies == ONE
