"""Confusion, Dice and matching against scikit-learn and against every permutation there is."""

from itertools import permutations

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix, f1_score

from dashboard.core.errors import GridError
from dashboard.core.reference.agreement import CHUNK, agreement

RNG = np.random.default_rng(7)


def compare(labels, reference, classes, **options):
    return agreement(
        np.asarray(labels), np.asarray(reference), classes=classes, voxel_ml=0.5, **options
    )


def scattered(shape, classes, labels):
    """Labels that follow the reference in part."""
    reference = RNG.choice(labels, shape)
    made = RNG.integers(0, classes + 1, shape)
    follows = RNG.random(shape) < 0.4
    made[follows] = np.searchsorted(labels, reference)[follows] % (classes + 1)
    return made.astype(np.uint8), reference


def test_a_slice_by_hand():
    labels = [[0, 1, 1, 1], [2, 2, 0, 1]]
    reference = [[0, 7, 7, 0], [3, 3, 3, 3]]
    found = compare(labels, reference, 2)
    assert found.labels == (0, 3, 7)
    # Rows: background, class 1, class 2; columns: background, 3, 7.
    assert found.counts.tolist() == [[1, 1, 0], [1, 1, 2], [0, 2, 0]]
    assert found.dice.tolist() == [[2 * 1 / 8, 2 * 2 / 6], [2 * 2 / 6, 0]]
    first, second = found.matches
    assert (first.number, first.label, first.dice) == (1, 7, 2 / 3)
    assert (first.volume_ml, first.reference_ml, first.difference) == (2.0, 1.0, 1.0)
    assert (second.number, second.label, second.dice) == (2, 3, 2 / 3)
    assert (second.volume_ml, second.reference_ml, second.difference) == (1.0, 2.0, -0.5)
    assert found.mean_dice == pytest.approx(2 / 3)
    assert found.agreeing == 4 / 6


@pytest.mark.parametrize("labels", [[0, 1, 2, 3], [2, 3], [0, 4, 41, 14175], [0, 5, 600_000_000]])
@pytest.mark.parametrize("shape", [(40, 30), (11, 7, 13), (500,)])
def test_counts_are_scikit_learns(labels, shape):
    made, reference = scattered(shape, 3, labels)
    found = compare(made, reference, 3)
    columns = sorted({0, *labels})
    every = sorted({0, 1, 2, 3, *columns})
    both = confusion_matrix(made.ravel(), reference.ravel(), labels=every)
    rows = [every.index(k) for k in range(4)]
    assert found.labels == tuple(columns)
    np.testing.assert_array_equal(
        found.counts, both[np.ix_(rows, [every.index(c) for c in columns])]
    )


def test_dice_is_scikit_learns_f1_score():
    made, reference = scattered((60, 50), 3, [0, 10, 20, 30])
    found = compare(made, reference, 3)
    for k in (1, 2, 3):
        for column, label in enumerate(found.labels[1:]):
            assert found.dice[k - 1, column] == pytest.approx(
                f1_score(reference.ravel() == label, made.ravel() == k)
            )


@pytest.mark.parametrize(("classes", "labels"), [(3, 3), (2, 5), (5, 2), (4, 4), (1, 3), (3, 1)])
def test_no_other_matching_has_a_larger_sum_of_dice(classes, labels):
    for _ in range(5):
        made, reference = scattered((20, 20), classes, list(range(labels + 1)))
        found = compare(made, reference, classes)
        wide = found.dice if classes <= labels else found.dice.T
        best = max(
            sum(wide[row, column] for row, column in enumerate(columns))
            for columns in permutations(range(wide.shape[1]), wide.shape[0])
        )
        dices = [m.dice for m in found.matches if m.dice is not None]
        assert sum(dices) == pytest.approx(best)
        assert found.mean_dice == pytest.approx(best / len(dices))
        assert len(set(found.matched.values())) == len(found.matched)
        for match in found.matches:
            if match.label is not None:
                assert (
                    match.dice == found.dice[match.number - 1, found.labels.index(match.label) - 1]
                )


def test_the_matching_is_the_best_one_and_not_a_greedy_one():
    """Taking the largest Dice first would leave the second class its worst label."""
    made = np.repeat([1, 1, 2, 2, 2], [90, 60, 50, 5, 20])
    reference = np.repeat([1, 2, 1, 2, 0], [90, 60, 50, 5, 20])
    found = compare(made, reference, 2)
    assert found.dice[0].argmax() == 0
    assert found.matched == {1: 2, 2: 1}


def test_background_is_neither_a_class_nor_a_label():
    made, reference = np.zeros((4, 4), int), np.ones((4, 4), int)
    reference[0] = 0
    found = compare(made, reference, 1)
    assert found.counts.tolist() == [[4, 12], [0, 0]]
    assert found.matched == {}
    assert (found.mean_dice, found.agreeing) == (None, 0)


def test_a_class_without_voxels_stays_unmatched():
    found = compare([1, 1, 3, 0], [1, 1, 2, 2], 3)
    assert found.matched == {1: 1, 3: 2}
    assert found.matches[1].volume_ml == 0
    assert found.matches[1].difference is None
    assert found.mean_dice == pytest.approx((1 + 2 / 3) / 2)


def test_classes_that_meet_no_label_have_no_match_but_a_volume():
    found = compare([1, 2, 2, 2], [5, 0, 0, 0], 2)
    assert found.matched == {1: 5}
    unmatched = found.matches[1]
    assert (unmatched.dice, unmatched.reference_ml, unmatched.volume_ml) == (None, None, 1.5)


@pytest.mark.parametrize("shape", [(3, 4), (0,), (0, 5)])
def test_an_empty_reference_matches_nothing(shape):
    found = compare(np.ones(shape, np.uint8), np.zeros(shape, int), 2)
    assert found.labels == (0,)
    assert found.counts.tolist() == [[0], [np.prod(shape)], [0]]
    assert (found.matched, found.mean_dice, found.agreeing) == ({}, None, None)


def test_labels_of_the_whole_volume_keep_their_columns():
    found = compare([1, 0], [4, 4], 1, reference_labels=[9, 4, 2])
    assert found.labels == (0, 2, 4, 9)
    assert found.counts.tolist() == [[0, 0, 1, 0], [0, 0, 1, 0]]
    assert found.dice.tolist() == [[0, 2 / 3, 0]]
    assert found.matched == {1: 4}


@pytest.mark.parametrize("order", ["C", "F"])
def test_how_arrays_are_stored_does_not_matter(order):
    made, reference = scattered((6, 7, 8), 3, [0, 1, 2, 3])
    expected = compare(made, reference, 3).counts
    np.testing.assert_array_equal(
        compare(np.array(made, order=order), np.array(reference, order="F"), 3).counts, expected
    )
    np.testing.assert_array_equal(
        compare(made[::-1, :, ::2], reference[::-1, :, ::2], 3).counts,
        compare(made[::-1, :, ::2].copy(), reference[::-1, :, ::2].copy(), 3).counts,
    )


def test_arrays_larger_than_what_is_counted_at_once():
    made, reference = scattered((2 * CHUNK + 17,), 3, [0, 1, 2])
    found = compare(made, reference, 3)
    np.testing.assert_array_equal(found.counts, confusion_matrix(made, reference)[:, :3])


@pytest.mark.parametrize("step", [1, 3000])  # 3000: beyond what is tabulated
def test_every_label_of_a_parcellation_is_compared(step):
    made, reference = scattered((60, 50), 3, [step * k for k in range(400)])
    found = compare(made, reference, 3)
    assert found.labels == tuple(np.unique([0, *reference.flat]))
    np.testing.assert_array_equal(found.counts.sum(axis=0)[1:], np.unique(
        reference[reference > 0], return_counts=True)[1])  # fmt: skip
    for column, label in list(enumerate(found.labels[1:]))[::37]:
        for k in (1, 2, 3):
            assert found.dice[k - 1, column] == pytest.approx(
                f1_score(reference.ravel() == label, made.ravel() == k)
            )


def test_another_shape_is_refused():
    with pytest.raises(GridError, match="3 x 4, but the label map has 4 x 3"):
        compare(np.ones((4, 3), int), np.ones((3, 4), int), 1)
