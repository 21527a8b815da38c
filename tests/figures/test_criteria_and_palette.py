import re
from dataclasses import dataclass

import pytest

from dashboard.figures.criteria import criteria
from dashboard.figures.palette import PALETTES
from dashboard.figures.style import message
from tests.candidates import candidates


def fits_of(features, numbers):
    return {one.model.components: one for one in candidates(features, numbers)}


def test_criteria_are_those_of_the_fits(analysed, valid):
    fits = fits_of(analysed().features, range(1, 11))
    figure = valid(criteria(fits, 4))
    bic, icl, aic = figure["data"]
    assert bic["x"] == icl["x"] == aic["x"] == list(range(1, 11))
    assert icl["y"] == [fits[k].icl for k in range(1, 11)]
    assert bic["y"] == [fits[k].bic for k in range(1, 11)]
    assert aic["y"] == [fits[k].aic for k in range(1, 11)]
    best, first = figure["layout"]["annotations"]
    assert best["y"] == min(bic["y"])
    assert first["text"] == f"1: BIC {fits[1].bic:,.0f}"
    assert figure["layout"]["shapes"][0]["x0"] == 4


def test_one_component_alone_does_not_set_the_scale(analysed):
    fits = fits_of(analysed().features, range(1, 11))
    low, high = criteria(fits, 4)["layout"]["yaxis"]["range"]
    rest = [value for k in range(2, 11) for value in (fits[k].bic, fits[k].icl, fits[k].aic)]
    assert low < min(rest) < max(rest) < high < fits[1].bic
    assert high - low < 1.5 * (max(rest) - min(rest))


def test_one_component_within_the_range_is_a_point_like_the_others(analysed):
    fits = fits_of(analysed().features, range(1, 3))
    same = {1: fits[2], 2: fits[2]}
    figure = criteria(same, 1)
    assert len(figure["layout"]["annotations"]) == 1
    assert figure["layout"]["yaxis"]["range"][1] > fits[2].bic


@dataclass(frozen=True)
class Scored:
    bic: float
    icl: float
    aic: float


def scored(scale, lowest):
    """Return criteria of about a size, of which one number of components has the lowest BIC."""
    bics = {k: scale * (1 + abs(k - lowest) / 50) for k in range(1, 11)}
    return {k: Scored(bic, bic * 1.01, bic * 0.99) for k, bic in bics.items()}


def test_the_criteria_of_a_head_have_short_numbers(valid):
    fits = {**scored(5e6, 10), 1: Scored(11081014, 11081014, 11080000)}
    layout = valid(criteria(fits, 3))["layout"]
    assert layout["yaxis"]["tickformat"].endswith("~s")
    assert layout["annotations"][1]["text"] == "1: BIC 11.1M"


@pytest.mark.parametrize("lowest", range(1, 11))
def test_the_note_of_the_lowest_is_over_no_axis_edge_or_legend(lowest, valid):
    fits = scored(1000.0, lowest)
    layout = valid(criteria(fits, 3))["layout"]
    note = layout["annotations"][0]
    low, high = layout["yaxis"]["range"]
    assert note["x"] == lowest
    assert low < note["y"] < high
    assert note["xanchor"] == {1: "left", 9: "right", 10: "right"}.get(lowest, "center")


def test_the_note_of_a_lowest_high_in_the_plot_is_below_it():
    high = {k: Scored(1000.0 + k, 1001.0 + k, 10.0) for k in range(1, 4)}
    low = {k: Scored(1000.0 + k, 9000.0, 999.0) for k in range(1, 4)}
    assert criteria(high, 1)["layout"]["annotations"][0]["ay"] > 0
    assert criteria(low, 1)["layout"]["annotations"][0]["ay"] < 0


def test_nothing_to_compare_is_a_sentence(valid):
    figure = valid(criteria({}, 3))
    assert figure["data"] == []
    assert "nothing to compare" in figure["layout"]["annotations"][0]["text"].replace("<br>", " ")


def test_a_message_wraps_and_never_becomes_markup(valid):
    text = valid(message("The file <script>alert(1)</script> " + "is long " * 20))
    (note,) = text["layout"]["annotations"]
    assert "<script" not in note["text"]
    assert max(len(line) for line in note["text"].split("<br>")) < 60


@pytest.mark.parametrize("colours", PALETTES.values(), ids=PALETTES)
def test_ten_classes_have_ten_different_colours(colours):
    assert len(set(colours)) == 10
    assert all(re.fullmatch("#[0-9A-F]{6}", colour) for colour in colours)


def test_the_first_colours_are_okabe_and_itos():
    """Okabe and Ito (2008), "Color universal design": sky blue, orange, bluish green."""
    assert PALETTES["okabe"][:3] == ("#56B4E9", "#E69F00", "#009E73")
