"""Maps in the shape of a slice or a head, with scikit-learn's posteriors as the referee."""

import numpy as np
import pytest
from sklearn.mixture import GaussianMixture

from dashboard.core import maps
from dashboard.core.mixture.densities import CHUNK, counts_of
from dashboard.core.mixture.fit import fit
from dashboard.core.volume import read_volume
from tests.core.analysing import gathered


@pytest.mark.parametrize("chunk", [1, 500, 2**18])
def test_a_map_by_rows_has_each_voxel_in_its_place(sample, monkeypatch, chunk):
    monkeypatch.setattr(maps, "CHUNK", chunk)
    found = gathered([read_volume(sample / f"{name}.nii.gz") for name in ("T1", "b0")], 30)
    model = fit(found, found.recipe)
    other = GaussianMixture(3, random_state=found.recipe.seed).fit(found.points)
    shares = other.predict_proba(found.points).max(axis=1)
    certain = maps.certainty(lambda part: maps.posterior(model, found, part), found)
    assert np.isnan(certain[~found.mask]).all()
    np.testing.assert_allclose(certain[found.mask], shares, atol=1e-9)


def test_classes_are_counted_in_parts_as_at_once():
    classes = np.random.default_rng(0).integers(0, 5, 3 * CHUNK + 7).astype(np.uint8)
    np.testing.assert_array_equal(counts_of(classes, 6), np.bincount(classes, minlength=7))
