"""The figures of a report, compared with numpy and SciPy: what their artists hold."""

import numpy as np
import pytest
from matplotlib import colormaps
from matplotlib.figure import Figure
from scipy.stats import gaussian_kde

from dashboard.figures import report
from dashboard.figures.palette import PALETTES
from dashboard.figures.paper import STAND_IN, Look, as_svg, plotted
from dashboard.figures.slices import pictures, slice_of, thinned

LOOK = Look(colours=PALETTES["okabe"][:3])


@pytest.fixture
def plots():
    """Return a function that draws, and returns the plots by their titles."""

    def plots(draw, *arguments, **options):
        figure = Figure()
        draw(figure, *arguments, **options)
        return {plot.get_title(): plot for plot in figure.axes}

    return plots


def test_histograms_count_all_voxels_and_the_foreground(analysed, plots):
    analysis = analysed()
    features = analysis.features
    found = plots(report.histograms, analysis, LOOK)
    for image, volume in enumerate(features.volumes):
        for what, values in (
            ("all voxels", features.voxels[image].ravel()),
            ("foreground", features.values[:, image]),
        ):
            (steps,) = found[f"{volume.short}, {what}"].patches
            counts, edges, _ = steps.get_data()
            np.testing.assert_array_equal(counts, np.histogram(values, edges)[0])
            assert counts.sum() == values.size
            np.testing.assert_allclose(np.diff(edges), edges[1] - edges[0])


def test_curves_of_the_components_enclose_their_share_of_the_voxels(analysed, plots):
    analysis = analysed()
    found = plots(report.histograms, analysis, LOOK)
    plot = found[f"{analysis.features.volumes[0].short}, foreground"]
    counts, edges, _ = plot.patches[0].get_data()
    for described, line in zip(analysis.classes, plot.lines[1:], strict=True):
        x, y = line.get_data()
        wide = described.mean[0] - x[0] > 3 * described.sd[0] < x[-1] - described.mean[0]
        if wide:
            voxels = np.trapezoid(y, x) / (edges[1] - edges[0])
            assert voxels == pytest.approx(described.weight * counts.sum(), rel=0.02)


@pytest.mark.parametrize("axes", ["raw", "scaled"])
def test_the_joint_views_hold_every_foreground_voxel(analysed, plots, axes):
    analysis = analysed()
    features = analysis.features
    points = features.values if axes == "raw" else features.scaled
    found = plots(report.joint, analysis, LOOK)
    (cloud,) = found[f"Scatter, {axes}"].collections
    np.testing.assert_array_equal(cloud.get_offsets(), points)
    (mesh,) = found[f"2-D histogram, {axes}"].collections
    corners = mesh.get_coordinates()
    counts, *_ = np.histogram2d(*points.T, bins=[corners[0, :, 0], corners[:, 0, 1]])
    np.testing.assert_array_equal(mesh.get_array().filled(0), counts.T)
    assert mesh.norm.vmax == 10


def test_each_contour_of_the_density_lies_at_one_density(analysed, plots):
    analysis = analysed()
    (contours,) = plots(report.joint, analysis, LOOK)["Density, raw"].collections
    density = gaussian_kde(analysis.features.values.T)
    paths = [path.vertices for path in contours.get_paths() if len(path.vertices)]
    assert len(paths) >= 9
    levels = [density(path.T) for path in paths]
    for level in levels:
        np.testing.assert_allclose(level, np.median(level), rtol=0.05)
    assert np.all(np.diff([np.median(level) for level in levels]) > 0)


def test_a_sample_says_that_it_is_one(analysed, plots, monkeypatch):
    analysis = analysed()
    monkeypatch.setattr(report, "SCATTER_POINTS", 100)
    monkeypatch.setattr(report, "DENSITY_POINTS", 50)
    found = plots(report.joint, analysis, LOOK)
    (title,) = (title for title in found if title.startswith("Scatter, raw"))
    (cloud,) = found[title].collections
    shown, voxels = len(cloud.get_offsets()), len(analysis.features.values)
    every = int("".join(filter(str.isdigit, title)))
    assert shown == -(-voxels // every) <= 100
    assert any(t.startswith("Density, scaled (every ") for t in found)


def test_points_have_the_colours_of_their_classes(analysed, plots):
    analysis = analysed()
    look = Look(colours=LOOK.colours, hidden=(2,))
    (cloud,) = plots(report.classes, analysis, look)["Classes"].collections
    labels = analysis.labels[analysis.features.mask]
    colours = {tuple(point): k for point, k in zip(analysis.features.values, labels, strict=True)}
    for point, drawn in zip(cloud.get_offsets(), cloud.get_facecolors(), strict=True):
        number = colours[tuple(point)]
        assert number != 2
        wanted = bytes.fromhex(look.colours[number - 1][1:])
        np.testing.assert_allclose(drawn[:3] * 255, list(wanted))
    assert len(cloud.get_offsets()) == np.count_nonzero(labels != 2)


def test_pictures_show_the_slice_and_its_classes(analysed, plots):
    analysis = analysed()
    volume, cut = analysis.features.volumes[0], analysis.features.domain
    orientation = volume.orientation
    upright = orientation.upright(analysis.labels, cut.plane)
    shown = slice_of(volume, cut, side="neurological")
    found = plots(pictures, [shown], upright, LOOK, opacity=1)
    grey, over = found.values() if len(found) == 2 else list(found.values())[:2]
    stored = orientation.cut(volume.data, cut.plane, cut.index)
    picture = orientation.upright(stored, cut.plane)
    np.testing.assert_array_equal(grey.images[0].get_array(), picture)
    drawn = over.images[1].get_array()
    np.testing.assert_array_equal(drawn[..., 3] > 0, upright > 0)
    for k, colour in enumerate(LOOK.colours, start=1):
        assert (drawn[upright == k][:, :3] == list(bytes.fromhex(colour[1:]))).all()


def test_pictures_have_the_colours_of_their_images(analysed, plots):
    volume, cut = analysed().features.volumes[0], analysed().features.domain
    shown = slice_of(volume, cut, side="neurological", window=(0, 200), colourmap="viridis")
    (image,) = plots(pictures, [shown], None, LOOK)[volume.short_label].images
    colours = image.to_rgba(shown.pixels, bytes=True)[..., :3].astype(int)
    known = colormaps["viridis"](shown.pixels / 200, bytes=True)[..., :3]
    assert np.abs(colours - known).max() <= 6  # ten of its 256 colours, and those between them


@pytest.mark.parametrize("side", ["neurological", "radiological"])
def test_millimetres_of_a_picture_are_those_of_its_voxels(analysed, side):
    analysis = analysed()
    volume, cut = analysis.features.volumes[0], analysis.features.domain
    shown = slice_of(volume, cut, side=side)
    left, right, bottom, top = shown.extent
    rows, columns = shown.pixels.shape
    centres = volume.slice_positions("sagittal"), volume.slice_positions("coronal")
    across = left + (np.arange(columns) + 0.5) * (right - left) / columns
    np.testing.assert_allclose(across, centres[0] if left < right else centres[0][::-1])
    assert (left < right) == (side == "neurological")
    up = bottom + (np.arange(rows) + 0.5) * (top - bottom) / rows
    np.testing.assert_allclose(up, centres[1])


def test_large_slices_are_thinned():
    assert thinned(np.zeros((1400, 10))).shape == (700, 5)
    assert thinned(np.zeros((700, 700))).shape == (700, 700)


def test_names_are_drawn_as_they_are():
    assert plotted("a$b$\n c\t漢") == rf"a\$b\$ c {STAND_IN}"
    drawn = {}

    def draw(figure):
        drawn["text"] = figure.text(0, 0, plotted(r"$\frac$"))

    assert b"svg" in as_svg(draw, 10, 10)  # as a formula it is an error


def test_a_drawing_is_the_same_bytes_again(analysed):
    analysis = analysed()

    def draw(figure):
        report.classes(figure, analysis, LOOK)

    assert as_svg(draw, 60, 60) == as_svg(draw, 60, 60)
