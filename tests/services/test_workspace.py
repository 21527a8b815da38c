import numpy as np
import pytest
from sklearn.mixture import GaussianMixture
from sklearn.preprocessing import StandardScaler

from dashboard.core.errors import GridError, NeuroMixError
from dashboard.view import View

VIEW = View("pair", "T1", "b0", slice=5)


def test_an_analysis_is_computed_once_for_what_decides_the_numbers(study):
    first = study.analyse(VIEW)
    looks = View("pair", "T1", "b0", slice=5, bins=99, log=True, palette="plain", hidden=(1,))
    assert study.analyse(looks) is first
    assert study.analyse(View("pair", "T1", "b0", slice=6)) is not first


@pytest.mark.parametrize(
    "change", [{"components": 2}, {"covariance": "diag"}, {"scaling": "minmax"}, {"seed": 1},
               {"foreground": "nonzero"}, {"plane": "coronal"}, {"x": "b0", "y": "T1"}]
)  # fmt: skip
def test_each_setting_of_the_numbers_has_its_own_analysis(study, change):
    other = View(**{**VIEW.to_store(), "hidden": (), **change})
    assert study.analyse(other) is not study.analyse(VIEW)


def test_a_replaced_image_has_another_analysis(study, save, head):
    before = study.analyse(VIEW)
    save("data/pair/T1.nii.gz", head(0) * 3 + 1, np.diag([2.0, 2.0, 3.0, 1.0]))
    after = study.analyse(VIEW)
    np.testing.assert_array_equal(after.cuts[0], before.cuts[0] * 3 + 1)


def test_an_image_with_itself_is_analysed_alone_where_it_alone_is_mixed(study, head):
    analysis = study.analyse(View("pair", "T1", "T1", slice=5, mix="T1"))
    cut = head(0)[:, :, 5]
    scaled = StandardScaler().fit_transform(cut[cut > 0].reshape(-1, 1))
    model = GaussianMixture(3, random_state=12345).fit(scaled)
    np.testing.assert_allclose(analysis.mixture.means, np.sort(model.means_, axis=0))


def test_criteria_compare_one_to_ten_components(study, head):
    fits = study.criteria(VIEW)
    assert list(fits) == list(range(1, 11))
    cuts = [head(n)[:, :, 5] for n in (0, 1)]
    mask = (cuts[0] > 0) & (cuts[1] > 0)
    scaled = StandardScaler().fit_transform(np.column_stack([cut[mask] for cut in cuts]))
    for k in (1, 4, 10):
        model = GaussianMixture(k, random_state=12345)
        assert fits[k].bic == pytest.approx(model.fit(scaled).bic(scaled))
    assert study.criteria(View("pair", "T1", "b0", slice=5, components=7)) is fits


def test_images_on_two_grids_are_never_fitted(study, save, head):
    save("data/pair/epi.nii", head(2, (8, 8, 8)))
    with pytest.raises(GridError, match="epi"):
        study.analyse(View("pair", "T1", "epi", slice=5))


def test_a_slice_out_of_range_is_told(study):
    with pytest.raises(NeuroMixError, match="no axial slice 12"):
        study.analyse(View("pair", "T1", "b0", slice=12))


def test_companions_are_the_images_on_the_same_grid(study, save, head, tmp_path):
    affine = np.diag([2.0, 2.0, 3.0, 1.0])
    save("data/pair/adc.nii", head(2), affine)
    save("data/pair/epi.nii", head(2, (8, 8, 8)), affine)
    (tmp_path / "data/pair/bad.nii").write_text("no image")
    found = study.companions(View("pair", "b0", "T1", slice=5))
    assert [volume.name for volume in found] == ["b0", "T1", "adc"]
