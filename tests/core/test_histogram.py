import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.preprocessing import FunctionTransformer, MinMaxScaler, RobustScaler, StandardScaler

from dashboard.core.errors import FitError
from dashboard.core.histogram import histogram
from dashboard.core.mixture.scaling import scale

VALUES = np.random.default_rng(0).gamma(2, [80, 300], (500, 2))
SCALERS = {"standard": StandardScaler, "robust": RobustScaler, "minmax": MinMaxScaler,
           "none": FunctionTransformer}  # fmt: skip


@pytest.mark.parametrize("kind", SCALERS)
def test_scaling_is_scikit_learns_and_is_undone(kind):
    scaled, linear = scale(VALUES, kind)
    np.testing.assert_array_equal(scaled, SCALERS[kind]().fit_transform(VALUES))
    np.testing.assert_allclose(linear.means(scaled), VALUES, rtol=1e-12)
    np.testing.assert_allclose(linear.covariances(np.cov(scaled.T)), np.cov(VALUES.T), rtol=1e-12)


@pytest.mark.parametrize("kind", SCALERS)
def test_a_constant_image_scales_without_division_by_zero(kind):
    scaled, linear = scale(np.full((9, 1), 4.0), kind)
    assert np.isfinite(scaled).all()
    np.testing.assert_allclose(linear.means(scaled), 4.0)


@pytest.mark.parametrize("kind", SCALERS)
@pytest.mark.parametrize("magnitude", [1e155, 1e200, 1e308])
def test_intensities_whose_squares_overflow_are_refused(kind, magnitude):
    values = np.random.default_rng(0).uniform(0.1, 1, (200, 2)) * magnitude
    with pytest.raises(FitError, match="too large"):
        scale(values, kind)


@given(
    arrays(np.float32, st.integers(1, 60), elements=st.floats(-1e6, 1e6, width=32)),
    st.integers(10, 200),
)
def test_counts_and_edges_are_numpys_for_the_files_float64_values(values, bins):
    found = histogram(values, bins)
    assert found.counts.sum() == values.size
    edges = found.edges
    if not found.levels:
        counts, edges = np.histogram(values.astype(np.float64), bins)
        np.testing.assert_array_equal(found.counts, counts)
        np.testing.assert_array_equal(found.edges, edges)
        bins = len(counts)
    else:
        # Whole numbers of evenly spaced intensities: no value lies on an edge.
        assert np.isin(values, edges).sum() == 0
        np.testing.assert_array_equal(found.counts, np.histogram(values, edges)[0])
        bins = len(found.counts)
    assert found.width == pytest.approx((edges[-1] - edges[0]) / bins)


def test_values_that_are_not_finite_are_not_counted():
    found = histogram(np.array([np.nan, 1, 2.5, np.inf, np.pi, -np.inf]), 10)
    assert found.counts.sum() == 3
    assert (found.edges[0], found.edges[-1]) == (1, np.pi)


def test_nothing_finite_has_no_histogram():
    assert histogram(np.array([np.nan, np.inf]), 50) is None


def test_values_that_differ_by_rounding_alone_share_one_bin():
    found = histogram(np.array([0.3, 0.1 + 0.2, 0.3]), 50)
    assert found.counts.max() == found.counts.sum() == 3


def test_whole_numbers_get_bins_of_three_where_fifty_would_draw_a_comb():
    values = np.arange(141).repeat(20).astype(np.float32)
    comb = np.histogram(values, 50)[0]
    assert set(comb) == {40, 60}
    found = histogram(values, 50)
    assert (len(found.counts), found.levels) == (47, 3)
    assert set(found.counts) == {60}
    np.testing.assert_array_equal(found.edges, np.arange(48) * 3 - 0.5)


levels = st.integers(1, 499)


@given(levels, st.integers(-1000, 1000), st.floats(1e-9, 1e9), st.integers(0, 2**32 - 1))
def test_evenly_spaced_intensities_fill_their_bins_evenly(levels, first, slope, seed):
    # Every level as often, in any order and with the slope and the rounding of a header.
    values = (np.arange(first, first + levels + 1) * slope).repeat(3)
    np.random.default_rng(seed).shuffle(values)
    found = histogram(values, 50)
    if 2 * abs(slope * 1e-3) < np.spacing(np.abs(values).max()):
        return
    *full, last = found.counts
    assert found.levels == max(round(levels / 50), 1)
    assert set(full) <= {3 * found.levels}
    assert 0 < last <= 3 * found.levels
    assert len(found.counts) == levels // found.levels + 1
    distance = np.diff(found.edges).mean() / found.levels
    assert distance == pytest.approx(slope)
    # Edges lie half-way between two levels.
    place = (found.edges - values.min()) / slope
    np.testing.assert_allclose(place - np.floor(place), 0.5, atol=1e-3)


@pytest.mark.parametrize("bins", [10, 50, 200])
def test_many_whole_numbers_keep_the_lessons_bins(bins):
    values = np.random.default_rng(0).integers(0, 12 * bins, 5000).astype(np.float64)
    found = histogram(values, bins)
    assert found.levels == 0
    np.testing.assert_array_equal(found.counts, np.histogram(values, bins)[0])


def test_one_value_between_whole_numbers_keeps_the_lessons_bins():
    values = np.append(np.random.default_rng(0).integers(0, 100, 5000), 17.4)
    found = histogram(values, 50)
    assert found.levels == 0
    np.testing.assert_array_equal(found.counts, np.histogram(values, 50)[0])


@pytest.mark.parametrize("offset", [2.0**53, -(2.0**60), 2.0**62])
@pytest.mark.parametrize("apart", [0, 1, 3, 130])
def test_a_small_range_at_a_large_offset_is_counted(offset, apart):
    step = np.spacing(abs(offset))
    values = offset + step * np.array([0, apart, apart, apart // 2])
    found = histogram(values, 50)
    assert found.counts.sum() == 4
    assert found.counts.max() == np.unique(values, return_counts=True)[1].max() or apart > 50
    assert (np.diff(found.edges) > 0).all()


@given(arrays(np.float64, st.integers(1, 40), elements=st.floats(-1e300, 1e300)),
       st.integers(10, 200))  # fmt: skip
def test_any_finite_intensities_are_counted(values, bins):
    found = histogram(values, bins)
    assert found.counts.sum() == values.size
    assert np.isfinite(found.edges).all()
    assert (np.diff(found.edges) >= 0).all()


def test_a_large_slice_is_counted_in_parts_as_numpy_counts_it_whole(monkeypatch):
    values = np.random.default_rng(1).gamma(2, 80, (70, 41)).astype(np.float32)
    values[3, 3] = np.nan
    counts, edges = np.histogram(values[np.isfinite(values)].astype(np.float64), 50)
    monkeypatch.setattr("dashboard.core.histogram.COUNTED_AT_ONCE", 100)
    for stored in (values, values.T, np.asfortranarray(values)[::-1]):
        found = histogram(stored, 50)
        np.testing.assert_array_equal(found.counts, counts)
        np.testing.assert_array_equal(found.edges, edges)
