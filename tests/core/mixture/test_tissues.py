"""Classes that are one tissue, against numpy on the label map in which they have one number."""

import numpy as np
import pytest

from dashboard.core.mixture.tissues import groups, tissues
from dashboard.core.reference.agreement import agreement
from dashboard.core.volume import read_volume
from tests.core.analysing import analysed

RNG = np.random.default_rng(11)


@pytest.mark.parametrize(
    ("merged", "components", "expected"),
    [
        ([], 3, [(1,), (2,), (3,)]),
        ([(1, 3)], 3, [(1, 3), (2,)]),
        ([(2, 3), (1, 4)], 5, [(1, 4), (2, 3), (5,)]),
        ([(2, 4), (3, 5)], 4, [(1,), (2, 4), (3,)]),
        ([(2, 3)], 1, [(1,)]),
    ],
)
def test_every_class_is_in_one_tissue(merged, components, expected):
    assert groups(merged, components) == expected


def test_a_tissue_has_the_voxels_of_its_classes(sample):
    volumes = [read_volume(sample / f"{name}.nii.gz") for name in ("T1", "b0")]
    analysis = analysed(volumes, 30, components=4)
    (tissue,) = tissues(analysis.classes, [(1, 3)])
    inside = np.isin(analysis.labels, [1, 3])
    assert tissue.classes == (1, 3)
    assert tissue.voxels == np.count_nonzero(inside)
    assert tissue.volume_ml == pytest.approx(tissue.voxels * volumes[0].voxel_ml)
    assert tissue.weight == pytest.approx(analysis.model.weights[[0, 2]].sum())


@pytest.mark.parametrize(
    "merged", [[], [(1, 2)], [(2, 4)], [(1, 4), (2, 3)], [(1, 2, 3, 4)]], ids=str
)
def test_tissues_agree_as_classes_would_that_share_a_number(merged):
    reference = RNG.integers(0, 4, (40, 30))
    labels = np.where(RNG.random((40, 30)) < 0.6, reference, RNG.integers(0, 5, (40, 30)))
    found = groups(merged, 4)
    number_of = np.zeros(5, dtype=int)
    for number, group in enumerate(found, start=1):
        number_of[list(group)] = number
    expected = agreement(number_of[labels], reference, classes=len(found), voxel_ml=0.5)
    merged_after = agreement(labels, reference, classes=4, voxel_ml=0.5).of_tissues(found)
    np.testing.assert_array_equal(merged_after.counts, expected.counts)
    np.testing.assert_array_equal(merged_after.dice, expected.dice)
    assert merged_after.matches == expected.matches
