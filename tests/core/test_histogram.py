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
    counts, edges = np.histogram(values.astype(np.float64), bins)
    found = histogram(values, bins)
    np.testing.assert_array_equal(found.counts, counts)
    np.testing.assert_array_equal(found.edges, edges)
    assert found.counts.sum() == values.size
    assert found.width == pytest.approx((edges[-1] - edges[0]) / bins)


def test_values_that_are_not_finite_are_not_counted():
    found = histogram(np.array([np.nan, 1, 2, np.inf, 3, -np.inf]), 10)
    assert found.counts.sum() == 3
    assert (found.edges[0], found.edges[-1]) == (1, 3)


def test_nothing_finite_has_no_histogram():
    assert histogram(np.array([np.nan, np.inf]), 50) is None


def test_values_that_differ_by_rounding_alone_share_one_bin():
    found = histogram(np.array([0.3, 0.1 + 0.2, 0.3]), 50)
    assert found.counts.max() == found.counts.sum() == 3


def test_a_large_slice_is_counted_in_parts_as_numpy_counts_it_whole(monkeypatch):
    values = np.random.default_rng(1).gamma(2, 80, (70, 41)).astype(np.float32)
    values[3, 3] = np.nan
    counts, edges = np.histogram(values[np.isfinite(values)].astype(np.float64), 50)
    monkeypatch.setattr("dashboard.core.histogram.COUNTED_AT_ONCE", 100)
    for stored in (values, values.T, np.asfortranarray(values)[::-1]):
        found = histogram(stored, 50)
        np.testing.assert_array_equal(found.counts, counts)
        np.testing.assert_array_equal(found.edges, edges)
