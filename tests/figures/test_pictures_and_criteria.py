import re

import pytest

from dashboard.core.mixture.criteria import criteria as fits_of
from dashboard.figures.criteria import criteria
from dashboard.figures.images import picture
from dashboard.figures.palette import PALETTES, class_colours
from dashboard.figures.style import message

PICTURE = {"source": "/slices/1.png", "rows": 30, "columns": 20, "pixel": (2.0, 3.0),
           "plane": "axial", "side": "neurological"}  # fmt: skip


def test_a_picture_covers_its_voxels_edge_to_edge(valid):
    layout = valid(picture(**PICTURE))["layout"]
    (image,) = layout["images"]
    assert (image["x"], image["sizex"]) == (-0.5, 20)
    assert (image["y"], image["sizey"]) == (29.5, 30)
    assert layout["xaxis"]["range"] == [-0.5, 19.5]
    assert layout["yaxis"]["range"] == [-0.5, 29.5]


def test_voxels_keep_their_true_proportions(valid):
    """`scaleratio` is the length of a unit of x over one of y (plotly.js, layout-xaxis)."""
    axis = valid(picture(**PICTURE))["layout"]["xaxis"]
    assert axis["scaleanchor"] == "y"
    assert axis["scaleratio"] == pytest.approx(2 / 3)


def test_extreme_voxels_still_give_a_picture():
    narrow = picture(**{**PICTURE, "pixel": (0.001, 1000.0)})["layout"]["xaxis"]["scaleratio"]
    assert 0.01 < narrow < 1


@pytest.mark.parametrize(
    ("plane", "side", "letters"),
    [("axial", "neurological", "LRPA"), ("axial", "radiological", "RLPA"),
     ("sagittal", "radiological", "PAIS"), ("coronal", "neurological", "LRIS")],
)  # fmt: skip
def test_letters_stand_at_their_edges(valid, plane, side, letters):
    notes = valid(picture(**{**PICTURE, "plane": plane, "side": side}))["layout"]["annotations"]
    at = {note["text"]: (note["x"], note["y"]) for note in notes}
    left, right, bottom, top = (at[letter] for letter in letters)
    assert left[0] < bottom[0] == top[0] < right[0]
    assert bottom[1] < left[1] == right[1] < top[1]


def test_the_scale_runs_through_the_window(valid):
    (scale,) = valid(picture(**PICTURE, window=(-5.0, 480.0)))["data"]
    assert (scale["marker"]["cmin"], scale["marker"]["cmax"]) == (-5, 480)
    assert scale["marker"]["showscale"]


def test_an_overlay_lies_above_the_picture_at_its_opacity(valid):
    below, above = valid(picture(**PICTURE, overlay=True, opacity=0.4))["layout"]["images"]
    assert (below["layer"], above["layer"], above["opacity"]) == ("below", "above", 0.4)
    assert all(above[side] == below[side] for side in ("x", "y", "sizex", "sizey"))


def test_criteria_are_those_of_the_fits(analysed, valid):
    fits = fits_of(analysed().features, range(1, 11))
    figure = valid(criteria(fits, 4))
    bic, aic = figure["data"]
    assert bic["x"] == aic["x"] == list(range(1, 11))
    assert bic["y"] == [fits[k].bic for k in range(1, 11)]
    assert aic["y"] == [fits[k].aic for k in range(1, 11)]
    (note,) = figure["layout"]["annotations"]
    assert note["y"] == min(bic["y"])
    assert figure["layout"]["shapes"][0]["x0"] == 4


def test_nothing_to_compare_is_a_sentence(valid):
    figure = valid(criteria({}, 3))
    assert figure["data"] == []
    assert "cannot carry a mixture" in figure["layout"]["annotations"][0]["text"].replace(
        "<br>", " "
    )


def test_a_message_wraps_and_never_becomes_markup(valid):
    text = valid(message("The file <script>alert(1)</script> " + "is long " * 20))
    (note,) = text["layout"]["annotations"]
    assert "<script" not in note["text"]
    assert max(len(line) for line in note["text"].split("<br>")) < 60


@pytest.mark.parametrize("palette", PALETTES)
def test_ten_classes_have_ten_different_colours(palette):
    colours = class_colours(palette)
    assert len(set(colours)) == 10
    assert all(re.fullmatch("#[0-9A-F]{6}", colour) for colour in colours)


def test_the_first_colours_are_okabe_and_itos():
    """Okabe and Ito (2008), "Color universal design": sky blue, orange, bluish green."""
    assert class_colours("okabe")[:3] == ("#56B4E9", "#E69F00", "#009E73")
