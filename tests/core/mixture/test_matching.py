"""Which class is which: across slices, seeds and numbers of components."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import norm

from dashboard.core import maps
from dashboard.core.domain import WHOLE, Cut
from dashboard.core.errors import FitError, LimitError
from dashboard.core.mixture.features import features
from dashboard.core.mixture.fit import fit
from dashboard.core.mixture.matching import chain, distances, identities, kin, renumbered
from dashboard.core.mixture.model import Model
from dashboard.core.mixture.recipe import VOLUME_STARTS, Recipe
from dashboard.core.mixture.scaling import LinearScale
from dashboard.core.volume import read_volume

# As far as a slice holds a tissue.
LEAST_VOXELS = 200


def model(means, variances, *, offset=0.0, factor=1.0):
    """Return a mixture of one image whose parts are in these units."""
    k = len(means)
    return Model(
        recipe=Recipe(components=k),
        domain=WHOLE,
        scale=LinearScale(np.array([offset]), np.array([factor])),
        weights=np.full(k, 1 / k),
        means=(np.array(means, float)[:, None] - offset) / factor,
        covariances=np.array(variances, float)[:, None, None] / factor**2,
        order=np.arange(k),
        counts=np.arange(k),
        fitted_voxels=100,
        log_likelihood=-1.0,
        iterations=1,
        converged=True,
        floor=1e-6,
    )


def test_the_distance_is_that_of_the_densities_whatever_their_scale():
    """The squared Hellinger distance by its definition, integrated by SciPy."""
    first, second = ([10, 14], [4, 1]), ([11, 30, 14], [9, 2, 1])
    found = distances(model(*first), model(*second, offset=7, factor=3))
    for i, (m, v) in enumerate(zip(*first, strict=True)):
        for j, (n, w) in enumerate(zip(*second, strict=True)):
            p, q = norm(m, v**0.5), norm(n, w**0.5)
            apart = quad(lambda x, p=p, q=q: (p.pdf(x) ** 0.5 - q.pdf(x) ** 0.5) ** 2, -20, 60)
            assert found[i, j] == pytest.approx(apart[0] / 2, abs=1e-6)


@pytest.mark.parametrize(
    ("now", "before", "expected"),
    [
        ([10, 20, 30], [10, 20, 30], (0, 1, 2)),
        ([11, 29, 19], [10, 20, 30], (0, 2, 1)),
        ([10, 20, 50], [10, 20, 30], (0, 1, None)),
        ([19, 20.5], [20], (None, 0)),
        ([20], [10, 20, 30], (1,)),
    ],
)
def test_a_class_is_the_nearest_one_or_none(now, before, expected):
    assert kin(model(now, [1] * len(now)), model(before, [1] * len(before))) == expected


def test_kin_have_one_number_and_others_what_is_left():
    one = model([10, 20, 50], [1, 2, 3])
    found = renumbered(one, (2, None, 0))
    assert (found.means[:, 0].tolist(), found.order.tolist()) == ([50, 20, 10], [2, 1, 0])
    assert found.counts.tolist() == [2, 1, 0]
    assert found.covariances[:, 0, 0].tolist() == [3, 2, 1]


def head(*means):
    """Return what gives the usual fits of a head: each with one mean more than the one before."""
    fits = {len(one): model(one, [1] * len(one)) for one in means}

    def usual_head(components):
        if components not in fits:
            raise FitError("no fit")
        return fits[components]

    return usual_head


THREE = [10, 20, 30]


@pytest.mark.parametrize(
    ("means", "expected"),
    [
        ([THREE], (1, 2, 3)),
        ([THREE, [10, 15, 20, 30]], (1, 4, 2, 3)),
        ([THREE, [10, 15, 20, 30], [10, 15, 20, 25, 30]], (1, 4, 2, 5, 3)),
        # 4 is lost, and the two that are new are none of those before.
        ([THREE, [10, 15, 20, 30], [10, 20, 24, 27, 30]], (1, 2, 5, 6, 3)),
        ([THREE, [10, 30]], (1, 3)),
        ([THREE, [15, 30]], (4, 3)),
        ([THREE, [15, 30], [15]], (4,)),
        # A number without a fit is left out, also at the end.
        ([THREE, [10, 15, 20, 25, 30]], (1, 4, 2, 5, 3)),
    ],
)
def test_identities_are_handed_on_from_one_number_of_components_to_the_next(means, expected):
    assert chain(head(*means), len(means[-1])).identities == expected
    if len(means[-1]) > 3:
        assert chain(head(*means), len(means[-1]) + 1).identities == expected


def test_without_a_fit_to_begin_with_there_are_no_identities():
    with pytest.raises(FitError):
        chain(head([10, 20, 30, 40]), 4)


def test_a_number_of_components_that_takes_too_long_ends_the_chain():
    def usual_head(components):
        if components == 5:
            raise LimitError("too long")
        assert components < 5
        return model([10 * k for k in range(components)], [1] * components)

    with pytest.raises(LimitError):
        chain(usual_head, 8)


# Where classes may lie; neighbours are unlike.
PLACES = st.integers(0, 30).map(lambda place: 10.0 * place)
HEADS = st.tuples(
    *(st.lists(PLACES, min_size=k, max_size=k, unique=True).map(sorted) for k in range(1, 11))
)


@settings(max_examples=20, deadline=None)
@given(means=HEADS, other=st.lists(PLACES, min_size=1, max_size=10, unique=True))
def test_every_class_that_survives_keeps_its_identity_and_no_two_share_one(means, other):
    """Kin by their definition here: classes of one mean."""
    links = [chain(head(*means), components) for components in range(1, 11)]
    for mine, link in zip(means, links, strict=True):
        assert len(set(link.identities)) == len(mine)
        assert set(link.identities) <= set(range(1, 11))
    for (fewer, few), (more, many) in pairwise(zip(means, links, strict=True)):
        was = dict(zip(fewer, few.identities, strict=True))
        now = dict(zip(more, many.identities, strict=True))
        assert all(was[mean] == now[mean] for mean in was.keys() & now.keys())
    # Another seed's fit has those of the usual one.
    mine, link = means[len(other) - 1], links[len(other) - 1]
    was = dict(zip(mine, link.identities, strict=True))
    now = dict(zip(other, identities(model(other, [1] * len(other)), link), strict=True))
    assert len(set(now.values())) == len(other)
    assert set(now.values()) <= set(range(1, 11))
    assert all(was[mean] == now[mean] for mean in was.keys() & now.keys())


def walk(volumes, recipe, *, step=1):
    """Yield, for slices that hold every tissue, the labels of the slice's fit and the head's."""
    whole = replace(recipe, start="kmeans", starts=VOLUME_STARTS)
    head = fit(features(volumes, whole, WHOLE), whole)
    for index in range(0, volumes[0].orientation.count("axial"), step):
        found = features(volumes, recipe, Cut("axial", index), like=head.scale)
        if found.problem:
            continue
        tissues = maps.labels(head, found)[found.mask]
        if np.bincount(tissues, minlength=recipe.components + 1)[1:].min() >= LEAST_VOXELS:
            try:
                yield maps.labels(fit(found, recipe, start=head), found)[found.mask], tissues
            except FitError:
                yield np.zeros_like(tissues), tissues


def share_of_own(pairs, components):
    """Return the share of slices where each class is mostly its own tissue."""
    own = [
        all(np.median(tissues[labels == k] == k) == 1 for k in range(1, components + 1))
        for labels, tissues in pairs
    ]
    return np.mean(own), len(own)


@pytest.mark.parametrize("seed", [12345, 7])
def test_a_slice_that_starts_from_the_head_keeps_its_classes(sample, seed):
    volumes = [read_volume(sample / f"{name}.nii.gz") for name in ("T1", "b0")]
    recipe = Recipe(start="volume", seed=seed)
    share, slices = share_of_own(walk(volumes, recipe, step=9), 3)
    assert slices > 3
    assert share >= 0.95


@pytest.mark.long
@pytest.mark.parametrize("seed", [12345, 7])
@pytest.mark.parametrize("names", [("T1", "T2"), ("T1", "FLAIR", "T1POST", "T2")])
def test_every_slice_of_a_real_head_keeps_its_classes(real_data, names, seed):
    volumes = [read_volume(real_data / "ms_patient07" / f"{name}.nii.gz") for name in names]
    share, slices = share_of_own(walk(volumes, Recipe(start="volume", seed=seed), step=1), 3)
    assert slices > 100
    assert share >= 0.95


@pytest.mark.long
def test_every_slice_of_the_sample_keeps_its_classes_from_any_seed(sample):
    volumes = [read_volume(sample / f"{name}.nii.gz") for name in ("T1", "b0")]
    for seed in range(5):
        share, slices = share_of_own(walk(volumes, Recipe(start="volume", seed=seed), step=1), 3)
        assert slices == 50
        assert share >= 0.95


@pytest.mark.parametrize("covariance", ["full", "tied", "diag", "spherical"])
def test_a_fit_from_a_converged_fit_stays_there(sample, covariance):
    """Where EM has ended, it begins and ends again."""
    volumes = [read_volume(sample / f"{name}.nii.gz") for name in ("T1", "b0")]
    recipe = Recipe(covariance=covariance, tolerance=1e-6)
    found = features(volumes, recipe, Cut("axial", 30))
    first = fit(found, recipe)
    again = fit(found, replace(recipe, start="volume"), start=first)
    np.testing.assert_allclose(again.means, first.means, atol=2e-3)
    np.testing.assert_allclose(again.covariances, first.covariances, atol=2e-3)
    assert again.iterations <= 3
