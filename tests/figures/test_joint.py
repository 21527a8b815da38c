from dataclasses import replace

import numpy as np
import pytest
from shapely import LinearRing, Point

from dashboard.core.analysis import Analysis
from dashboard.core.density import joint_density
from dashboard.figures.joint import joint
from dashboard.figures.palette import PALETTES

COLOURS = PALETTES["bright"]


@pytest.fixture
def drawn(analysed, valid):
    """Return a function that draws a joint view, and the clouds that it asks for."""
    asked = []

    def cloud(points, extent):
        asked.append((points, extent))
        return "data:image/png;base64,AAAA"

    def drawn(analysis=None, **options):
        options = {"kind": "scatter", "axes": "scaled", "bins": 50, "colours": COLOURS,
                   "hidden": (), "cloud": cloud, **options}  # fmt: skip
        figure = valid(joint(analysis or analysed(), **options))
        return figure, asked

    return drawn


def of_type(figure, kind):
    (trace,) = (t for t in figure["data"] if t["type"] == kind)
    return trace


@pytest.mark.parametrize("axes", ["raw", "scaled"])
def test_the_scatter_is_a_picture_of_every_foreground_voxel(analysed, drawn, axes):
    analysis = analysed()
    figure, ((points, extent),) = drawn(analysis, axes=axes)
    features = analysis.features
    np.testing.assert_array_equal(points, features.values if axes == "raw" else features.scaled)
    image = figure["layout"]["images"][0]
    (left, right), (bottom, top) = extent
    assert (image["x"], image["y"]) == (left, top)
    assert (image["sizex"], image["sizey"]) == (right - left, top - bottom)
    assert figure["layout"]["xaxis"]["range"] == [left, right]
    assert figure["layout"]["yaxis"]["range"] == [bottom, top]
    assert (points > [left, bottom]).all()
    assert (points < [right, top]).all()


def test_cells_of_very_many_points_are_counted_in_parts(analysed, drawn, monkeypatch):
    analysis = analysed()
    at_once = of_type(drawn(analysis, kind="histogram")[0], "heatmap")
    monkeypatch.setattr("dashboard.figures.joint.COUNTED_POINTS", 17)
    assert of_type(drawn(analysis, kind="histogram")[0], "heatmap") == at_once


@pytest.mark.parametrize("axes", ["raw", "scaled"])
def test_cells_are_numpys_and_saturate_at_ten(analysed, drawn, numbers, axes):
    analysis = analysed()
    points = analysis.features.values if axes == "raw" else analysis.features.scaled
    cells = of_type(drawn(analysis, kind="histogram", axes=axes)[0], "heatmap")
    counts, x, y = np.histogram2d(*points.T, bins=50)
    shown = numbers(cells["z"])
    np.testing.assert_array_equal(np.nan_to_num(shown), counts.T)
    assert (cells["zmin"], cells["zmax"]) == (0, 10)
    # Positions are those of the cells' centres.
    np.testing.assert_allclose(cells["x0"] + cells["dx"] * np.arange(50), (x[1:] + x[:-1]) / 2)
    np.testing.assert_allclose(cells["y0"] + cells["dy"] * np.arange(50), (y[1:] + y[:-1]) / 2)


def test_empty_cells_are_transparent(drawn, numbers):
    cells = of_type(drawn(kind="histogram")[0], "heatmap")
    assert not (numbers(cells["z"]) == 0).any()


def test_contours_stand_at_seaborns_ten_shares(analysed, drawn, numbers):
    analysis = analysed()
    contour = of_type(drawn(analysis, kind="density")[0], "contour")
    levels = contour["contours"]
    found = np.arange(levels["start"], levels["end"] + levels["size"] / 2, levels["size"])
    np.testing.assert_allclose(found, np.linspace(0.05, 1, 10))
    expected = joint_density(analysis.features.scaled)
    np.testing.assert_allclose(numbers(contour["z"]), expected.proportions(), atol=1e-6)
    np.testing.assert_allclose(numbers(contour["x"]), expected.x, rtol=1e-5)
    np.testing.assert_allclose(numbers(contour["y"]), expected.y, rtol=1e-5)


def ellipses(figure, numbers, colour):
    """Return the closed curves of one colour."""
    (trace,) = (t for t in figure["data"] if t.get("line", {}).get("color") == colour)
    points = np.column_stack([numbers(trace["x"]), numbers(trace["y"])])
    parts = np.split(points, np.flatnonzero(np.isnan(points[:, 0])))
    return [p[~np.isnan(p[:, 0])] for p in parts if len(p) > 2]


def test_ellipses_on_raw_axes_are_one_and_two_sigma(analysed, drawn, numbers):
    analysis = analysed()
    figure, _ = drawn(analysis, axes="raw")
    for described in analysis.classes:
        curves = ellipses(figure, numbers, COLOURS[described.number - 1])
        assert len(curves) == 2
        for sigma, curve in enumerate(curves, start=1):
            away = curve - described.mean
            squared = (away @ np.linalg.inv(described.covariance) * away).sum(axis=1)
            np.testing.assert_allclose(np.sqrt(squared), sigma, rtol=1e-3)


@pytest.mark.parametrize("hidden", [(), (1, 2, 3)])
@pytest.mark.parametrize("axes", ["raw", "scaled"])
def test_no_ellipse_is_cut_by_the_axes_hidden_ones_included(analysed, drawn, numbers, axes, hidden):
    analysis = analysed(components=2, covariance="spherical")
    whole, _ = drawn(analysis, axes=axes)
    layout = drawn(analysis, axes=axes, hidden=hidden)[0]["layout"]
    curves = np.concatenate([c for k in (0, 1) for c in ellipses(whole, numbers, COLOURS[k])])
    low, high = zip(layout["xaxis"]["range"], layout["yaxis"]["range"], strict=True)
    assert ((curves > low) & (curves < high)).all()


def test_raw_and_scaled_ellipses_are_one_ellipse(analysed, drawn, numbers):
    analysis = analysed()
    raw = ellipses(drawn(analysis, axes="raw")[0], numbers, COLOURS[1])[1]
    scaled = ellipses(drawn(analysis, axes="scaled")[0], numbers, COLOURS[1])[1]
    mean, sd = analysis.features.values.mean(axis=0), analysis.features.values.std(axis=0)
    ring = LinearRing((raw - mean) / sd)
    assert max(ring.distance(Point(p)) for p in scaled) < 0.01 * ring.length


def test_a_hidden_class_has_neither_ellipse_nor_mean(drawn):
    figure, _ = drawn(hidden=(1, 3))
    lines = {t["line"]["color"] for t in figure["data"] if "line" in t}
    assert COLOURS[1] in lines
    assert not lines & {COLOURS[0], COLOURS[2]}
    (means,) = (t for t in figure["data"] if t.get("mode") == "markers+text")
    assert means["text"] == ["2"]


def test_hiding_every_class_leaves_the_voxels(drawn):
    figure, asked = drawn(hidden=(1, 2, 3))
    assert figure["data"] == []
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("scaling", "unit"),
    [("standard", "SD from mean"), ("robust", "IQR from median"), ("minmax", "0 to 1"),
     ("none", "not scaled")],
)  # fmt: skip
def test_axes_name_image_and_unit(analysed, drawn, scaling, unit):
    analysis = analysed(scaling=scaling)
    assert drawn(analysis)[0]["layout"]["xaxis"]["title"]["text"] == f"T1 ({unit})"
    assert drawn(analysis, axes="raw")[0]["layout"]["yaxis"]["title"]["text"] == "b0"


@pytest.mark.parametrize("kind", ["histogram", "density"])
def test_a_colour_scale_stands_in_one_line_above_the_plot(drawn, kind):
    figure, _ = drawn(kind=kind)
    scale = figure["data"][0]["colorbar"]
    assert (scale["orientation"], scale["yref"], scale["y"], scale["yanchor"]) == (
        "h", "container", 1, "top",
    )  # fmt: skip
    assert "title" not in scale
    assert figure["layout"]["margin"]["t"] > scale["thickness"] + 2 * scale["tickfont"]["size"] - 2


def test_a_file_name_is_text_and_never_markup(analysed, drawn):
    figure, _ = drawn(analysed(("<b>x", "b0")), axes="raw")
    assert figure["layout"]["xaxis"]["title"]["text"] == "&lt;b&gt;x"


@pytest.mark.parametrize("kind", ["scatter", "histogram", "density"])
def test_a_slice_without_foreground_says_why(analysed, drawn, kind):
    figure, asked = drawn(analysed(scale=-1.0), kind=kind)
    text = figure["layout"]["annotations"][0]["text"].replace("<br>", " ")
    assert "no foreground voxels in this slice" in text
    assert figure["data"] == asked == []


def test_intensities_on_a_line_have_no_contours_but_a_sentence(analysed, drawn):
    features = analysed().features
    line = replace(features, scaled=np.column_stack([features.values[:, 0]] * 2))
    figure, _ = drawn(Analysis(line, None, None), kind="density")
    assert "line" in figure["layout"]["annotations"][0]["text"]


@pytest.mark.parametrize("xy", [(0, 1), (2, 0), (1, 2)])
def test_ellipses_of_three_images_are_their_marginals(analysed, drawn, numbers, xy):
    """Of a normal density, the marginal in two images has their block of the covariance."""
    whole = analysed(("T1", "b0", "adc"))
    seen = replace(whole, features=replace(whole.features, xy=xy))
    figure, ((points, _),) = drawn(seen, axes="raw")
    np.testing.assert_array_equal(points, whole.features.values[:, xy])
    assert figure["layout"]["yaxis"]["title"]["text"] == ("T1", "b0", "adc")[xy[1]]
    for described in whole.classes:
        block = described.covariance[np.ix_(xy, xy)]
        curves = ellipses(figure, numbers, COLOURS[described.number - 1])
        assert len(curves) == 2
        for sigma, curve in enumerate(curves, start=1):
            away = curve - described.mean[list(xy)]
            squared = (away @ np.linalg.inv(block) * away).sum(axis=1)
            np.testing.assert_allclose(np.sqrt(squared), sigma, rtol=1e-3)


@pytest.mark.parametrize("unit", ["raw", "scaled"])
@pytest.mark.parametrize("xy", [(0, 2), (2, 1)])
def test_an_image_that_is_not_mixed_has_voxels_but_no_ellipses(analysed, drawn, xy, unit):
    analysis = analysed(("T1", "b0", "adc"), mixed=2, xy=xy)
    figure, ((points, _),) = drawn(analysis, axes=unit)
    values = analysis.features.values if unit == "raw" else analysis.features.scaled
    np.testing.assert_array_equal(points, values[:, xy])
    assert figure["data"] == []
    assert analysis.model
