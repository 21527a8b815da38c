"""The spatial prior, against the same mean field written as loops over voxels."""

import itertools

import numpy as np
import pytest

from dashboard.core.mixture.prior import MOST_SWEEPS, SMALL_CHANGE, regularise

NEIGHBOURS = [(0, 1), (0, -1), (1, 1), (1, -1), (2, 1), (2, -1)]


def by_hand(logs, mask, beta, edges):
    """Sweep over the two colours of a chessboard, voxel by voxel."""
    index = {tuple(at): n for n, at in enumerate(np.argwhere(mask))}
    shares = np.exp(logs) / np.exp(logs).sum(axis=0)
    for _ in range(MOST_SWEEPS):
        before = shares.copy()
        for colour in (1, 0):  # the array is padded by one voxel on three sides
            for at, n in index.items():
                if sum(at) % 2 == colour:
                    energy = logs[:, n].copy()
                    for axis, way in NEIGHBOURS:
                        near = list(at)
                        near[axis] += way
                        if tuple(near) in index:
                            pull = beta * min(edges) / edges[axis]
                            energy += pull * shares[:, index[tuple(near)]]
                    shares[:, n] = np.exp(energy) / np.exp(energy).sum()
        if np.abs(shares - before).mean() < SMALL_CHANGE:
            break
    return shares


def block(inside, outside=(0.0, 2.0), shape=(5, 5, 5)):
    """Return logs of a cube whose middle voxel leans to another class than the rest."""
    logs = np.repeat(np.array(outside, np.float32)[:, None], np.prod(shape), axis=1)
    logs[:, np.prod(shape) // 2] = inside
    return logs, np.ones(shape, bool)


@pytest.mark.parametrize("edges", [(1, 1, 1), (0.9, 0.9, 5)])
@pytest.mark.parametrize("beta", [0.3, 1.5])
def test_the_mean_field_is_that_of_loops_over_voxels(beta, edges):
    random = np.random.default_rng(4)
    mask = random.random((6, 5, 4)) < 0.8
    logs = random.normal(0, 2, (3, mask.sum())).astype(np.float32)
    expected = by_hand(logs.astype(float), mask, beta, edges)
    for stored in (mask, np.asfortranarray(mask)):
        np.testing.assert_allclose(regularise(logs, stored, beta, edges), expected, atol=2e-5)


def test_strength_0_changes_nothing():
    logs, mask = block([1.0, 0.0])
    expected = np.exp(logs) / np.exp(logs).sum(axis=0)
    np.testing.assert_allclose(regularise(logs, mask, 0.0, (1, 1, 1)), expected, rtol=1e-6)


def test_a_voxel_alone_among_others_takes_their_class_if_it_is_in_doubt():
    for lean, stays in ((1.0, False), (9.0, True)):
        logs, mask = block([lean, 0.0])
        found = regularise(logs, mask, 0.5, (1, 1, 1))
        assert (found[:, logs.shape[1] // 2].argmax() == 0) == stays


def test_thick_slices_count_less_than_neighbours_within_them():
    logs, mask = block([0.0, 0.0])
    shares = [
        regularise(logs, mask, 0.3, edges)[1, logs.shape[1] // 2]
        for edges in ((1, 1, 1), (1, 1, 2), (1, 1, 8))
    ]
    assert shares == sorted(shares, reverse=True)
    assert shares[0] > shares[-1]


def test_what_lies_outside_the_foreground_has_no_influence():
    logs, mask = block([0.6, 0.0])
    alone = np.zeros_like(mask)
    alone[2, 2, 2] = True
    middle = logs[:, [logs.shape[1] // 2]]
    found = regularise(middle, alone, 2.0, (1, 1, 1))
    np.testing.assert_allclose(found, np.exp(middle) / np.exp(middle).sum(), rtol=1e-6)


def test_the_same_voxels_give_the_same_bits():
    random = np.random.default_rng(5)
    mask = random.random((9, 9, 9)) < 0.7
    logs = random.normal(0, 1, (3, mask.sum())).astype(np.float32)
    first, second = (regularise(logs, mask, 0.4, (1, 1, 3)).tobytes() for _ in range(2))
    assert first == second


def test_columns_sum_to_1_on_a_mask_at_the_edge_of_the_grid():
    for shape in itertools.product((1, 4), repeat=3):
        logs = np.random.default_rng(6).normal(0, 3, (2, np.prod(shape))).astype(np.float32)
        found = regularise(logs, np.ones(shape, bool), 0.7, (1, 1, 1))
        np.testing.assert_allclose(found.sum(axis=0), 1, rtol=1e-5)
