"""A model as text, and what it is found by."""

from dataclasses import fields, replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.mixture import GaussianMixture
from sklearn.preprocessing import StandardScaler

from dashboard.core.domain import WHOLE, Cut
from dashboard.core.mixture.assignment import assign, posterior
from dashboard.core.mixture.model import Model, provenance
from dashboard.core.mixture.recipe import COMPONENTS, Recipe
from dashboard.core.mixture.scaling import scale
from dashboard.core.mixture.slice_fit import fit_points
from dashboard.core.volume import read_volume

CUT = Cut("axial", 0)


def fitted(values, recipe, domain=CUT):
    points, linear = scale(values, recipe.scaling)
    return fit_points(points, recipe, domain=domain, scale=linear)


@st.composite
def slices(draw):
    """Whole numbers as scanners give them: many voxels share an intensity."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    images, tissues = draw(st.integers(1, 4)), draw(st.integers(1, 6))
    size = draw(st.integers(100, 700))
    centres = rng.uniform(50, 900, (tissues, images))
    spread = draw(st.sampled_from([1, 20, 90]))
    tissue = rng.integers(0, tissues, size)
    # Noise far above the spacing of whole numbers, so that no image is constant or a copy.
    return np.round(centres[tissue] + rng.normal(0, spread + 3, (size, images)))


@settings(max_examples=40)
@given(
    values=slices(),
    components=st.sampled_from(COMPONENTS),
    covariance=st.sampled_from(["full", "tied", "diag", "spherical"]),
    seed=st.integers(0, 2**32 - 1),
)
def test_a_model_read_back_gives_scikit_learns_partition_voxel_for_voxel(
    values, components, covariance, seed
):
    points = StandardScaler().fit_transform(values)
    estimator = GaussianMixture(components, covariance_type=covariance, random_state=seed)
    partition = estimator.fit_predict(points)
    rank = np.argsort(np.argsort(estimator.means_[:, 0], kind="stable"))

    recipe = Recipe(components=components, covariance=covariance, seed=seed)
    model = Model.from_json(fitted(values, recipe).to_json())
    np.testing.assert_array_equal(assign(model, points), rank[partition] + 1)
    np.testing.assert_array_equal(model.counts, np.bincount(rank[partition], minlength=components))
    # To the last bit, and not only where one class is the likeliest.
    shares = estimator.predict_proba(points)
    np.testing.assert_array_equal(posterior(model, points)[:, rank], shares)


@pytest.mark.parametrize("domain", [Cut("sagittal", 3), WHOLE])
@pytest.mark.parametrize("images", [1, 2, 8])
def test_every_number_is_read_back_to_the_last_bit(images, domain):
    values = np.random.default_rng(images).normal(1 / 3, 1e-7, (500, images))
    recipe = Recipe(components=4, covariance="tied", clip="0.5", scaling="robust", seed=2**32 - 1)
    model = fitted(values, recipe, domain)
    found = Model.from_json(model.to_json())
    for entry in fields(Model):
        before, after = (getattr(m, entry.name) for m in (model, found))
        if entry.name == "scale":
            before, after = ((s.offset, s.factor) for s in (before, after))
        np.testing.assert_array_equal(after, before)
        assert type(after) is type(before)
    assert (found.bic, found.aic, found.spacing) == (model.bic, model.aic, model.spacing)


def test_a_model_of_the_lesson_is_a_kilobyte():
    values = np.random.default_rng(0).normal(size=(9000, 2))
    assert len(fitted(values, Recipe()).to_json()) < 1300


@pytest.fixture
def volumes(save, head):
    return [read_volume(save(f"{n}.nii", head(n % 3) + n)) for n in range(3)]


def test_whatever_decides_the_numbers_is_another_provenance(volumes):
    one, other, third = volumes
    recipe, cut = Recipe(), Cut("axial", 5)
    masked = replace(recipe, foreground="mask")
    made_from = [
        provenance(images, recipe, cut, mixed=mixed)
        for images, mixed in (([one, other], 2), ([other, one], 2), ([one, other], 1), ([one], 1),
                              ([one, third], 1), ([one, other, third], 2),
                              ([one, other, third], 3))
    ]  # fmt: skip
    pair = [one, other]
    made_from += [provenance(pair, masked, cut, mixed=2, mask=mask) for mask in (one, third)]
    for domain in (Cut("axial", 6), Cut("coronal", 5), WHOLE):
        made_from.append(provenance(pair, recipe, domain, mixed=2))
    changes = {"foreground": "nonzero", "clip": "1", "scaling": "none", "components": 4,
               "covariance": "diag", "seed": 1, "tolerance": 1e-4, "starts": 2,
               "prior": 0.5, "start": "volume", "partial_volume": True}  # fmt: skip
    assert changes.keys() == {entry.name for entry in fields(Recipe)}
    for name, value in changes.items():
        made_from.append(provenance(pair, replace(recipe, **{name: value}), cut, mixed=2))
    for first, second in combinations(made_from, 2):
        assert first != second


def test_a_mask_that_is_not_used_decides_nothing(volumes):
    one, other, third = volumes
    recipe, cut = Recipe(), Cut("axial", 5)
    plain = provenance([one, other], recipe, cut, mixed=2)
    assert provenance([one, other], recipe, cut, mixed=2, mask=third) == plain
