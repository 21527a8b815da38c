import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import numpy as np
import pytest
from shapely import Polygon
from sklearn.mixture import GaussianMixture

from dashboard.core.domain import Cut
from dashboard.core.mixture import assignment, slice_fit
from dashboard.core.mixture.assignment import assign, posterior
from dashboard.core.mixture.classes import describe, ellipse
from dashboard.core.mixture.recipe import Recipe
from dashboard.core.mixture.scaling import scale
from dashboard.core.mixture.slice_fit import fit_points, spacing

COVARIANCES = ["full", "tied", "diag", "spherical"]
SEED = 11


def blobs(images=2, size=1500):
    """Three overlapping clouds in arbitrary units."""
    rng = np.random.default_rng(4)
    centres = rng.uniform(100, 900, (3, images))
    shapes = rng.normal(0, 40, (3, images, images))
    pick = rng.integers(0, 3, size)
    return centres[pick] + np.einsum("nij,nj->ni", shapes[pick], rng.normal(size=(size, images)))


def fit(values, *, scaling=None, **settings):
    """Fit values; they are taken as scaled already if no scaling is named."""
    points, linear = scale(values, scaling or "none")
    settings = {"seed": SEED, "scaling": scaling or "standard", **settings}
    return fit_points(points, Recipe(**settings), domain=Cut("axial", 0), scale=linear)


def both(values, components, covariance):
    """Fit by scikit-learn itself, and by the project; return its classes in the project's order."""
    model = GaussianMixture(components, covariance_type=covariance, random_state=SEED).fit(values)
    found = fit(values, components=components, covariance=covariance)
    return model, np.argsort(model.means_[:, 0]), found


def full(model):
    """Write out scikit-learn's covariances by its documentation of `covariances_`."""
    components, images = model.means_.shape
    return {
        "full": lambda c: c,
        "tied": lambda c: np.stack([c] * components),
        "diag": lambda c: np.stack([np.diag(row) for row in c]),
        "spherical": lambda c: np.stack([value * np.eye(images) for value in c]),
    }[model.covariance_type](model.covariances_)


@pytest.fixture(params=COVARIANCES)
def fitted(request):
    values = scale(blobs(), "standard")[0]
    return values, *both(values, 3, request.param)


def test_weights_means_and_covariances_are_scikit_learns(fitted):
    _, model, order, found = fitted
    np.testing.assert_allclose(found.weights, model.weights_[order])
    np.testing.assert_allclose(found.means, model.means_[order])
    np.testing.assert_allclose(found.covariances, full(model)[order])


def test_likelihood_and_iterations_are_scikit_learns(fitted):
    values, model, _, found = fitted
    assert found.log_likelihood == pytest.approx(model.score(values))
    assert (found.iterations, found.converged) == (model.n_iter_, model.converged_)


@pytest.fixture
def small_limits(monkeypatch):
    """Take 1,000 voxels for a very large slice, which is fitted by at most 300 of them."""
    monkeypatch.setattr(assignment, "MAX_WHOLE_VOXELS", 1000)
    monkeypatch.setattr(slice_fit, "SUBSET_VOXELS", 300)
    monkeypatch.setattr(assignment, "CHUNK", 128)


@pytest.mark.parametrize("covariance", COVARIANCES)
@pytest.mark.parametrize("images", [1, 2, 4])
@pytest.mark.usefixtures("small_limits")
def test_very_large_slices_are_fitted_by_every_nth_voxel_and_assigned_whole(covariance, images):
    values = scale(blobs(images, 1500), "standard")[0]
    found = fit(values, covariance=covariance)
    model = GaussianMixture(3, covariance_type=covariance, random_state=SEED).fit(values[::5])
    order = np.argsort(model.means_[:, 0])
    np.testing.assert_allclose(found.means, model.means_[order])
    labels = np.argsort(order)[model.predict(values)] + 1
    np.testing.assert_array_equal(assign(found, values), labels)
    np.testing.assert_array_equal(found.counts, np.bincount(labels, minlength=4)[1:])
    np.testing.assert_allclose(posterior(found, values), model.predict_proba(values)[:, order])
    assert (found.fitted_voxels, found.spacing) == (300, 5)
    assert found.log_likelihood == pytest.approx(model.score(values))
    assert found.bic == pytest.approx(model.bic(values))
    assert found.aic == pytest.approx(model.aic(values))


@pytest.mark.usefixtures("small_limits")
def test_slices_up_to_the_limit_are_fitted_whole():
    values = scale(blobs(2, 1000), "standard")[0]
    model, order, found = both(values, 3, "full")
    assert (found.fitted_voxels, found.spacing) == (1000, 1)
    labels = GaussianMixture(3, random_state=SEED).fit_predict(values)
    np.testing.assert_array_equal(assign(found, values), np.argsort(order)[labels] + 1)
    np.testing.assert_array_equal(found.means, model.means_[order])


@pytest.mark.parametrize("edge", [1280, 1536, 2048, 3000, 4000, 4096, 8192, 11585])
def test_the_subset_is_out_of_step_with_rows_and_patterns(edge):
    n, voxels = spacing(edge**2), edge**2
    assert slice_fit.SUBSET_VOXELS / 2 < -(-voxels // n) <= slice_fit.SUBSET_VOXELS
    columns = np.unique(np.arange(0, voxels, n) % edge)
    assert len(columns) == edge
    assert spacing(1024**2) == 1


@pytest.mark.parametrize("covariance", COVARIANCES)
@pytest.mark.parametrize("images", [1, 2, 4])
@pytest.mark.parametrize("components", [1, 2, 5])
def test_free_parameters_are_those_of_scikit_learns_aic(covariance, images, components):
    values = scale(blobs(images, 400), "standard")[0]
    model, _, found = both(values, components, covariance)
    assert found.parameters == round(
        (model.aic(values) + 2 * len(values) * model.score(values)) / 2
    )
    assert found.bic == pytest.approx(model.bic(values))
    assert found.aic == pytest.approx(model.aic(values))


@pytest.mark.parametrize("kind", ["standard", "robust", "minmax", "none"])
def test_classes_are_described_in_original_units(kind):
    values = blobs()
    found = fit(values, scaling=kind)
    described = describe(found, 0.004)
    points = scale(values, kind)[0]
    responsibility = posterior(found, points)
    for k, own in enumerate(described):
        # The M step's own mean and covariance, of the values as they are in the file.
        weights = responsibility[:, k]
        mean = np.average(values, axis=0, weights=weights)
        spread = np.cov(values.T, aweights=weights, ddof=0)
        tolerance = 0.02 * values.std(axis=0).max()
        np.testing.assert_allclose(own.mean, mean, atol=tolerance)
        np.testing.assert_allclose(own.sd, np.sqrt(np.diag(spread)), rtol=0.05)
        assert own.correlation == pytest.approx(
            spread[0, 1] / np.sqrt(spread[0, 0] * spread[1, 1]), abs=0.03
        )
        assert own.number == k + 1
        assert own.voxels == (assign(found, points) == k + 1).sum()
        assert own.volume_ml == pytest.approx(own.voxels * 0.004)
    assert sum(c.weight for c in described) == pytest.approx(1)


def test_one_image_has_no_correlation():
    assert describe(fit(blobs(1), components=2), 1.0)[0].correlation is None


@pytest.mark.parametrize("sigma", [1, 2])
@pytest.mark.parametrize("correlation", [0, 0.6, -0.97])
def test_an_ellipse_lies_at_its_mahalanobis_distance(sigma, correlation):
    mean, sds = np.array([300.0, -20.0]), np.array([40.0, 3.0])
    covariance = np.outer(sds, sds) * [[1, correlation], [correlation, 1]]
    curve = ellipse(mean, covariance, sigma)
    away = curve - mean
    distance = np.sqrt((away * np.linalg.solve(covariance, away.T).T).sum(axis=1))
    np.testing.assert_allclose(distance, sigma, rtol=1e-9)
    np.testing.assert_allclose(curve[0], curve[-1])
    area = np.pi * np.sqrt(np.linalg.det(covariance)) * sigma**2
    assert Polygon(curve).area == pytest.approx(area, rel=0.01)


def test_two_fits_run_at_the_same_time(monkeypatch):
    """Both have to be within scikit-learn before either goes on."""
    together = Barrier(2)
    fit_predict = GaussianMixture.fit_predict

    def meets(self, *args):
        together.wait()
        return fit_predict(self, *args)

    monkeypatch.setattr(GaussianMixture, "fit_predict", meets)
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda seed: fit(blobs(), seed=seed), (1, 2)))
    assert [model.recipe.seed for model in found] == [1, 2]


# Long-tailed intensities, on which the likelihood still rises after 100 iterations.
SLOW = np.random.default_rng(0).exponential(size=(2000, 1)) ** 3


def test_a_fit_that_does_not_converge_says_so():
    found = fit(SLOW, components=8)
    assert not found.converged
    assert found.iterations == 100


def test_that_it_does_not_is_no_warning_where_warnings_are_errors():
    """In a program of its own: pytest's filters are not the product's."""
    script = "from tests.core.mixture.test_slice_fit import SLOW, fit; fit(SLOW, components=8)"
    subprocess.run([sys.executable, "-W", "error", "-c", script], check=True)
