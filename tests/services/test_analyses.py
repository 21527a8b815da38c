import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import nibabel as nib
import numpy as np
import pytest
from sklearn.metrics import confusion_matrix, f1_score
from sklearn.mixture import GaussianMixture
from sklearn.preprocessing import StandardScaler

from dashboard.core.domain import WHOLE
from dashboard.core.errors import GridError, NeuroMixError
from dashboard.services import mixtures
from dashboard.view import View
from tests.images import AFFINE

VIEW = View("pair", "T1", "b0", slice=5)


def criteria(desk, view):
    """Return the last that is known of each number of components, at the end."""
    while not (found := desk.analyses.criteria(desk.scene(view))).done:
        pass
    return {one.model.components: one for one in found.items}


def agreement(desk, view):
    return desk.analyses.agreement(desk.scene(view))


def test_an_analysis_is_computed_once_for_what_decides_the_numbers(study):
    first = study.analyse(VIEW)
    looks = View("pair", "T1", "b0", slice=5, bins=99, log=True, palette="plain", hidden=(1,))
    assert study.analyse(looks) is first
    assert study.analyse(View("pair", "T1", "b0", slice=6)) is not first


@pytest.mark.parametrize(
    "change", [{"components": 2}, {"covariance": "diag"}, {"scaling": "minmax"}, {"seed": 1},
               {"tolerance": "1e-6"}, {"starts": 2},
               {"foreground": "nonzero"}, {"plane": "coronal"}, {"x": "b0", "y": "T1"}]
)  # fmt: skip
def test_each_setting_of_the_numbers_has_its_own_analysis(study, change):
    other = View(**{**VIEW.to_store(), "hidden": (), **change})
    assert study.analyse(other) is not study.analyse(VIEW)


def test_a_replaced_image_has_another_analysis(study, save, head):
    before = study.analyse(VIEW)
    save("data/pair/T1.nii.gz", head(0) * 3 + 1, AFFINE)
    after = study.analyse(VIEW)
    np.testing.assert_array_equal(after.features.voxels[0], before.features.voxels[0] * 3 + 1)


def test_an_image_with_itself_is_analysed_alone_where_it_alone_is_mixed(study, head):
    analysis = study.analyse(View("pair", "T1", "T1", slice=5, mix="T1"))
    cut = head(0)[:, :, 5]
    scaled = StandardScaler().fit_transform(cut[cut > 0].reshape(-1, 1))
    model = GaussianMixture(3, random_state=12345).fit(scaled)
    np.testing.assert_allclose(np.sort(analysis.model.means, axis=0), np.sort(model.means_, axis=0))


def test_criteria_compare_one_to_ten_components(study, head):
    fits = criteria(study, VIEW)
    assert list(fits) == list(range(1, 11))
    cuts = [head(n)[:, :, 5] for n in (0, 1)]
    mask = (cuts[0] > 0) & (cuts[1] > 0)
    scaled = StandardScaler().fit_transform(np.column_stack([cut[mask] for cut in cuts]))
    for k in (1, 4, 10):
        model = GaussianMixture(k, random_state=12345)
        assert fits[k].bic == pytest.approx(model.fit(scaled).bic(scaled))
    assert criteria(study, View("pair", "T1", "b0", slice=5, components=7)) == fits


def test_images_on_two_grids_are_never_fitted(study, save, head):
    save("data/pair/epi.nii", head(2, (8, 8, 8)))
    with pytest.raises(GridError, match="epi"):
        study.analyse(View("pair", "T1", "epi", slice=5))


def test_a_fit_of_nothing_but_unknown_images_is_refused(study):
    for mix in ("T9", "T9,b9", ","):
        with pytest.raises(NeuroMixError, match="none of the images in the fit"):
            study.analyse(replace(VIEW, mix=mix))


def test_what_was_fitted_of_an_image_goes_with_it_also_while_it_is_fitted(
    study, monkeypatch, tmp_path
):
    study.analyse(VIEW)
    fits = tmp_path / "cache" / "models"
    assert len(list(fits.iterdir())) == 2  # the slice's, and that of the head
    source = study.volume("pair", "T1").source
    fit = mixtures.fit

    def meanwhile(*args, **start):
        study.archive._store.forget(source)
        study.analyses.forget(source)
        return fit(*args, **start)

    monkeypatch.setattr(mixtures, "fit", meanwhile)
    assert study.analyse(replace(VIEW, slice=6)).model is not None
    assert list(fits.iterdir()) == []


@pytest.mark.parametrize("name", ["T1", "brain_mask"])
def test_an_analysis_in_memory_goes_with_each_of_its_files(helped, name):
    view = replace(VIEW, foreground="mask")
    by_mask, without = helped.analyse(view), helped.analyse(replace(VIEW, mix="b0", x="b0"))
    helped.analyses.forget(helped.volume("pair", name).source)
    assert helped.analyse(view) is not by_mask
    assert helped.analyse(replace(VIEW, mix="b0", x="b0")) is without


def test_a_slice_out_of_range_is_refused(study):
    with pytest.raises(NeuroMixError, match="no axial slice 12"):
        study.analyse(View("pair", "T1", "b0", slice=12))


@pytest.mark.parametrize("scope", ["slice", "volume"])
def test_another_worker_knows_the_criteria_at_once(study, desk, tmp_path, monkeypatch, scope):
    view = replace(VIEW, scope=scope)
    fits = criteria(study, view)
    other = desk(tmp_path / "data", tmp_path / "cache")
    monkeypatch.setattr(mixtures, "features", lambda *_, **__: pytest.fail("gathered again"))
    found = other.analyses.criteria(other.scene(view)).items
    assert [one.to_json() for one in found[-10:]] == [fits[k].to_json() for k in range(1, 11)]
    assert [one.stability for one in found[:10]] == [None] * 10


def test_damaged_criteria_are_made_again(study, desk, tmp_path):
    fits = criteria(study, VIEW)
    for file in tmp_path.rglob("*.json"):
        file.write_bytes(file.read_bytes()[:-20])
    again = criteria(desk(tmp_path / "data", tmp_path / "cache"), VIEW)
    assert [again[k].to_json() for k in again] == [fits[k].to_json() for k in fits]


@pytest.mark.parametrize(
    ("fit", "stable"), [({1}, set()), ({1}, {10}), ({4, 5}, {8}), ({10}, {10})]
)
def test_criteria_are_whole_whatever_the_cache_has_lost(study, desk, tmp_path, fit, stable):
    fits = criteria(study, VIEW)
    for file in (tmp_path / "cache/models").glob("*.json"):
        kept = json.loads(file.read_text())
        lost = fit if kept.get("stability") is None else stable
        if "stability" in kept and len(kept["model"]["weights"]) in lost:
            file.unlink()
    again = criteria(desk(tmp_path / "data", tmp_path / "cache"), VIEW)
    assert [again[k].to_json() for k in fits] == [fits[k].to_json() for k in fits]


def test_criteria_and_classes_of_other_voxels_share_no_fit(study, save, head):
    holes = head(1)
    holes[:8] = np.nan
    save("data/pair/holes.nii", holes, AFFINE)
    alone = View("pair", "T1", "T1", slice=5, mix="T1")
    beside = View("pair", "T1", "holes", slice=5, mix="T1")
    counts = []
    for view in (alone, beside):
        swept = criteria(study, view)[3].model
        counts.append(swept.voxels)
        assert len(study.analyse(view).features.values) == counts[-1]
        assert study.analyse(view).model.bic == swept.bic
    assert counts[1] < counts[0]


# ---- the whole head
WHOLE_HEAD = replace(VIEW, scope="volume")


def test_a_fit_of_the_whole_head_is_one_on_every_slice(study, head):
    positive = (head(0) > 0) & (head(1) > 0)
    fitted = study.analyse(WHOLE_HEAD)
    assert fitted.model.voxels == np.count_nonzero(positive)
    for slice in (4, 5):
        cut = study.analyses.at_cut(study.scene(replace(WHOLE_HEAD, slice=slice)))
        np.testing.assert_array_equal(cut.labels, fitted.labels[:, :, slice])
        assert cut.model.to_json() == fitted.model.to_json()


def test_a_cut_is_under_the_whole_heads_model_however_it_is_scaled(study):
    fitted = study.analyse(WHOLE_HEAD)
    cut = study.analyses.at_cut(study.scene(replace(WHOLE_HEAD, plane="sagittal")))
    assert not np.allclose(cut.features.scale.offset, fitted.features.scale.offset)
    np.testing.assert_array_equal(cut.labels, fitted.labels[5])


@pytest.mark.parametrize("plane", ["axial", "coronal", "sagittal"])
def test_under_a_spatial_prior_a_cut_is_that_of_the_head(study, save, head, plane):
    for number, name in enumerate(("T1", "b0")):
        noise = np.random.default_rng(number).normal(0, 90, head(number).shape)
        save(f"data/pair/{name}.nii.gz", np.abs(head(number) + noise) * (head(number) > 0), AFFINE)
    view = replace(WHOLE_HEAD, prior=0.5, plane=plane)
    fitted, axis = study.analyse(view), {"sagittal": 0, "coronal": 1, "axial": 2}[plane]
    cut = study.analyses.at_cut(study.scene(view))
    found = np.take(fitted.labels, 5, axis)
    np.testing.assert_array_equal(cut.labels, found)
    np.testing.assert_array_equal(cut.posterior().argmax(axis=1) + 1, found[found > 0])
    field = np.zeros((3, *fitted.labels.shape))
    field[:, fitted.features.mask] = fitted.posterior().T
    np.testing.assert_array_equal(
        cut.posterior().T, np.take(field, 5, axis + 1)[:, cut.features.mask]
    )
    some = np.arange(0, len(fitted.features.values), 7)
    classes = fitted.classes_of(some)
    np.testing.assert_array_equal(classes, fitted.labels[fitted.features.mask][some])
    assert (study.analyse(WHOLE_HEAD).labels != fitted.labels).any()
    np.testing.assert_array_equal(np.bincount(fitted.labels.ravel())[1:], fitted.model.counts)


@pytest.mark.parametrize("view", [VIEW, WHOLE_HEAD, replace(WHOLE_HEAD, components=5)])
def test_some_voxels_have_the_classes_of_the_label_map(study, view):
    analysis = study.analyse(view)
    some = np.random.default_rng(0).integers(0, len(analysis.features.values), 500)
    classes = analysis.classes_of(some)
    np.testing.assert_array_equal(classes, analysis.labels[analysis.features.mask][some])


def test_what_is_made_of_a_heads_voxels_is_made_once_for_all_its_mixtures(study, save, head):
    made = []

    def ask(view, name="cloud"):
        return study.analyses.of_foreground(study.scene(view), name, lambda: made.append(view))

    for mixture in ({}, {"components": 5}, {"seed": 3}, {"covariance": "diag"}, {"slice": 2}):
        ask(replace(WHOLE_HEAD, **mixture))
    assert made == [WHOLE_HEAD]
    others = [replace(WHOLE_HEAD, scaling="robust"), replace(WHOLE_HEAD, x="b0", y="T1"), VIEW]
    for view in others:
        ask(view)
    ask(WHOLE_HEAD, "counts")
    assert made == [WHOLE_HEAD, *others, WHOLE_HEAD]
    save("data/pair/T1.nii.gz", head(0) * 2, AFFINE)
    ask(WHOLE_HEAD)
    assert len(made) == 6


def test_a_slice_without_foreground_is_no_problem_of_the_head(study, save, head):
    empty = head(0)
    empty[:, :, 3] = 0
    save("data/pair/T1.nii.gz", empty, AFFINE)
    cut = study.analyses.at_cut(study.scene(replace(WHOLE_HEAD, slice=3)))
    assert cut.problem is None
    assert not cut.labels.any()


def test_other_mixtures_of_a_head_share_its_voxels(study):
    first = study.analyse(WHOLE_HEAD).features
    second = study.analyse(replace(WHOLE_HEAD, components=4, seed=1)).features
    assert second.recipe.components == 4
    assert second.values is first.values
    assert second.partition() is first.partition()


def test_the_whole_head_has_more_starts_unless_their_number_is_chosen(study):
    assert study.analyse(WHOLE_HEAD).model.recipe.starts == 10
    assert study.analyse(replace(WHOLE_HEAD, starts=1)).model.recipe.starts == 1
    assert study.analyse(VIEW).model.recipe.starts == 1


# ---- agreement with a reference


def test_agreement_on_the_lessons_slice_is_scikit_learns(sample, tmp_path, desk):
    workspace = desk(sample.parent, tmp_path)
    view = View("sample", "T1", "b0", slice=30)
    found = agreement(workspace, view)
    t1, b0, truth = (
        np.asarray(nib.load(sample / f"{name}.nii.gz").dataobj)[:, :, 30]
        for name in ("T1", "b0", "dseg")
    )
    mask = (t1 > 0) & (b0 > 0)
    scaled = StandardScaler().fit_transform(np.column_stack([t1[mask], b0[mask]]).astype(float))
    model = GaussianMixture(3, random_state=12345)
    labels = model.fit_predict(scaled)
    classes = np.zeros(mask.shape, int)
    classes[mask] = np.argsort(np.argsort(model.means_[:, 0]))[labels] + 1
    numbers = [0, 1, 2, 3]
    expected = confusion_matrix(classes.ravel(), truth.astype(int).ravel(), labels=numbers)
    np.testing.assert_array_equal(found.counts, expected)
    assert found.matched == {1: 1, 2: 2, 3: 3}
    dice = f1_score(truth.ravel(), classes.ravel(), labels=numbers[1:], average=None)
    np.testing.assert_allclose([m.dice for m in found.matches], dice)
    # As published with the sample.
    np.testing.assert_allclose(dice, [0.876, 0.853, 0.945], atol=5e-4)


def test_no_reference_is_no_agreement(helped):
    assert agreement(helped, View("pair", "T1", "b0", slice=5, reference="none")) is None
    assert agreement(helped, VIEW) is not None


def test_a_slice_without_classes_has_no_agreement(helped):
    assert agreement(helped, View("pair", "T1", "b0", "sagittal", 0)) is None


def test_a_reference_on_another_grid_is_an_error_until_it_is_resampled(helped, save, head):
    save("data/pair/dseg.nii", (head(0)[::2] > 150) + 1, np.diag([4.0, 2.0, 3.0, 1.0]))
    with pytest.raises(GridError, match="dseg"):
        agreement(helped, VIEW)
    found = agreement(helped, View("pair", "T1", "b0", slice=5, grid="T1"))
    # Nearest neighbour: no label between two of them.
    assert found.labels == (0, 1, 2)


@pytest.fixture(scope="module")
def brainweb(real_data, tmp_path_factory, desk):
    return desk(real_data, tmp_path_factory.mktemp("cache"))


# Above it, agreement is called excellent: Zijdenbos et al. (1994), IEEE TMI 13, 716-724.
EXCELLENT = 0.7


def test_classes_of_a_simulated_scan_agree_with_its_tissues_throughout_the_brain(brainweb):
    """Over all axial slices that hold every tissue, as the truth that it was simulated from says.

    A bound for each slice would be one picked after looking: slices differ in how much of each
    tissue they hold.
    """
    opened = brainweb.open({"study": "brainweb_t1"}).scene
    truth = opened.reference.require()
    counts = np.zeros((4, 4), dtype=int)
    for index in range(truth.orientation.count("axial")):
        labels = truth.orientation.cut(truth.data, "axial", index)
        if {1, 2, 3} <= set(np.unique(labels)):
            counts += agreement(brainweb, replace(opened.view, slice=index)).counts
    dice = 2 * counts.diagonal() / (counts.sum(axis=0) + counts.sum(axis=1))
    assert min(dice[1:]) > EXCELLENT
    assert (counts[1:].argmax(axis=1) == [1, 2, 3]).all()


def by_tissue(analysis, kind):
    """Return the class, and its identity, that has most voxels of each tissue."""
    labels = analysis.labels.squeeze()
    numbers = [np.bincount(labels[kind == tissue]).argmax() for tissue in range(3)]
    return [(int(k), analysis.identities[k - 1]) for k in numbers]


@pytest.mark.parametrize("start", ["kmeans", "volume"])
def test_a_tissue_has_one_number_and_identity_on_every_slice_from_every_seed(swapped, start):
    view = View("swapped", "T1", "b0", slice=2, start=start)
    head = swapped.analyses.analyse(swapped.scene(replace(view, scope="volume")))
    assert head.identities == (1, 2, 3)
    expected = [(1, 1), (2, 2), (3, 3)]
    for index, seed in ((2, 12345), (4, 12345), (4, 5)):
        found = swapped.analyse(replace(view, slice=index, seed=seed))
        assert by_tissue(found, swapped.kind[:, :, index]) == expected


def test_a_tissue_keeps_its_identity_with_more_classes(swapped):
    view = View("swapped", "T1", "b0", slice=2)
    few = swapped.analyse(view)
    many = swapped.analyse(replace(view, components=4))
    assert len(set(many.identities)) == 4
    kind = swapped.kind[:, :, 2]
    kept = [a[1] == b[1] for a, b in zip(by_tissue(few, kind), by_tissue(many, kind), strict=True)]
    assert kept.count(True) >= 2


def test_a_slice_from_the_head_has_the_scale_of_the_head(swapped):
    view = View("swapped", "T1", "b0", slice=2, start="volume")
    head = swapped.analyses.analyse(swapped.scene(replace(view, scope="volume")))
    found = swapped.analyse(view)
    np.testing.assert_array_equal(found.model.scale.offset, head.model.scale.offset)
    values = found.features.values
    scaled = (values - values.mean(axis=0)) / values.std(axis=0)
    assert not np.allclose(found.features.scaled, scaled)
    np.testing.assert_allclose(found.features.scale.means(found.features.scaled), values)


@pytest.fixture
def fitted(monkeypatch):
    """The domain and the number of components of each fit, in turn."""
    fit, found = mixtures.fit, []

    def counted(features, recipe, **start):
        found.append((features.domain, recipe.components))
        return fit(features, recipe, **start)

    monkeypatch.setattr(mixtures, "fit", counted)
    return found


def test_many_who_ask_for_slices_cause_one_fit_of_the_head(swapped, fitted):
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda i: swapped.analyse(View("swapped", "T1", "b0", slice=i)), range(4)))
    assert [fit for fit in fitted if fit[0] is WHOLE] == [(WHOLE, 3)]


def test_identities_cost_the_fits_between_once_and_the_next_number_none(swapped, fitted):
    view = View("swapped", "T1", "b0", slice=2, scope="volume")
    cut = replace(view, scope="slice", components=5)
    with ThreadPoolExecutor(4) as pool:
        first = list(pool.map(swapped.analyse, [cut] * 4))
    head = [fit for fit in fitted if fit[0] is WHOLE]
    assert head == [(WHOLE, 3), (WHOLE, 4), (WHOLE, 5)]
    assert len({one.identities for one in first}) == 1
    fitted.clear()
    assert swapped.analyse(replace(view, components=6)).identities
    swapped.analyse(replace(view, components=4, seed=1))
    assert fitted == [(WHOLE, 6), (WHOLE, 4)]
