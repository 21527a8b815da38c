"""ICL and stability, with scikit-learn's posteriors and rand index as the referees."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import entropy
from sklearn.metrics import adjusted_rand_score
from sklearn.mixture import GaussianMixture

from dashboard.core.mixture.criteria import SEEDS, stability
from dashboard.core.mixture.fit import fit
from dashboard.core.volume import read_volume
from tests.candidates import candidates
from tests.core.analysing import gathered


@pytest.fixture
def found(sample):
    return gathered([read_volume(sample / f"{name}.nii.gz") for name in ("T1", "b0")], 30)


def test_icl_is_bic_and_twice_the_entropy_of_all_posteriors(found):
    for one in candidates(found, (1, 3)):
        model = GaussianMixture(one.model.components, random_state=12345).fit(found.points)
        shares = model.predict_proba(found.points)
        expected = model.bic(found.points) + 2 * entropy(shares, axis=1).sum()
        assert one.icl == pytest.approx(expected)
    assert one.icl > one.bic


def test_stability_is_the_mean_rand_index_of_all_pairs_of_seeds(found):
    recipe = replace(found.recipe, components=4)
    first = fit(found, recipe)
    labels = [
        GaussianMixture(4, random_state=recipe.seed + n).fit_predict(found.points)
        for n in range(SEEDS)
    ]
    pairs = [adjusted_rand_score(labels[i], labels[j]) for i in range(SEEDS) for j in range(i)]
    stable = stability(found, first, fit=lambda seed: fit(found, replace(recipe, seed=seed)))
    assert stable == pytest.approx(np.mean(pairs))


def test_fits_that_do_not_depend_on_the_seed_are_stable(found):
    first = fit(found, replace(found.recipe, components=1))
    assert stability(found, first, fit=lambda _: first) == 1
