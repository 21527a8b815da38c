"""What the check says of the mask and the reference in use, and of nothing else."""

import numpy as np
import pytest

from dashboard.core.check.findings import Code
from dashboard.core.facts import FileCode
from tests.core.boxes import BRAIN, SHAPE, brain

BLURRED = BRAIN * 0.7
BLURRED[6:-6, 6:-6, 5:-5] = 1


def found(checked):
    """The codes of notices about the use of overlays, with severity and image."""
    return {
        finding.facts["notice"].code: (finding.severity, finding.images)
        for finding in checked.findings
        if finding.code == Code.FILE
        and finding.facts["notice"].code.startswith(("mask-", "labels-"))
    }


USED = {"foreground": "mask", "mask": "marks", "reference": "dseg"}


@pytest.mark.parametrize(
    ("marks", "code", "severity"),
    [
        (BLURRED, FileCode.MASK_FRACTIONS, "warning"),
        (brain(), FileCode.MASK_INTENSITIES, "warning"),
        (np.ones(SHAPE), FileCode.MASK_CONSTANT, "warning"),
        (BRAIN + np.random.default_rng(0).uniform(-1e-15, 1e-15, SHAPE),
         FileCode.MASK_NOISE, "fact"),
        (BRAIN * (1 + np.arange(SHAPE[0])[:, None, None] % 3), FileCode.MASK_LABELS, "fact"),
        (1 + BRAIN, FileCode.MASK_VALUES, "fact"),
        (np.where(BRAIN, 1, np.nan), FileCode.MASK_NAN, "fact"),
    ],
)  # fmt: skip
def test_a_mask_that_is_not_two_clean_values_is_named(check, marks, code, severity):
    others = {"marks": marks, "spare": BLURRED}
    checked = check(T1=brain(), others=others, chosen=USED)
    assert found(checked) == {code: (severity, ("marks",))}


@pytest.mark.parametrize(
    ("labels", "code", "severity"),
    [
        (BRAIN * 2.024, FileCode.LABELS_ROUNDED, "warning"),
        (np.where(BRAIN, 2, -1), FileCode.LABELS_OUTSIDE, "fact"),
        (np.where(BRAIN, 2, np.nan), FileCode.LABELS_NAN, "fact"),
    ],
)
def test_a_reference_that_is_not_whole_numbers_from_0_is_named(check, labels, code, severity):
    others = {"dseg": labels, "marks": BRAIN}
    checked = check(T1=brain(), others=others, chosen=USED)
    assert found(checked) == {code: (severity, ("dseg",))}


def test_of_clean_overlays_and_of_those_not_in_use_nothing_is_said(check):
    others = {"marks": BRAIN, "dseg": BRAIN * 3, "spare": BLURRED}
    assert found(check(T1=brain(), others=others, chosen=USED)) == {}
    assert found(check(T1=brain(), others={"dseg": BLURRED}, chosen=USED)) == {}


def test_a_reference_that_is_the_mask_itself_is_named(check):
    others = {"marks": BRAIN * 2, "dseg": BRAIN * 2}
    checked = check(T1=brain(), others=others, chosen=USED)
    assert found(checked) == {FileCode.LABELS_ARE_MASK: ("fact", ("dseg",))}
