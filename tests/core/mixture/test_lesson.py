"""The notebook's own calls, written out, against the pipeline."""

import nibabel as nib
import numpy as np
import pytest
from sklearn.mixture import GaussianMixture
from sklearn.preprocessing import StandardScaler

from dashboard.core.histogram import histogram
from dashboard.core.volume import read_volume
from tests.core.analysing import analysed

SLICE = 30


@pytest.fixture(scope="module")
def notebook(sample):
    t1 = nib.load(sample / "T1.nii.gz").get_fdata()[:, :, SLICE]
    b0 = nib.load(sample / "b0.nii.gz").get_fdata()[:, :, SLICE]
    mask = (t1 > 0) & (b0 > 0)
    return t1, b0, mask


@pytest.fixture(scope="module")
def images(sample):
    return [read_volume(sample / f"{name}.nii.gz") for name in ("T1", "b0")]


def notebooks(notebook, components=3, **options):
    """Return the notebook's label image, its classes renumbered by ascending mean of T1."""
    t1, b0, mask = notebook
    scaled = StandardScaler().fit_transform(np.column_stack([t1[mask], b0[mask]]))
    mixture = GaussianMixture(components, **{"random_state": 12345, **options})
    labels = np.zeros(mask.shape, int)
    classes = mixture.fit_predict(scaled)
    labels[mask] = np.argsort(np.argsort(mixture.means_[:, 0]))[classes] + 1
    return labels


@pytest.mark.parametrize(
    ("components", "covariance"), [(3, "full"), (2, "tied"), (5, "diag"), (4, "spherical")]
)
def test_the_partition_is_the_notebooks_voxel_for_voxel(notebook, images, components, covariance):
    expected = notebooks(notebook, components, covariance_type=covariance)
    found = analysed(images, SLICE, components=components, covariance=covariance)
    np.testing.assert_array_equal(found.labels, expected)


def test_the_defaults_are_the_notebooks(notebook, images):
    np.testing.assert_array_equal(analysed(images, SLICE).labels, notebooks(notebook))


def test_another_seed_is_handed_to_scikit_learn(notebook, images):
    expected = notebooks(notebook, 6, random_state=7)
    np.testing.assert_array_equal(analysed(images, SLICE, components=6, seed=7).labels, expected)


def test_background_is_not_a_class(notebook, images):
    _, _, mask = notebook
    labels = analysed(images, SLICE).labels
    assert (labels[~mask] == 0).all()
    assert set(np.unique(labels[mask])) == {1, 2, 3}


def test_the_slice_and_the_kept_voxels_are_the_files(notebook, images):
    t1, b0, mask = notebook
    analysis = analysed(images, SLICE)
    for cut, expected in zip(analysis.features.voxels, (t1, b0), strict=True):
        np.testing.assert_array_equal(cut, expected)
    np.testing.assert_array_equal(analysis.features.mask, mask)
    np.testing.assert_array_equal(analysis.features.values, np.column_stack([t1[mask], b0[mask]]))


@pytest.mark.parametrize("image", [0, 1], ids=["T1", "b0"])
def test_histograms_before_and_after_zero_removal_are_numpys(notebook, images, image):
    mask = notebook[2]
    intensities = notebook[image]
    analysis = analysed(images, SLICE)
    for found, values in (
        (histogram(analysis.features.voxels[image], 50), intensities),
        (histogram(analysis.features.values[:, image], 50), intensities[mask]),
    ):
        counts, edges = np.histogram(values, 50)
        np.testing.assert_array_equal(found.counts, counts)
        np.testing.assert_array_equal(found.edges, edges)
