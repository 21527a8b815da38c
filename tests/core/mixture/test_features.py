"""What a fit sees, against numpy on the files' own arrays."""

import nibabel as nib
import numpy as np
import pytest
from sklearn.mixture import GaussianMixture
from sklearn.preprocessing import StandardScaler

from dashboard.core import maps
from dashboard.core.analysis import analyse
from dashboard.core.domain import WHOLE, Cut
from dashboard.core.mixture.features import features
from dashboard.core.mixture.recipe import Recipe
from dashboard.core.volume import read_volume

RECIPE = Recipe()


@pytest.fixture
def pair(save, head):
    """Two images, stored with the first axis to the left and the last one to the front."""
    affine = np.array([[-2, 0, 0, 5], [0, 0, 3, -9], [0, 2, 0, 4], [0, 0, 0, 1.0]])
    return [save(f"{name}.nii.gz", head(n), affine) for n, name in enumerate(("T1", "b0"))]


def test_the_whole_head_is_every_foreground_voxel_in_storage_order(pair):
    t1, b0 = (nib.load(path).get_fdata() for path in pair)
    kept = (t1 > 0) & (b0 > 0)
    found = features([read_volume(path) for path in pair], RECIPE, WHOLE)
    np.testing.assert_array_equal(found.mask, kept)
    np.testing.assert_array_equal(found.values, np.column_stack([t1[kept], b0[kept]]))
    scaler = StandardScaler().fit(found.values)
    np.testing.assert_array_equal(found.scaled, scaler.transform(found.values))
    np.testing.assert_array_equal(found.scale.offset, scaler.mean_)


def test_a_cut_of_the_whole_head_holds_the_same_voxels(pair):
    volumes = [read_volume(path) for path in pair]
    whole = features(volumes, RECIPE, WHOLE)
    cut = features(volumes, RECIPE, Cut("coronal", 7))
    np.testing.assert_array_equal(cut.mask, whole.mask[:, :, 7])
    np.testing.assert_array_equal(cut.voxels[1], whole.voxels[1][:, :, 7])


def test_a_model_of_the_whole_head_labels_a_cut_as_it_labels_the_whole(pair):
    volumes = [read_volume(path) for path in pair]
    whole = analyse(features(volumes, RECIPE, WHOLE))
    expected = GaussianMixture(3, random_state=12345).fit_predict(whole.features.scaled)
    means = [whole.features.values[expected == k, 0].mean() for k in range(3)]
    labels = np.zeros(whole.labels.shape, int)
    labels[whole.features.mask] = np.argsort(np.argsort(means))[expected] + 1
    np.testing.assert_array_equal(whole.labels, labels)

    cut = features(volumes, RECIPE, Cut("coronal", 7))
    np.testing.assert_array_equal(maps.labels(whole.model, cut), labels[:, :, 7])
    shares = maps.posterior(whole.model, cut)
    everywhere = np.zeros((*labels.shape, 3))
    everywhere[whole.features.mask] = maps.posterior(whole.model, whole.features)
    np.testing.assert_allclose(shares, everywhere[:, :, 7][cut.mask], atol=1e-9)


def test_a_head_without_foreground_says_so(save):
    volume = read_volume(save("dark.nii", np.zeros((4, 4, 3))))
    analysis = analyse(features([volume], RECIPE, WHOLE))
    assert analysis.model is None
    assert "no foreground voxels in the volume: no voxel of dark is above 0." in analysis.problem
