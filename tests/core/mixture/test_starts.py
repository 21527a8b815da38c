"""Several starts and another tolerance, against scikit-learn's own."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.mixture import GaussianMixture
from sklearn.preprocessing import StandardScaler

from dashboard.core.domain import Cut
from dashboard.core.errors import FitError
from dashboard.core.mixture.assignment import assign
from dashboard.core.mixture.recipe import TOLERANCES
from dashboard.core.mixture.slice_fit import fit
from dashboard.core.mixture.starts import CHANGED, MARGIN, better_start
from dashboard.core.volume import read_volume
from tests.core.analysing import analysed, gathered
from tests.core.mixture.test_slice_fit import SLOW
from tests.core.mixture.test_slice_fit import fit as fit_scaled
from tests.core.mixture.test_units import tissues

seeds = st.integers(0, 2**32 - 1)


def renumbered(model, points):
    return np.argsort(np.argsort(model.means_[:, 0]))[model.predict(points)] + 1


@settings(max_examples=30)
@given(seeds, seeds, st.integers(1, 6), st.integers(1, 3), st.sampled_from(TOLERANCES))
def test_starts_and_tolerance_are_scikit_learns(seed, random_state, starts, images, tolerance):
    points = StandardScaler().fit_transform(tissues(seed, images, 300))
    found = fit_scaled(points, components=4, seed=random_state, starts=starts, tolerance=tolerance)
    model = GaussianMixture(
        4, random_state=random_state, n_init=starts, tol=tolerance, max_iter=5000
    ).fit(points)
    np.testing.assert_array_equal(assign(found, points), renumbered(model, points))
    assert (found.iterations, found.converged) == (model.n_iter_, True)
    assert found.log_likelihood == pytest.approx(model.score(points))


def test_a_strict_tolerance_has_the_iterations_that_it_needs():
    loose, strict = (fit_scaled(SLOW, components=4, tolerance=t) for t in (1e-3, 1e-6))
    assert strict.converged
    assert strict.iterations > 100 >= loose.iterations
    assert strict.log_likelihood > loose.log_likelihood


def test_very_large_slices_get_no_more_iterations(monkeypatch):
    monkeypatch.setattr("dashboard.core.mixture.slice_fit.MOST_WORK", 150 * len(SLOW))
    found = fit_scaled(SLOW, components=8, tolerance=1e-6)
    assert (found.iterations, found.converged) == (150, False)


def test_a_start_that_fails_leaves_the_others(monkeypatch):
    fit_predict, calls = GaussianMixture.fit_predict, []

    def fails_first(self, points):
        calls.append(self)
        if len(calls) == 1:
            raise ValueError("singular")
        return fit_predict(self, points)

    monkeypatch.setattr(GaussianMixture, "fit_predict", fails_first)
    points = StandardScaler().fit_transform(tissues(1, 2))
    assert fit_scaled(points, starts=2).converged
    calls.clear()
    with pytest.raises(FitError, match="singular"):
        fit_scaled(points, starts=1)


def parted(seed):
    """A broad tissue and two narrow ones: k-means often parts the broad one, as in an ADC map."""
    chance = np.random.default_rng(seed)
    kind = chance.choice(3, 900, p=[0.4, 0.4, 0.2])
    means = np.array([700.0, 840.0, 3000.0]) + chance.normal(0, 30, 3)
    values = means[kind] + np.array([40.0, 60.0, chance.uniform(100, 900)])[kind] * chance.normal(
        size=900
    )
    return np.maximum(values, 1.0)


@pytest.fixture
def slice_of(save):
    """Return a function that makes a volume of one slice with these intensities."""

    def slice_of(values):
        return read_volume(save("adc.nii", values.reshape(30, 30, 1)))

    return slice_of


@pytest.mark.wide
@settings(max_examples=40)
@given(seed=seeds)
def test_a_better_start_is_named_where_the_gain_matters(seed, slice_of):
    volume = slice_of(parted(seed))
    features = gathered([volume], 0)
    found = better_start(features, fit(features, features.recipe))
    points = StandardScaler().fit_transform(volume.data.reshape(-1, 1))
    one, ten = (
        GaussianMixture(3, random_state=12345, n_init=starts).fit(points) for starts in (1, 10)
    )
    gain = ten.score(points) - one.score(points)
    changed = (renumbered(one, points) != renumbered(ten, points)).mean()
    assert (found is not None) == (gain >= MARGIN and changed >= CHANGED)
    if found:
        assert found.facts["best"] == pytest.approx(ten.score(points))
        assert found.facts["now"] == pytest.approx(one.score(points))
        assert found.facts["changed"] == pytest.approx(changed)
        # What is offered is what comes.
        offered = analysed([volume], 0, starts=found.facts["starts"])
        assert offered.model.log_likelihood == pytest.approx(found.facts["best"])
        assert better_start(features, offered.model) is None


def test_some_of_these_start_badly_and_some_well(slice_of):
    def found(seed):
        features = gathered([slice_of(parted(seed))], 0)
        return better_start(features, fit(features, features.recipe))

    assert {found(seed) is None for seed in range(12)} == {True, False}


def test_one_component_has_no_other_start(slice_of):
    features = gathered([slice_of(parted(0))], 0, components=1)
    assert better_start(features, fit(features, features.recipe)) is None


def test_a_large_slice_is_tried_by_some_of_its_voxels(slice_of, monkeypatch):
    monkeypatch.setattr("dashboard.core.mixture.starts.TRIED_VOXELS", 300)
    sizes = []
    fit_predict = GaussianMixture.fit_predict
    monkeypatch.setattr(
        GaussianMixture,
        "fit_predict",
        lambda self, points: (sizes.append(len(points)), fit_predict(self, points))[1],
    )
    features = gathered([slice_of(parted(0))], 0)
    model = fit(features, features.recipe)
    sizes.clear()
    better_start(features, model)
    assert len(sizes) == 10
    assert max(sizes) <= 300


def test_the_adc_map_of_a_report_has_a_better_start(real_data):
    volume = read_volume(real_data / "reports/33_one_start_of_the_fit/ADC.nii.gz")
    analysis = analysed([volume], 14)
    found = better_start(analysis.features, analysis.model)
    assert found.facts["now"] == pytest.approx(0.085, abs=5e-4)
    assert found.facts["best"] == pytest.approx(0.235, abs=5e-4)
    assert analysis.features.domain == Cut("axial", 14)


@pytest.mark.wide
def test_a_slice_of_a_patient_has_better_starts_for_four_classes(real_data):
    volumes = [read_volume(real_data / f"ms_patient07/{name}.nii.gz") for name in ("T1", "T2")]
    analysis = analysed(volumes, 85, components=4)
    points = analysis.features.points
    seeds = [GaussianMixture(4, random_state=seed).fit(points).score(points) for seed in range(20)]
    assert sum(found > analysis.model.log_likelihood + 1e-3 for found in seeds) == 16
    found = better_start(analysis.features, analysis.model)
    assert found.facts["best"] == pytest.approx(max(seeds), abs=1e-3)
