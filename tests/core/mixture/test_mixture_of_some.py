"""Mixtures of some or of more than two of the images, against scikit-learn on the same columns."""

import nibabel as nib
import numpy as np
import pytest
from sklearn.mixture import GaussianMixture
from sklearn.preprocessing import StandardScaler

from dashboard.core.errors import FitError, GridError
from dashboard.core.processing import Clipped
from dashboard.core.volume import read_volume
from tests.candidates import candidates
from tests.core.analysing import analysed, gathered

SLICE = 30


@pytest.fixture(scope="module")
def images(sample, tmp_path_factory):
    """T1 and b0 of the sample and two contrasts made of them, each with voxels of its own at 0."""
    folder = tmp_path_factory.mktemp("four")
    t1 = nib.load(sample / "T1.nii.gz")
    b0 = nib.load(sample / "b0.nii.gz").get_fdata()
    t1_data = t1.get_fdata()
    noise = np.random.default_rng(4).normal(0, 5, (2, *t1.shape))
    made = {"ratio": t1_data / 4 + noise[0], "sum": np.sqrt(t1_data * b0) + noise[1]}
    volumes = [read_volume(sample / f"{name}.nii.gz") for name in ("T1", "b0")]
    for name, voxels in made.items():
        voxels[(t1_data == 0) | (np.arange(t1.shape[0])[:, None, None] == 60)] = 0
        path = folder / f"{name}.nii"
        nib.Nifti1Image(np.round(voxels, 1).astype(np.float64), t1.affine).to_filename(path)
        volumes.append(read_volume(path))
    return volumes


def cut(volume):
    return np.asarray(volume.data[:, :, SLICE], float)


def scikit_learns(columns, mask, components=3):
    """Return the classes of some images' voxels in a mask, 1..K by the first image's mean."""
    scaled = StandardScaler().fit_transform(np.column_stack([c[mask] for c in columns]))
    model = GaussianMixture(components, random_state=12345)
    labels = model.fit_predict(scaled)
    expected = np.zeros(mask.shape, int)
    expected[mask] = np.argsort(np.argsort(model.means_[:, 0]))[labels] + 1
    return expected


@pytest.mark.parametrize("mixed", [1, 2, 3])
def test_images_that_are_only_shown_change_no_class(images, mixed):
    cuts = [cut(volume) for volume in images]
    mask = np.all([c > 0 for c in cuts[:mixed]], axis=0)
    analysis = analysed(images, SLICE, mixed=mixed, xy=(0, 3))
    np.testing.assert_array_equal(analysis.features.mask, mask)
    np.testing.assert_array_equal(analysis.labels, scikit_learns(cuts[:mixed], mask))
    assert analysis.features.points.shape == (mask.sum(), mixed)
    assert analysis.features.values.shape == (mask.sum(), 4)
    np.testing.assert_array_equal(analysis.features.values[:, 3], cuts[3][mask])
    assert {len(c.mean) for c in analysis.classes} == {mixed}
    # The two contrasts have zeros of their own.
    assert (np.all([c > 0 for c in cuts], axis=0).sum() < mask.sum()) == (mixed < 3)


@pytest.mark.parametrize("components", [3, 5])
def test_four_images_are_fitted_in_four_dimensions(images, components):
    cuts = [cut(volume) for volume in images]
    mask = np.all([c > 0 for c in cuts], axis=0)
    analysis = analysed(images, SLICE, components=components)
    np.testing.assert_array_equal(analysis.labels, scikit_learns(cuts, mask, components))
    assert analysis.classes[0].covariance.shape == (4, 4)


def test_a_shown_image_without_intensity_takes_its_voxels_out(save):
    rng = np.random.default_rng(3)
    one, other = rng.normal(100, 10, (2, 9, 8, 4))
    other[2, 3] = np.nan
    volumes = [read_volume(save(f"{n}.nii", v)) for n, v in (("one", one), ("other", other))]
    analysis = analysed(volumes, 1, mixed=1)
    np.testing.assert_array_equal(analysis.features.mask, np.isfinite(other[:, :, 1]))


@pytest.mark.parametrize("level", ["0.1", "0.5", "1"])
def test_clipping_is_numpys_at_the_head_percentiles(images, level):
    cuts = [cut(volume) for volume in images[:2]]
    mask = (cuts[0] > 0) & (cuts[1] > 0)
    features = gathered(images[:2], SLICE, clip=level)
    np.testing.assert_array_equal(features.mask, mask)
    clipped = []
    for image, (volume, found) in enumerate(zip(images, features.values.T, strict=False)):
        whole = np.asarray(volume.data, float)
        limits = np.percentile(whole[whole != 0], [float(level), 100 - float(level)])
        expected = np.clip(cuts[image][mask], *limits)
        # Percentiles are those of the volume's own precision.
        np.testing.assert_allclose(found, expected, rtol=1e-3)
        assert (found != cuts[image][mask]).any()
        clipped.append(found)
    scaled = StandardScaler().fit_transform(np.column_stack(clipped))
    np.testing.assert_allclose(features.scaled, scaled, atol=1e-9)


def test_criteria_are_of_the_voxels_that_the_classes_are_of(images, save):
    # Where an image that is only shown has no intensity, no voxel is classified.
    holes = np.asarray(images[1].data, float).copy()
    holes[:50] = np.nan
    partial = read_volume(save("partial.nii", holes, images[1].affine))
    volumes = [images[0], partial]
    features = gathered(volumes, SLICE, mixed=1)
    t1 = cut(images[0])
    mask = (t1 > 0) & np.isfinite(holes[:, :, SLICE])
    scaled = StandardScaler().fit_transform(t1[mask][:, None])
    for k, found in zip((2, 3), candidates(features, [2, 3]), strict=True):
        expected = GaussianMixture(k, random_state=12345).fit(scaled)
        assert found.bic == pytest.approx(expected.bic(scaled))
        assert found.model.voxels == len(features.values) == mask.sum()


def test_clipping_is_a_step(images):
    assert gathered(images[:2], SLICE).facts == []
    assert gathered(images[:2], SLICE, clip="0.1").facts == [Clipped("0.1")]


def test_the_rule_mask_keeps_just_the_mask_where_intensities_are_finite(save):
    rng = np.random.default_rng(8)
    one, other = rng.normal(0, 10, (2, 12, 11, 4))
    one[1, 2], other[4, 5] = np.nan, -np.inf
    mask = rng.choice([-1.0, 0.0, 2.0, 1.0, 7.0, np.nan], (12, 11, 4))
    paths = [save(f"{n}.nii", v) for n, v in (("one", one), ("other", other), ("mask", mask))]
    *volumes, brain = map(read_volume, paths)
    features = gathered(volumes, 2, mask=brain, foreground="mask")
    with np.errstate(invalid="ignore"):
        inside = mask[:, :, 2] > 0
    expected = inside & np.isfinite(one[:, :, 2]) & np.isfinite(other[:, :, 2])
    np.testing.assert_array_equal(features.mask, expected)
    assert features.mask_volume is brain
    assert next(candidates(features, [1])).model.voxels == expected.sum()


def test_other_rules_know_no_mask(images, sample):
    dseg = read_volume(sample / "dseg.nii.gz")
    with_mask = gathered(images[:2], SLICE, mask=dseg)
    np.testing.assert_array_equal(with_mask.mask, gathered(images[:2], SLICE).mask)
    assert with_mask.mask_volume is None


def test_a_mask_on_another_grid_is_refused(images, save):
    other = read_volume(save("small_mask.nii", np.ones((8, 8, 40))))
    with pytest.raises(GridError, match="small_mask"):
        gathered(images[:2], SLICE, foreground="mask", mask=other)


def test_the_rule_mask_without_one_is_a_sentence(images):
    with pytest.raises(FitError, match="No mask is selected"):
        gathered(images[:2], SLICE, foreground="mask")
