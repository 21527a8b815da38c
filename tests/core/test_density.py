"""Against seaborn, through what it draws, and scipy's estimate on the same grid."""

import nibabel as nib
import numpy as np
import pytest
import seaborn
from matplotlib.contour import ContourSet
from matplotlib.figure import Figure
from scipy.interpolate import RegularGridInterpolator
from scipy.stats import gaussian_kde
from sklearn.preprocessing import StandardScaler

from dashboard.core import density
from dashboard.core.density import joint_density
from dashboard.core.errors import FitError

# Where seaborn.kdeplot draws its contours by default: shares of the mass outside.
PROPORTIONS = np.linspace(0.05, 1, 10)


def normal(correlation, size=1200):
    covariance = [[1, correlation], [correlation, 1]]
    return np.random.default_rng(3).multivariate_normal([0, 0], covariance, size)


def with_outliers(*outliers):
    points = normal(0)
    points[: len(outliers)] = outliers
    return points


@pytest.fixture(scope="module")
def foreground(sample):
    t1, b0 = (nib.load(sample / f"{n}.nii.gz").get_fdata()[:, :, 30] for n in ("T1", "b0"))
    mask = (t1 > 0) & (b0 > 0)
    return np.column_stack([t1[mask], b0[mask]])


def contours(points):
    """Return the contour set that seaborn draws."""
    axes = Figure().subplots()
    seaborn.kdeplot(x=points[:, 0], y=points[:, 1], ax=axes)
    (drawn,) = (c for c in axes.get_children() if isinstance(c, ContourSet))
    return drawn


def worst(points, every=1):
    """Return the largest difference to scipy's estimate, relative to its peak."""
    found = joint_density(points)
    x, y = np.meshgrid(found.x[::every], found.y[::every])
    expected = gaussian_kde(points.T)([x.ravel(), y.ravel()]).reshape(x.shape)
    return np.abs(found.density[::every, ::every] - expected).max() / expected.max()


CLOUDS = {
    "round": normal(0),
    "correlated": normal(0.95),
    "anticorrelated": normal(-0.99),
    "nearly on a line": normal(0.999),
    "few": normal(0.5, 12),
    "far outlier": with_outliers((300, 300)),
    "outliers on one axis": with_outliers((900, 0), (-700, 1)),
    "whole numbers": np.round(normal(-0.6) * 4),
}


@pytest.mark.parametrize("points", CLOUDS.values(), ids=CLOUDS.keys())
def test_density_is_the_exact_sum_of_kernels_to_2_percent_of_the_peak(points):
    assert worst(points) < 0.02


def test_density_of_the_lessons_slice_is_exact_on_raw_and_scaled_axes(foreground):
    assert worst(foreground, every=3) < 0.02
    assert worst(StandardScaler().fit_transform(foreground), every=3) < 0.02


@pytest.mark.parametrize("points", [CLOUDS["round"], CLOUDS["anticorrelated"]], ids=["0", "-0.99"])
def test_the_grid_is_seaborns(points):
    found = joint_density(points)
    bandwidth = np.sqrt(np.diag(gaussian_kde(points.T).covariance))
    for axis, grid in enumerate((found.x, found.y)):
        low, high = points[:, axis].min(), points[:, axis].max()
        expected = np.linspace(low - 3 * bandwidth[axis], high + 3 * bandwidth[axis], 200)
        np.testing.assert_allclose(grid, expected, rtol=1e-9, atol=1e-9 * (high - low))


def test_heights_of_the_ten_contours_are_seaborns():
    points = normal(-0.8)
    found = joint_density(points)
    shares, density = found.proportions().ravel(), found.density.ravel()
    order = np.argsort(density)
    implied = np.interp(PROPORTIONS, shares[order], density[order])
    drawn = contours(points).levels
    assert len(drawn) == len(PROPORTIONS)
    np.testing.assert_allclose(implied, drawn, atol=0.02 * density.max())


def test_contours_lie_where_seaborn_draws_them():
    """Along seaborn's own curves, the share outside is the one the curve stands for."""
    points = normal(-0.8)
    found = joint_density(points)
    share = RegularGridInterpolator((found.x, found.y), found.proportions().T)
    curves = contours(points).get_paths()
    # The last level is the peak itself: no curve.
    for proportion, path in zip(PROPORTIONS[:-1], curves[:-1], strict=True):
        assert len(path.vertices) > 20
        assert share(path.vertices) == pytest.approx(proportion, abs=0.02)


@pytest.mark.parametrize(
    "points",
    [np.column_stack([np.arange(50.0)] * 2), np.column_stack([np.arange(50.0), np.full(50, 3.0)]),
     np.array([[1.0, 2.0], [2.0, 5.0]])],
    ids=["line", "constant image", "two points"],
)  # fmt: skip
def test_points_without_area_have_no_density(points):
    with pytest.raises(FitError, match="line"):
        joint_density(points)


@pytest.mark.parametrize("rest", [0.02, 1e-4])
def test_no_grid_is_finer_than_memory_allows_and_a_fine_one_is_smoothed_alone(monkeypatch, rest):
    convolve, seen = density._convolve, []

    def noted(counts, *others):
        seen.append((counts.size, density._smoothing.locked()))
        return convolve(counts, *others)

    monkeypatch.setattr(density, "_convolve", noted)
    monkeypatch.setattr(density, "MAX_REFINEMENT", 3)
    monkeypatch.setattr(density, "FINE_CELLS", 2**18)
    joint_density(normal(1 - rest))
    ((cells, alone),) = seen
    assert cells <= (199 * 3 + 1) ** 2
    assert alone == (cells > 2**18) == (rest < 0.01)
    assert not density._smoothing.locked()
