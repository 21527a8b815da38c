"""Cells keep the moments of the points, however they divide them."""

import numpy as np
import pytest

from dashboard.core.mixture.cells import cells


def tissue(voxels, images, seed=0):
    random = np.random.default_rng(seed)
    centres = random.normal(0, 2, (4, images))
    return centres[random.integers(0, 4, voxels)] + random.normal(0, 0.4, (voxels, images))


def with_outliers(points):
    return np.concatenate([points, np.full((3, points.shape[1]), 1e4)])


CASES = {
    "one image": tissue(5000, 1),
    "two images": tissue(40_000, 2),
    "two images with outliers": with_outliers(tissue(20_000, 2)),
    "three images": tissue(20_000, 3),
    "eight images": tissue(20_000, 8),
    "few voxels": tissue(7, 3),
    "whole numbers": np.round(10 * tissue(5000, 2)),
    "one value": np.ones((100, 4)),
    "a constant image": np.column_stack([tissue(500, 1), np.zeros(500)]),
}


@pytest.mark.parametrize("points", CASES.values(), ids=CASES)
def test_cells_have_the_moments_of_their_points(points):
    found = cells(points)
    assert found.counts.sum() == len(points)
    assert found.counts.min() > 0
    shares = found.counts / len(points)
    np.testing.assert_allclose(shares @ found.means, points.mean(axis=0), rtol=1e-10, atol=1e-10)
    away = found.means - points.mean(axis=0)
    covariance = (shares[:, None] * away).T @ away + np.tensordot(shares, found.scatters, axes=1)
    expected = np.cov(points.T, bias=True).reshape(covariance.shape)
    np.testing.assert_allclose(covariance, expected, rtol=1e-8, atol=1e-10)


def test_two_images_are_divided_as_a_histogram_of_256_by_256():
    points = CASES["two images"]
    counts, *_ = np.histogram2d(*points.T, bins=256)
    assert len(cells(points).counts) == np.count_nonzero(counts)


@pytest.mark.parametrize("name", ["two images with outliers", "three images"])
def test_where_cells_would_be_wide_voxels_stand_for_all(name, monkeypatch):
    monkeypatch.setattr("dashboard.core.mixture.cells.SOME", 1000)
    points = CASES[name]
    found = cells(points)
    assert not found.fine
    assert 500 < len(found.counts) <= 1000
    assert found.counts.sum() == pytest.approx(len(points))
    assert not found.scatters.any()
    assert np.isin(found.means, points).all()
