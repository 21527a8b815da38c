"""Unscaled intensities give the same classes in every unit."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.mixture import GaussianMixture

from dashboard.core.domain import Cut
from dashboard.core.mixture.assignment import assign
from dashboard.core.mixture.classes import describe
from dashboard.core.mixture.doubts import doubts
from dashboard.core.mixture.recipe import Recipe
from dashboard.core.mixture.scaling import scale
from dashboard.core.mixture.slice_fit import fit_points

UNITS = [1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 10.0, 1e2, 1e4, 1e6]


def tissues(seed, images, voxels=600):
    """Three tissues of each image, whose SDs differ, in the intensities of a scanner."""
    chance = np.random.default_rng(seed)
    kind = chance.integers(0, 3, voxels)
    means = chance.permuted(np.tile([[300.0, 620.0, 900.0]], (images, 1)), axis=1)
    sds = chance.uniform(15, 60, (images, 3))
    return means[:, kind].T + sds[:, kind].T * chance.normal(size=(voxels, images))


def fitted(values, **settings):
    points, linear = scale(values, "none")
    recipe = Recipe(scaling="none", **settings)
    model = fit_points(points, recipe, domain=Cut("axial", 0), scale=linear)
    return model, assign(model, points)


@settings(max_examples=30)
@given(
    st.integers(0, 2**32 - 1),
    st.integers(1, 3),
    st.sampled_from(["full", "tied", "diag", "spherical"]),
    st.integers(2, 4),
)
def test_classes_do_not_depend_on_the_unit(seed, images, covariance, components):
    values = tissues(seed, images)
    chosen = {"covariance": covariance, "components": components}
    model, labels = fitted(values, **chosen)
    for unit in UNITS:
        other, found = fitted(values * unit, **chosen)
        np.testing.assert_array_equal(found, labels)
        for a, b in zip(describe(model, 1.0), describe(other, 1.0), strict=True):
            np.testing.assert_allclose(b.mean, a.mean * unit, rtol=1e-6)
            np.testing.assert_allclose(b.covariance, a.covariance * unit**2, rtol=1e-5)
        # A density per unit of intensity.
        shift = -images * np.log(unit)
        assert other.log_likelihood == pytest.approx(model.log_likelihood + shift, rel=1e-9)
        assert [doubt.code for doubt in doubts(other)] == [doubt.code for doubt in doubts(model)]


@pytest.mark.parametrize("unit", UNITS)
def test_a_class_of_one_intensity_does_not_depend_on_the_unit(unit):
    values = np.concatenate([tissues(1, 1), np.full((200, 1), 450.0)])
    _, labels = fitted(values, components=4)
    other, found = fitted(values * unit, components=4)
    np.testing.assert_array_equal(found, labels)
    assert [doubt.code for doubt in doubts(other)] == ["variance-floor"]


@pytest.mark.parametrize("covariance", ["full", "tied", "diag", "spherical"])
@pytest.mark.parametrize("images", [1, 2, 3])
def test_the_intensities_of_a_scanner_give_scikit_learns_partition(covariance, images):
    for seed in range(10):
        values = tissues(seed, images)
        model = GaussianMixture(3, covariance_type=covariance, random_state=12345)
        expected = np.argsort(np.argsort(model.fit(values).means_[:, 0]))[model.predict(values)] + 1
        np.testing.assert_array_equal(fitted(values, covariance=covariance)[1], expected)


def test_an_adc_in_mm2_per_s_has_the_sds_of_its_tissues():
    chance = np.random.default_rng(3)
    kind = chance.integers(0, 3, 3000)
    means, sds = np.array([7e-4, 1.1e-3, 3e-3]), np.array([4e-5, 6e-5, 1.5e-4])
    values = (means[kind] + sds[kind] * chance.normal(size=3000))[:, None]
    model, labels = fitted(values)
    assert (labels == kind + 1).mean() > 0.99
    found = [float(described.sd[0]) for described in describe(model, 1.0)]
    np.testing.assert_allclose(found, sds, rtol=0.1)
    assert doubts(model) == []
