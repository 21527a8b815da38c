"""Fits that are not to be trusted are found, and others are not doubted."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.core.domain import Cut
from dashboard.core.mixture.assignment import assign
from dashboard.core.mixture.doubts import doubts
from dashboard.core.mixture.recipe import Recipe
from dashboard.core.mixture.scaling import scale
from dashboard.core.mixture.slice_fit import fit_points
from tests.core.mixture.test_slice_fit import SLOW
from tests.core.mixture.test_slice_fit import fit as fit_scaled
from tests.core.mixture.test_units import tissues

SCALINGS = ["standard", "robust", "minmax", "none"]
seeds = st.integers(0, 2**32 - 1)


def doubted(values, **settings):
    """Return the doubts about a fit by their code, the model and the classes."""
    recipe = Recipe(**settings)
    points, linear = scale(values, recipe.scaling)
    model = fit_points(points, recipe, domain=Cut("axial", 0), scale=linear)
    found = {str(doubt.code): doubt.facts for doubt in doubts(model)}
    return found, model, assign(model, points)


@given(seeds, st.integers(1, 3), st.sampled_from(SCALINGS))
def test_a_fit_of_three_tissues_is_not_doubted(seed, images, scaling):
    assert doubted(tissues(seed, images), scaling=scaling)[0] == {}


@given(seeds, st.sampled_from(SCALINGS), st.floats(4000, 9000))
def test_a_class_of_one_intensity_has_collapsed(seed, scaling, intensity):
    values = np.concatenate([tissues(seed, 1), np.full((150, 1), intensity)])
    found, _, labels = doubted(values, scaling=scaling, components=4)
    (number,) = np.unique(labels[values[:, 0] == intensity])
    assert number in found["variance-floor"]["classes"]


@given(seeds, st.sampled_from(["full", "tied"]))
def test_classes_on_a_line_have_collapsed(seed, covariance):
    one = tissues(seed, 1)
    # As a copy in other units with rounding: their correlation stays below that of refused copies.
    values = np.concatenate([one, 2 * one + np.random.default_rng(seed).normal(0, 0.3, one.shape)],
                            axis=1)  # fmt: skip
    found, model, _ = doubted(values, covariance=covariance, components=1)
    # One class of the whole: its smallest spread is that of the noise, known here.
    spread = np.linalg.eigvalsh(np.cov(scale(values, "standard")[0].T))[0]
    assert ("variance-floor" in found) == (spread + model.floor < 2 * model.floor)


def test_an_extreme_voxel_leaves_one_class_with_everything():
    values = np.concatenate([tissues(5, 1, 5000), [[3e6], [3.1e6]]])
    found, model, _ = doubted(values, scaling="minmax", components=2)
    assert found["one-class"]["share"] >= 0.999
    assert found["one-class"]["class"] == int(np.argmax(model.counts)) + 1


@given(seeds, st.integers(2, 10), st.sampled_from(SCALINGS))
def test_an_empty_class_is_named(seed, components, scaling):
    # A broad bulk and a narrow one: surplus components often win no voxel.
    values = np.concatenate([tissues(seed, 1, 100), np.full((100, 1), 500.0)])
    found, _, labels = doubted(values, scaling=scaling, components=components)
    counts = np.bincount(labels, minlength=components + 1)[1:]
    empty = [int(number) + 1 for number in np.flatnonzero(counts == 0)]
    if counts.max() >= 0.999 * counts.sum():  # one sentence says that all others are empty
        assert found["one-class"]["class"] == counts.argmax() + 1
        assert "empty-class" not in found
    else:
        assert "one-class" not in found
        assert found.get("empty-class", {"classes": []})["classes"] == empty


@given(seeds, st.integers(1, 3), st.integers(1, 6), st.integers(30, 600))
def test_fewer_than_ten_voxels_for_each_parameter_are_few(seed, images, components, voxels):
    found, model, _ = doubted(tissues(seed, images, voxels), components=components)
    # Means, covariances and weights, counted anew.
    free = components * (images + images * (images + 1) // 2) + components - 1
    assert model.parameters == free
    few = {"voxels": voxels, "parameters": free} if voxels < 10 * free else None
    assert found.get("few-voxels") == few


def test_a_fit_that_has_not_converged_is_doubted():
    (doubt,) = doubts(fit_scaled(SLOW, components=8))
    assert (doubt.code, doubt.facts) == ("not-converged", {"iterations": 100})


@pytest.mark.parametrize("components", [1, 2])
def test_one_class_alone_has_everything_and_that_is_no_doubt(components):
    found, _, _ = doubted(tissues(2, 2), components=components)
    assert "one-class" not in found
