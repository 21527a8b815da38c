"""Classes of a slice against a reference, with and without a mask."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import f1_score

from dashboard.core.analysis import compare
from dashboard.core.errors import LabelError
from dashboard.core.volume import read_volume
from tests.core.analysing import analysed

SHAPE = (24, 22, 3)
TISSUE = np.zeros(SHAPE, int)
TISSUE[4:-4, 3:-3] = 1 + (np.arange(SHAPE[0] - 8)[:, None, None] // 6)
T1 = TISSUE * 100 + np.random.default_rng(3).normal(150, 8, SHAPE)


@pytest.fixture
def compared(save):
    """Return a function that compares the classes of a slice with labels, inside a mask."""

    def compared(labels, mask=None, *, dtype="f4"):
        image = read_volume(save("T1.nii", T1, dtype="f4"))
        reference = read_volume(save("dseg.nii", labels, dtype=dtype))
        marks = None if mask is None else read_volume(save("mask.nii", mask, dtype="f4"))
        rule = "positive" if marks is None else "mask"
        made = analysed([image], 1, mask=marks, foreground=rule)
        return made, compare(made, reference)

    return compared


@given(
    factor=st.sampled_from([1, 1.00000006, 0.99999997, 0.988, 1.012]),
    outside=st.sampled_from([0, -1, np.nan, 1e-15]),
    numbers=st.sampled_from([(1, 2, 3), (3, 1, 2), (2, 1, 4)]),
)
def test_the_dice_is_that_of_clean_labels_however_they_are_written(
    compared, factor, outside, numbers
):
    clean = np.array([0, *numbers])[TISSUE]
    made, found = compared(np.where(TISSUE, clean * factor, outside), TISSUE > 0)
    for match in found.matches:
        expected = f1_score((clean[:, :, 1] == match.label).ravel(),
                            (made.labels == match.number).ravel())  # fmt: skip
        assert match.dice == pytest.approx(expected)
    assert found.mean_dice > 0.98


def test_a_mask_that_marks_the_labelled_voxels_is_the_reference(compared):
    assert compared(TISSUE, TISSUE)[1].same_as_mask
    assert compared(TISSUE, (TISSUE > 0) * 255)[1].same_as_mask
    assert compared(TISSUE, np.where(TISSUE, 1, np.nan))[1].same_as_mask
    assert not compared(TISSUE, np.ones(SHAPE))[1].same_as_mask
    assert not compared(TISSUE, TISSUE > 1)[1].same_as_mask
    assert not compared(TISSUE)[1].same_as_mask


def test_an_image_is_refused_wherever_its_fractions_are(compared):
    labels = TISSUE.astype(float)
    labels[0, 0, 2] = 0.4  # in another slice
    with pytest.raises(LabelError, match="between whole numbers"):
        compared(labels)
