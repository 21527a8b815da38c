"""Gaussians between the classes, for voxels that two tissues share."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import logsumexp
from scipy.stats import norm

from dashboard.core.analysis import analyse
from dashboard.core.domain import WHOLE
from dashboard.core.mixture.cells import cells
from dashboard.core.mixture.em import Mixture
from dashboard.core.mixture.features import features
from dashboard.core.mixture.model import Model
from dashboard.core.mixture.partial_volume import PartialVolume
from dashboard.core.mixture.recipe import Recipe
from dashboard.core.volume import read_volume

SETTINGS = Recipe(covariance="tied", tolerance=1e-5, starts=3, partial_volume=True)
LEVELS = np.array([0.0, 6.0, 10.0])


@pytest.fixture(scope="module")
def shared():
    """Intensities of three tissues with a noise of 0.6, half of them in voxels of two."""
    random = np.random.default_rng(4)
    first = random.choice(3, 40_000, p=[0.2, 0.45, 0.35])
    other = np.where(first == 1, random.choice([0, 2], 40_000), 1)
    share = np.where(random.random(40_000) < 0.5, 1, random.uniform(0.5, 1, 40_000))
    clean = share * LEVELS[first] + (1 - share) * LEVELS[other]
    return clean + random.normal(0, 0.6, size=40_000), first


def begun():
    return Mixture(np.full(3, 1 / 3), np.array([[1.0], [5.0], [9.0]]), np.ones((3, 1, 1)))


def test_em_ends_where_an_optimiser_of_the_likelihood_does(shared):
    values = shared[0][::40]
    em = PartialVolume(cells(values[:, None]), 3, 1e-9)
    found, between = em.tissues(em.run(em.begun(begun()), 1e-12))
    # Twice as many shares as are fitted: they stand for all.
    shares = (np.arange(16) + 0.5) / 16

    def loss(parameters):
        means, log_sd, logits = parameters[:3], parameters[3], np.append(parameters[4:], 0)
        weights = logits - logsumexp(logits)
        rows = [weights[k] + norm.logpdf(values, means[k], np.exp(log_sd)) for k in range(3)]
        for pair in (0, 1):
            middle = shares * means[pair] + (1 - shares) * means[pair + 1]
            each = norm.logpdf(values[:, None], middle, np.exp(log_sd))
            rows.append(weights[3 + pair] + logsumexp(each, axis=1) - np.log(16))
        return -logsumexp(rows, axis=0).mean()

    best = minimize(loss, [1, 5, 9, 0, 0, 0, 0, 0], method="BFGS").x
    np.testing.assert_allclose(found.means[:, 0], best[:3], atol=0.05)
    assert np.sqrt(found.covariances[0, 0, 0]) == pytest.approx(np.exp(best[3]), abs=0.02)
    logits = np.append(best[4:], 0)
    weights = np.exp(logits - logsumexp(logits))
    np.testing.assert_allclose(between[[0, 1], [1, 2]], weights[3:], atol=0.02)
    np.testing.assert_allclose(found.weights.sum(), 1)


def test_the_tissues_of_shared_voxels_are_found_better_than_by_their_gaussians_alone(shared, save):
    values, tissue = shared
    shape = (40, 40, 25)
    image = read_volume(save("T1.nii.gz", values.reshape(shape) + 20))
    truth = tissue.reshape(shape) + 1
    gaussians = replace(SETTINGS, covariance="full", partial_volume=False)
    plain, mixed = (analyse(features([image], recipe, WHOLE)) for recipe in (gaussians, SETTINGS))
    right = [np.mean(found.labels == truth) for found in (plain, mixed)]
    assert right[1] > right[0] + 0.01
    assert mixed.model.log_likelihood > plain.model.log_likelihood
    # Three means, one variance, and the weights of three tissues and two pairs that sum to 1.
    assert mixed.model.parameters == 3 + 1 + 4
    posterior = mixed.posterior()
    np.testing.assert_allclose(posterior.sum(axis=1), 1)
    np.testing.assert_array_equal(posterior.argmax(axis=1) + 1, mixed.labels[mixed.features.mask])
    assert mixed.model.counts.tolist() == np.bincount(mixed.labels.ravel())[1:].tolist()
    # The expected share of a tissue is what there is of it.
    assert abs(mixed.model.weights - posterior.mean(axis=0)).max() < 5e-3
    again = Model.from_json(mixed.model.to_json())
    np.testing.assert_array_equal(again.between, mixed.model.between)


def test_three_images_are_fitted_with_shared_voxels_too(shared, save, monkeypatch):
    monkeypatch.setattr("dashboard.core.mixture.cells.SOME", 2**12)
    values, tissue = shared
    random, shape = np.random.default_rng(5), (40, 40, 25)
    images = [
        read_volume(save(f"{k}.nii.gz", (values + random.normal(size=len(values))).reshape(shape)))
        for k in range(3)
    ]
    found = analyse(features(images, replace(SETTINGS, foreground="nonzero"), WHOLE))
    assert found.problem is None
    assert found.model.converged
    assert np.mean(found.labels.ravel() == tissue + 1) > 0.8
