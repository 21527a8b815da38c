import numpy as np
import pytest
from scipy.stats import norm

from dashboard.core.analysis import analyse
from dashboard.core.domain import WHOLE
from dashboard.core.mixture.features import features
from dashboard.core.mixture.recipe import Recipe
from dashboard.core.volume import read_volume
from dashboard.figures.histograms import counted, histograms, mixture_histogram
from dashboard.figures.palette import PALETTES

COLOURS = PALETTES["okabe"]


@pytest.fixture
def drawn(analysed, valid):
    """Return a function that draws histograms; by default the lesson's, with 50 bins."""

    def drawn(analysis=None, *, before=True, **options):
        options = {"log": False, "colours": COLOURS, **options}
        analysis = analysis or analysed()
        counts = counted(analysis, options.pop("bins", 50), before=before)
        return valid(histograms(analysis, counts, **options))

    return drawn


def outlines(figure):
    return [t for t in figure["data"] if t["line"].get("shape") == "hv"]


def curves(figure, axis):
    return {
        t["name"]: t
        for t in figure["data"]
        if t["xaxis"] == axis and t["line"].get("shape") != "hv"
    }


def in_bin(x, mean, sd, width):
    """Return the share of a Gaussian in a bin around each x."""
    return norm.cdf(x + width / 2, mean, sd) - norm.cdf(x - width / 2, mean, sd)


@pytest.mark.parametrize("bins", [10, 50, 200])
def test_bars_are_numpys_before_and_after_zero_removal(analysed, drawn, numbers, bins):
    analysis = analysed()
    found = outlines(drawn(analysis, bins=bins))
    values = [analysis.features.voxels[0].ravel(), analysis.features.values[:, 0],
              analysis.features.voxels[1].ravel(), analysis.features.values[:, 1]]  # fmt: skip
    assert len(found) == 4
    for trace, expected in zip(found, values, strict=True):
        counts, edges = np.histogram(expected.astype(float), bins)
        np.testing.assert_array_equal(numbers(trace["y"])[:-1], counts)
        np.testing.assert_allclose(numbers(trace["x"]), edges, rtol=1e-6)


def test_without_those_of_all_voxels_the_foreground_takes_the_whole_width(analysed, drawn, numbers):
    analysis = analysed()
    figure = drawn(analysis, before=False, left_out="61 % zeros, not shown")
    found = outlines(figure)
    assert len(found) == 2
    for image, trace in enumerate(found):
        counts, edges = np.histogram(analysis.features.values[:, image], 50)
        np.testing.assert_array_equal(numbers(trace["y"])[:-1], counts)
        np.testing.assert_allclose(numbers(trace["x"]), edges, rtol=1e-6)
    axes = figure["layout"]
    assert [axes[name]["domain"] for name in ("xaxis", "xaxis2")] == [[0, 1], [0, 1]]
    assert "xaxis3" not in axes
    assert axes["xaxis"]["title"]["text"] == "T1"
    for axis in ("x", "x2"):
        assert set(curves(figure, axis)) == {"sum", "class 1", "class 2", "class 3"}
    (note,) = axes["annotations"]
    assert note["text"] == "61 % zeros, not shown"
    assert (note["yref"], note["y"], note["yanchor"]) == ("paper", 1, "bottom")


@pytest.mark.parametrize("bins", [10, 50, 200])
def test_curves_are_the_expected_counts_of_bins_of_each_image(analysed, drawn, numbers, bins):
    analysis = analysed()
    figure = drawn(analysis, bins=bins)
    for image, axis in ((0, "x2"), (1, "x4")):
        values = analysis.features.values[:, image]
        found = curves(figure, axis)
        for described in analysis.classes:
            curve = found[f"class {described.number}"]
            mean, sd = described.mean[image], described.sd[image]
            share = in_bin(numbers(curve["x"]), mean, sd, np.ptp(values) / bins)
            expected = described.weight * len(values) * share
            np.testing.assert_allclose(numbers(curve["y"]), expected, rtol=1e-3, atol=1e-4)


def test_curves_of_classes_of_many_bins_are_their_weighted_normal_densities(
    analysed, drawn, numbers
):
    analysis = analysed()
    values = analysis.features.values[:, 0]
    width = np.ptp(values) / 200
    found = curves(drawn(analysis, bins=200), "x2")
    for described in analysis.classes:
        curve, sd = found[f"class {described.number}"], described.sd[0]
        assert sd > 3 * width
        density = norm.pdf(numbers(curve["x"]), described.mean[0], sd)
        expected = described.weight * len(values) * width * density
        y = numbers(curve["y"])
        np.testing.assert_allclose(y, expected, atol=0.005 * y.max())


@pytest.mark.parametrize("bins", [10, 50, 200])
def test_a_class_narrower_than_a_bin_is_a_spike_as_high_as_its_voxels(save, drawn, numbers, bins):
    random = np.random.default_rng(0)
    values = np.concatenate([random.normal(40, 5, 4000), random.normal(120, 12, 5100),
                             random.normal(255, 0.01, 900)])  # fmt: skip
    image = read_volume(save("T1.nii.gz", random.permutation(values).reshape(20, 20, 25)))
    analysis = analyse(features([image], Recipe(), WHOLE))
    *_, last = analysis.classes
    width = np.ptp(values) / bins
    assert last.voxels == 900
    assert last.sd[0] < width / 10
    found = curves(drawn(analysis, before=False, bins=bins), "x")
    for name in ("class 3", "sum"):
        x, y = numbers(found[name]["x"]), numbers(found[name]["y"])
        assert y[x > 200].max() == pytest.approx(900, rel=0.01)
        for place, height in ((-0.7, 0), (-0.3, 900), (0, 900), (0.3, 900), (0.7, 0)):
            there = np.interp(255 + place * width, x, y, right=0)
            assert there == pytest.approx(height, abs=9), place


def test_a_voxel_between_two_classes_is_a_part_of_the_curve_of_each(save, drawn, numbers):
    shape, random = (24, 20, 16), np.random.default_rng(1)
    tissue, share = random.integers(0, 3, shape), random.uniform(0.5, 1, shape)
    share[random.random(shape) < 0.5] = 1
    other = np.where(tissue == 1, 2, 1)
    levels = np.array([50, 110, 150])
    clean = share * levels[tissue] + (1 - share) * levels[other]
    image = read_volume(save("T1.nii.gz", clean + random.normal(0, 6, shape)))
    recipe = Recipe(partial_volume=True, covariance="tied", tolerance=1e-5)
    analysis = analyse(features([image], recipe, WHOLE))
    found = curves(drawn(analysis, before=False), "x")
    classes, values = analysis.classes, analysis.features.values[:, 0]
    area = len(values) * np.ptp(values) / 50
    fractions = (np.arange(200) + 0.5) / 200
    between = {(a, b): weight for a, b, weight in analysis.model.pairs}
    assert between[2, 3] > 0.1
    for c in classes:
        x = numbers(found[f"class {c.number}"]["x"])
        own = c.weight - sum(weight for pair, weight in between.items() if c.number in pair) / 2
        wanted = own * norm.pdf(x, c.mean[0], c.sd[0])
        for pair, weight in between.items():
            if c.number in pair:
                neighbour = classes[sum(pair) - c.number - 1]
                means = fractions * c.mean[0] + (1 - fractions) * neighbour.mean[0]
                each = fractions * norm.pdf(x[:, None], means, c.sd[0])
                wanted += weight * each.mean(axis=1)
        curve = numbers(found[f"class {c.number}"]["y"])
        np.testing.assert_allclose(curve, wanted * area, atol=0.01 * curve.max())


def test_the_dotted_curve_is_the_sum_of_the_components(drawn, numbers):
    found = curves(drawn(), "x2")
    total = numbers(found.pop("sum")["y"])
    assert len(found) == 3
    np.testing.assert_allclose(total, sum(numbers(c["y"]) for c in found.values()), rtol=1e-4)


def test_the_curves_carry_the_classes_colours(drawn):
    found = curves(drawn(), "x2")
    assert [found[f"class {k}"]["line"]["color"] for k in (1, 2, 3)] == list(COLOURS[:3])


def test_a_hidden_class_has_no_curve_but_stays_in_the_sum(drawn, numbers):
    everything, some = curves(drawn(), "x2"), curves(drawn(hidden=(2,)), "x2")
    assert set(some) == {"sum", "class 1", "class 3"}
    np.testing.assert_array_equal(numbers(some["sum"]["y"]), numbers(everything["sum"]["y"]))


def test_curves_have_no_place_before_zero_removal(drawn):
    figure = drawn()
    assert curves(figure, "x") == {}
    assert curves(figure, "x3") == {}


def test_a_logarithmic_axis_shows_single_voxels(drawn):
    axes = drawn(log=True)["layout"]
    for axis in ("yaxis", "yaxis2", "yaxis3", "yaxis4"):
        assert axes[axis]["type"] == "log"
        assert axes[axis]["range"][0] < 0 < axes[axis]["range"][1]


def test_the_highest_bar_fits_its_axis(drawn, numbers):
    figure = drawn()
    for number, trace in enumerate(outlines(figure), start=1):
        top = figure["layout"][f"yaxis{number if number > 1 else ''}"]["range"][1]
        assert top > numbers(trace["y"]).max()


def test_one_image_has_one_row(analysed, drawn):
    assert len(outlines(drawn(analysed(("T1",))))) == 2


def test_a_slice_without_foreground_keeps_its_histogram_of_all_voxels(analysed, drawn):
    figure = drawn(analysed(scale=-1.0))
    assert len(outlines(figure)) == 2
    notes = [a["text"] for a in figure["layout"]["annotations"]]
    assert notes.count("no foreground voxels") == 2


def test_a_long_name_is_cut_in_its_middle_and_what_was_done_stands_below(analysed, drawn):
    analysis = analysed(("sub-01_space-MNI152NLin6Asym_T1w", "b0"), clip="1")
    axes = drawn(analysis)["layout"]
    before, after = (axes[name]["title"]["text"] for name in ("xaxis", "xaxis2"))
    assert before == "sub-01…m_T1w, all voxels"
    assert after == "sub-01…m_T1w, foreground<br>clipped"


def test_a_file_name_is_text_and_never_markup(analysed, drawn):
    figure = drawn(analysed(("<img src=y>", "a&b")))
    assert figure["layout"]["xaxis"]["title"]["text"] == "&lt;img src=y&gt;, all voxels"
    assert figure["layout"]["xaxis3"]["title"]["text"] == "a&amp;b, all voxels"
    assert "<img" not in str(figure)


def test_a_single_image_shows_its_mixture_instead_of_a_joint_view(analysed, valid, numbers):
    analysis = analysed(("T1",))
    figure = valid(mixture_histogram(analysis, axes="raw", bins=40, colours=COLOURS, hidden=(1,)))
    bars, total, *classes = figure["data"]
    counts, _ = np.histogram(analysis.features.values[:, 0], 40)
    np.testing.assert_array_equal(numbers(bars["y"])[:-1], counts)
    assert total["name"] == "sum"
    assert [t["name"] for t in classes] == ["class 2", "class 3"]


def test_a_single_image_is_shown_in_the_units_of_the_fit(analysed, valid, numbers):
    analysis = analysed(("T1",))
    figure = valid(mixture_histogram(analysis, axes="scaled", bins=40, colours=COLOURS))
    bars, _, *classes = figure["data"]
    values = analysis.features.values[:, 0]
    scaled = (values - values.mean()) / values.std()
    counts, edges = np.histogram(scaled, 40)
    np.testing.assert_allclose(numbers(bars["x"]), edges, rtol=1e-5, atol=1e-6)
    assert numbers(bars["y"])[:-1].sum() == counts.sum()
    mixture = analysis.model
    for k, curve in enumerate(classes):
        sd = np.sqrt(mixture.covariances[k, 0, 0])
        expected = in_bin(numbers(curve["x"]), mixture.means[k, 0], sd, np.ptp(scaled) / 40)
        expected *= mixture.weights[k] * len(values)
        np.testing.assert_allclose(numbers(curve["y"]), expected, rtol=1e-3, atol=1e-4)
    title = figure["layout"]["xaxis"]["title"]["text"]
    assert title == "T1 (SD from mean)"


def test_a_single_image_without_foreground_says_why(analysed, valid):
    analysis = analysed(("T1",), scale=-1.0)
    figure = valid(mixture_histogram(analysis, axes="scaled", bins=40, colours=COLOURS))
    assert figure["data"] == []
    text = figure["layout"]["annotations"][0]["text"].replace("<br>", " ")
    assert "no foreground voxels in this slice" in text


def test_an_image_that_is_not_mixed_has_bars_but_no_curves(analysed, drawn):
    figure = drawn(analysed(("T1", "b0", "adc"), mixed=2, xy=(1, 2)))
    assert len(outlines(figure)) == 4
    assert set(curves(figure, "x2")) == {"sum", "class 1", "class 2", "class 3"}
    assert curves(figure, "x4") == {}
    titles = [figure["layout"][f"xaxis{n}"]["title"]["text"] for n in (2, 4)]
    assert titles == ["b0, foreground", "adc, foreground"]


def test_curves_of_shown_images_are_their_own_marginals(analysed, drawn, numbers):
    analysis = analysed(("T1", "b0", "adc"), xy=(2, 0))
    figure = drawn(analysis)
    for image, axis in ((2, "x2"), (0, "x4")):
        values = analysis.features.values[:, image]
        width = np.ptp(values) / 50
        for described in analysis.classes:
            curve = curves(figure, axis)[f"class {described.number}"]
            sd = np.sqrt(described.covariance[image, image])
            expected = in_bin(numbers(curve["x"]), described.mean[image], sd, width)
            expected *= described.weight * len(values)
            np.testing.assert_allclose(numbers(curve["y"]), expected, rtol=1e-3, atol=1e-4)


def test_the_curve_of_a_class_with_a_name_says_it_under_the_pointer(drawn):
    figure = drawn(called={2: "<b>%{x}</b>"})
    found = curves(figure, "x2")
    assert set(found) == {"sum", "class 1", "2 &lt;b&gt;%{x}&lt;/b&gt;", "class 3"}
    shown = {name for name, curve in found.items() if curve.get("hoverinfo") != "skip"}
    assert shown == {"2 &lt;b&gt;%{x}&lt;/b&gt;"}
    assert "%{x}" not in found[shown.pop()]["hovertemplate"]
