"""Images are written, and read back, in as little memory as large heads leave."""

import nibabel as nib
import numpy as np
import pytest

from dashboard.core.errors import NeuroMixError
from dashboard.core.export import images
from dashboard.core.export.images import Probabilities
from dashboard.core.volume import read_volume
from tests.core.analysing import analysed


@pytest.mark.parametrize("classes_at_once", [1, 2, 5])
def test_probabilities_of_no_more_classes_than_memory_allows_are_kept(
    save, head, monkeypatch, classes_at_once
):
    analysis = analysed([read_volume(save("T1.nii", head(0)))], 5, components=5)
    expected, bound = analysis.posterior(), classes_at_once * 4 * len(analysis.features.values)
    monkeypatch.setattr(images, "KEPT_BYTES", bound)
    shares = Probabilities(analysis)
    for number in (1, 2, 3, 4, 5, 1):
        found = shares.of(number)
        assert found.base.nbytes <= bound
        np.testing.assert_array_equal(found, expected[:, number - 1].astype(np.float32))


@pytest.mark.parametrize("ending", ["nii", "nii.gz"])
@pytest.mark.parametrize("shape", [(7, 5), (7, 5, 9)])
def test_every_voxel_is_read_back(tmp_path, monkeypatch, ending, shape):
    monkeypatch.setattr(images, "READ_BYTES", 4 * 7 * 5 * 2)  # two slices
    voxels = np.random.default_rng(0).random(shape, dtype=np.float32)
    images.save(nib.Nifti1Image(voxels, np.eye(4)), tmp_path / f"whole.{ending}")
    kept = nib.save

    def spoilt(image, path):
        other = voxels.copy()
        other[-1, -1, ...].flat[-1] = -1
        kept(nib.Nifti1Image(other, image.affine), path)

    monkeypatch.setattr(nib, "save", spoilt)
    with pytest.raises(NeuroMixError, match="does not hold what was written"):
        images.save(nib.Nifti1Image(voxels, np.eye(4)), tmp_path / f"spoilt.{ending}")
