"""The whole head's fit, with scikit-learn on repeated points as the referee."""

from dataclasses import replace
from typing import get_args

import numpy as np
import pytest
from scipy.special import softmax
from scipy.stats import multivariate_normal
from sklearn.mixture import GaussianMixture

from dashboard.core.domain import WHOLE
from dashboard.core.mixture.assignment import assign, posterior
from dashboard.core.mixture.cells import Cells, cells
from dashboard.core.mixture.densities import Densities, largest
from dashboard.core.mixture.em import ExpectationMaximisation, Mixture
from dashboard.core.mixture.recipe import Covariance, Recipe
from dashboard.core.mixture.scaling import scale
from dashboard.core.mixture.slice_fit import fit_points
from dashboard.core.mixture.volume_fit import best_start, followed, rested

TIGHT = 1e-10
START = Mixture(
    weights=np.array([0.5, 0.3, 0.2]),
    means=np.array([[-1.0, 0.0], [0.5, 0.5], [1.5, -1.0]]),
    covariances=np.stack([np.eye(2)] * 3),
)


def head(voxels, seed=1):
    """Return intensities of three tissues in two images, one of them rare, in SDs."""
    random = np.random.default_rng(seed)
    kinds = random.choice(3, voxels, p=[0.25, 0.6, 0.15])
    means = np.array([[150, 900], [270, 440], [360, 270]])
    roots = np.array([[[30, 0], [-60, 90]], [[25, 0], [-40, 50]], [[20, 0], [-10, 40]]])
    noise = random.normal(size=(voxels, 2))
    points = means[kinds] + np.einsum("nij,nj->ni", roots[kinds], noise)
    return (points - points.mean(axis=0)) / points.std(axis=0)


def bare(points, counts):
    """Return cells that are points."""
    images = points.shape[1]
    return Cells(np.asarray(counts, float), points, np.zeros((len(points), images, images)), True)


def fitted(found, covariance):
    return ExpectationMaximisation(found, covariance, 1e-6).run(START, TIGHT)


def best_of(found, recipe):
    """Return where the best start of a recipe ends on cells."""
    start = best_start(found, recipe, floor=1e-6)
    return rested(ExpectationMaximisation(found, recipe.covariance, 1e-6), start, recipe)


def referee(points, covariance, start=START, tolerance=TIGHT):
    """Return scikit-learn's fit from the same start."""
    estimator = GaussianMixture(3, covariance_type=covariance, tol=tolerance, max_iter=5000)
    log_densities = [
        np.log(weight) + multivariate_normal(mean, spread).logpdf(points)
        for weight, mean, spread in zip(start.weights, start.means, start.covariances, strict=True)
    ]
    given = softmax(np.stack(log_densities, axis=1), axis=1)
    estimator._initialize_parameters = lambda x, *_, **__: estimator._initialize(x, given)
    return estimator.fit(points)


@pytest.mark.parametrize("covariance", get_args(Covariance))
def test_weights_count_as_repeated_points(covariance):
    points = head(400)
    counts = np.random.default_rng(2).integers(1, 6, len(points))
    found, other = (
        fitted(bare(points, counts), covariance),
        referee(points.repeat(counts, 0), covariance),
    )
    np.testing.assert_allclose(found.weights, other.weights_, atol=1e-5)
    np.testing.assert_allclose(found.means, other.means_, atol=1e-5)
    precisions = np.broadcast_to(
        {"full": lambda p: p, "tied": lambda p: p, "diag": lambda p: p[:, :, None] * np.eye(2),
         "spherical": lambda p: p[:, None, None] * np.eye(2)}[covariance](other.precisions_),
        (3, 2, 2),
    )  # fmt: skip
    np.testing.assert_allclose(np.linalg.inv(found.covariances), precisions, rtol=1e-3, atol=1e-3)
    assert found.log_likelihood == pytest.approx(other.lower_bound_, abs=1e-8)


def test_a_cell_of_weight_zero_changes_nothing():
    points = head(400)
    more = np.concatenate([points, [[50.0, 50.0]]])
    without = fitted(bare(points, np.ones(400)), "full")
    with_it = fitted(bare(more, [*np.ones(400), 0]), "full")
    np.testing.assert_allclose(with_it.means, without.means, rtol=1e-12)
    np.testing.assert_allclose(with_it.covariances, without.covariances, rtol=1e-10)


def test_the_same_cells_give_the_same_bits():
    found = cells(head(30_000))
    recipe = Recipe(starts=3)
    first, second = (best_of(found, recipe) for _ in range(2))
    assert first.means.tobytes() == second.means.tobytes()
    assert first.covariances.tobytes() == second.covariances.tobytes()


def test_the_best_start_counts():
    found = cells(head(30_000))
    recipe = Recipe(components=6, seed=3)
    best = best_of(found, replace(recipe, starts=5))
    one = best_of(found, recipe)
    assert best.log_likelihood >= one.log_likelihood


@pytest.mark.parametrize("covariance", get_args(Covariance))
def test_cells_give_the_labels_and_the_likelihood_of_all_voxels(covariance):
    points = head(60_000)
    found = fitted(cells(points), covariance)
    other = referee(points, covariance)
    own = GaussianMixture(3)
    own.weights_, own.means_ = found.weights, found.means
    own.precisions_cholesky_ = np.linalg.cholesky(np.linalg.inv(found.covariances))
    assert np.mean(own.predict(points) == other.predict(points)) > 0.999
    assert own.score(points) == pytest.approx(other.score(points), abs=1e-5)


@pytest.mark.parametrize("tolerance", [1e-4, 1e-6, 1e-9])
def test_many_images_rest_where_scikit_learn_does(monkeypatch, tolerance):
    """The steps run over one voxel in fifteen, and end where those over all would."""
    monkeypatch.setattr("dashboard.core.mixture.cells.SOME", 2**11)
    two = head(30_000)
    noise = np.random.default_rng(3).normal(0, 0.3, (len(two), 2))
    points = np.concatenate([two, two + noise], axis=1)
    start = Mixture(
        START.weights,
        np.tile(START.means, 2),
        np.stack([np.eye(4) + np.eye(4)[[2, 3, 0, 1]] / 2] * 3),
    )
    em = ExpectationMaximisation(cells(points), "full", 1e-6)
    other = referee(points, "full", start, tolerance)
    found = followed(points, em, start, Recipe(tolerance=tolerance))
    assert found.converged
    own = Densities(found.weights, found.means, found.covariances)
    assert np.mean(largest(own(points)) == other.predict(points)) > 0.998
    if tolerance > 1e-9:
        assert found.iterations == pytest.approx(other.n_iter_, rel=0.15)
    else:
        np.testing.assert_allclose(found.means, other.means_, atol=1e-3)
        np.testing.assert_allclose(found.covariances, other.covariances_, atol=1e-3)
        assert found.log_likelihood == pytest.approx(other.lower_bound_, abs=1e-8)
        em.defect = 0.0
        some = rested(em, start, Recipe(tolerance=tolerance))
        assert abs(some.means - other.means_).max() > 0.01


def test_a_slice_has_the_labels_and_probabilities_it_has_in_the_whole_head():
    values = head(40_000)
    points, linear = scale(values, "standard")
    model = fit_points(values[:900], Recipe(), domain=WHOLE, scale=linear)
    some = slice(33_001, 33_018)
    np.testing.assert_array_equal(assign(model, points[some]), assign(model, points)[some])
    assert posterior(model, points[some]).tobytes() == posterior(model, points)[some].tobytes()
