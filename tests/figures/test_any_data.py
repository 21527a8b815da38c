"""Any finite data draws: no error and no warning, in whatever way it is looked at."""

from itertools import product

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from dashboard.cards.components import components_table
from dashboard.core.errors import NeuroMixError
from dashboard.core.volume import read_volume
from dashboard.figures import criteria as criteria_figure
from dashboard.figures.histograms import counted, histograms, mixture_histogram
from dashboard.figures.joint import joint
from dashboard.figures.palette import PALETTES
from dashboard.services.render import pictures
from tests.candidates import candidates
from tests.core.analysing import analysed
from tests.images import save_image
from tests.real import of_hostile

COLOURS = PALETTES["okabe"]
PLANES = ["axial", "coronal", "sagittal"]
RULES = ["positive", "nonzero", "background"]
SCALINGS = ["standard", "robust", "minmax", "none"]


def finite(figure):
    """Whether every axis of a figure has a range of finite, distinct ends."""
    axes = [value for name, value in figure["layout"].items() if name[1:].startswith("axis")]
    ranges = [axis["range"] for axis in axes if "range" in axis]
    return all(np.isfinite(low) and np.isfinite(high) and low < high for low, high in ranges)


def draw(analysis, bins=50):
    """Draw all that is drawn of an analysis; returns the figures."""
    figures = [
        histograms(analysis, counted(analysis, bins, before=log), log=log, colours=COLOURS)
        for log in (False, True)
    ]
    for axes in ("raw", "scaled"):
        figures.append(mixture_histogram(analysis, axes=axes, bins=bins, colours=COLOURS))
        if len(analysis.features.shown) > 1:
            figures += [
                joint(analysis, kind=kind, axes=axes, bins=bins, colours=COLOURS, hidden=(),
                      cloud=lambda points, extent: _cloud(points, extent))
                for kind in ("scatter", "histogram", "density")
            ]  # fmt: skip
    components_table(analysis)
    for index in analysis.features.shown:
        pictures.grey(analysis.features.voxels[index],
                      analysis.features.volumes[index].intensities.window)  # fmt: skip
    return figures


def _cloud(points, extent):
    pictures.cloud(points, extent)
    return "data:,"


# Voxels of the larger images, which take half a minute each.
LARGE = 2**22

# Everyday intensities, tiny and huge ones, and small differences at a large offset.
shapes = st.just((5, 6, 1))
kinds = st.one_of(
    arrays(np.float64, shapes, elements=st.floats(-1e3, 1e3)),
    arrays(np.float64, shapes, elements=st.floats(-1e300, 1e300)),
    arrays(np.float64, shapes, elements=st.floats(-1e-300, 1e-300)),
    arrays(np.float64, shapes, elements=st.integers(0, 5).map(float)),
    arrays(np.float64, shapes, elements=st.integers(0, 200).map(lambda n: 2.0**53 + 2 * n)),
    arrays(np.float64, shapes, elements=st.sampled_from([0.0, 5e-324])),
    arrays(np.float64, shapes, elements=st.sampled_from([0.0, -0.0, 5e-324, 1e-30, 1.0, 1e39])),
)


@settings(max_examples=60)
@example(first=np.full((5, 6, 1), 1.4930483e-136), second=np.r_[0.5, np.ones(29)].reshape(5, 6, 1),
         rule="positive", scaling="none", components=1, clip="none", bins=10)  # fmt: skip
@given(first=kinds, second=kinds, rule=st.sampled_from(RULES), scaling=st.sampled_from(SCALINGS),
       components=st.integers(1, 4), clip=st.sampled_from(["none", "1"]),
       bins=st.sampled_from([10, 50, 200]))  # fmt: skip
def test_any_finite_data_draws(first, second, rule, scaling, components, clip, bins, tmp_path):
    volumes = [
        read_volume(save_image(tmp_path / f"{name}.nii", voxels, dtype=voxels.dtype))
        for name, voxels in (("a", first), ("b", second))
    ]
    analysis = analysed(volumes, 0, foreground=rule, scaling=scaling, components=components,
                        clip=clip)  # fmt: skip
    assert all(map(finite, draw(analysis, bins)))


def read(entry, real_data):
    try:
        return read_volume(real_data / "hostile" / entry["files"][0]["path"])
    except NeuroMixError:
        return None


@of_hostile()
def test_a_hostile_image_draws_in_every_plane(entry, real_data):
    volume = read(entry, real_data)
    if volume and volume.data.size > LARGE:
        pytest.skip("the same at a size that only takes longer; the page opens it in tests/browser")
    for plane in PLANES if volume else []:
        middle = volume.orientation.count(plane) // 2
        analysis = analysed([volume, volume], middle, plane, mixed=1)
        assert all(map(finite, draw(analysis)))


@pytest.mark.long
@of_hostile()
def test_a_hostile_image_draws_whatever_is_chosen(entry, real_data):
    volume = read(entry, real_data)
    if volume is None or volume.data.size > LARGE:
        pytest.skip("refused, or the same at a size that only takes longer")
    for plane, rule, scaling, clip in product(PLANES, RULES, SCALINGS, ("none", "1")):
        middle = volume.orientation.count(plane) // 2
        for components in range(2, 11):
            analysis = analysed([volume, volume], middle, plane, mixed=1, foreground=rule,
                                scaling=scaling, clip=clip, components=components)  # fmt: skip
            assert all(map(finite, draw(analysis)))
        fits = {one.model.components: one for one in candidates(analysis.features, range(1, 11))}
        criteria_figure.criteria(fits, 3)
