"""Which cards a change of the View concerns, and what stands in one that cannot be drawn."""

import html
import json
import re
from dataclasses import fields, replace
from typing import get_args

import numpy as np
import orjson
import plotly.graph_objects as go
import pytest

from dashboard.cards.card import UNFINISHED, Tab
from dashboard.cards.table import CARDS, description
from dashboard.core.mixture import criteria
from dashboard.view import Panel, View
from dashboard.web.cards import UNEXPECTED, draw
from tests.images import AFFINE, save_image

VIEW = View("pair", "T1", "b0", slice=5)
CRITERIA = {"view-criteria.figure", "criteria-table.html"}
FITTED = {"view-histograms.figure", "view-joint.figure", "view-components.html",
          *CRITERIA}  # fmt: skip
HEADS = {"head-labels.html", "head-histograms.html", "head-joint.html", "head-components.html",
         "criteria-table.html"}  # fmt: skip
ON_TWO_GRIDS = np.diag([4.0, 4.0, 3.0, 1.0])


@pytest.fixture(scope="module", autouse=True)
def one_seed():
    """Compare no seeds: five times the fits of each View."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(criteria, "SEEDS", 1)
        yield


def drawn(workspace, view):
    """Draw every card, as the browser gets it in the end."""
    values = {}
    for card in CARDS:
        while UNFINISHED in (found := draw(card, workspace.scene(view), workspace.analyses)):
            pass
        values |= found
    return json.loads(orjson.dumps(values, option=orjson.OPT_SERIALIZE_NUMPY))


@pytest.fixture(scope="module")
def altered(tmp_path_factory, head, desk):
    """Return a function that names the outputs that a change of the View alters.

    The study has an image on another grid and a reference besides T1 and b0.
    """
    folder = tmp_path_factory.mktemp("altered")
    for name, voxels, affine in (
        ("T1", head(0), AFFINE),
        ("b0", head(1), AFFINE),
        ("epi", head(2)[::2, ::2], ON_TWO_GRIDS),
        ("dseg", ((head(0) > 150) + 2 * (head(0) > 350)).astype(np.uint8), AFFINE),
    ):
        save_image(folder / f"data/pair/{name}.nii", voxels, affine, dtype=voxels.dtype)
    workspace = desk(folder / "data", folder / "cache")
    before = drawn(workspace, VIEW)

    def altered(change):
        after = drawn(workspace, replace(VIEW, **change))
        assert UNEXPECTED not in said(after)
        return {output for output, value in after.items() if value != before[output]}

    return altered


def declared(change):
    """Return the outputs of the cards that depend on what is changed."""
    return {output for card in CARDS if set(change) & card.fields for output in card.outputs}


def said(value):
    """Return all text of a card, without its markup."""
    return html.unescape(re.sub(r"(<[^>]*>|\\n|\s)+", " ", json.dumps(value, ensure_ascii=False)))


def test_every_figure_is_one_that_plotly_takes(study):
    figures = [value for name, value in drawn(study, VIEW).items() if name.endswith(".figure")]
    assert len(figures) == 3
    for figure in figures:
        go.Figure(figure)


def test_every_card_fills_its_outputs_and_no_other(study):
    for card in CARDS:
        found = set(draw(card, study.scene(VIEW), study.analyses))
        assert found - {UNFINISHED} == set(card.outputs)
        assert set(card.failed("why")) == set(card.outputs)
        assert "why" in said(dict(card.failed("why")))


def test_a_sentence_is_only_text():
    for card in CARDS:
        for name, value in card.failed("no <i>image</i>").items():
            assert "<i>image" not in (value if name.endswith(".html") else json.dumps(value))
    every = [output for card in CARDS for output in card.outputs]
    assert len(every) == len(set(every))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"slice": 6}, FITTED),
        ({"components": 4}, {"view-histograms.figure", "view-joint.figure",
                             "view-components.html", "view-criteria.figure"}),
        ({"covariance": "tied"}, FITTED),
        ({"scaling": "minmax"}, {"view-joint.figure"}),
        ({"bins": 60}, {"view-histograms.figure"}),
        ({"log": True}, {"view-histograms.figure"}),
        ({"before": True}, {"view-histograms.figure", "head-histograms.html"}),
        ({"joint": "density"}, {"view-joint.figure"}),
        ({"axes": "raw"}, {"view-joint.figure"}),
        ({"hidden": (1,)}, {"view-histograms.figure", "view-joint.figure"}),
        ({"palette": "plain"}, {"view-histograms.figure", "view-joint.figure"}),
        ({"x": "b0"}, FITTED - CRITERIA | {"head-image-x.html"}),
        # All images are mixed, whichever are shown: the mixture stays.
        ({"y": "T1"}, {"view-histograms.figure", "view-joint.figure", "head-image-y.html",
                       "head-joint.html"}),
        ({"plane": "coronal"}, FITTED),
        ({"mix": "T1"}, {"view-components.html", "view-preflight.html", "head-joint.html"}),
        ({"clip": "1"}, {"view-components.html", "view-histograms.figure", *HEADS}),
        ({"foreground": "mask"}, {"view-components.html", "view-histograms.figure",
                                  "view-agreement.html", "head-histograms.html"}),
        ({"reference": "none"}, {"view-agreement.html"}),
        ({"grid": "epi"}, {"view-header.html", "head-image-x.html", "head-image-y.html"}),
    ],
    # Test processes have to agree on the names, and sets have an order of their own in each.
    ids=lambda value: str(sorted(value.items() if isinstance(value, dict) else value)),
)  # fmt: skip
def test_a_change_alters_what_it_should_and_only_cards_that_declare_it(altered, change, expected):
    assert expected <= altered(change) <= declared(change)


@pytest.mark.parametrize(
    "change",
    [{"side": "radiological"}, {"window_x": (0.0, 9.0)}, {"window_y": (0.0, 9.0)},
     {"opacity": 10}, {"panel": "header"}],
    ids=str,
)  # fmt: skip
def test_how_pictures_look_alters_no_card(altered, change):
    assert altered(change) == declared(change) == set()


def test_a_picture_says_what_was_done_to_it_and_other_cards_what_to_any_image(study, save, head):
    save("data/pair/epi.nii", head(2)[::2, ::2], ON_TWO_GRIDS)

    def badges(view):
        values = drawn(study, view)
        heads = {name: values[f"head-{name}.html"] for name in ("image-x", "image-y", "joint")}
        return {name: re.findall("<b[^>]*>(.*)</b>", head) for name, head in heads.items()}

    assert badges(replace(VIEW, y="epi", grid="T1", clip="1")) == {
        "image-x": [], "image-y": ["resampled"], "joint": ["resampled, clipped"],
    }  # fmt: skip
    assert badges(VIEW) == {"image-x": [], "image-y": [], "joint": []}


@pytest.mark.parametrize(
    ("change", "title", "caption"),
    [
        ({}, "Joint distribution", ["components at 1σ and 2σ"]),
        ({"y": "T1"}, "Intensities and mixture", ["curves of the components"]),
        ({"mix": "T1"}, "Joint distribution", ["without components: b0 not in the fit"]),
        ({"slice": 0, "plane": "sagittal"}, "Joint distribution", []),
    ],
)
def test_the_joint_views_heading_says_what_is_shown(study, change, title, caption):
    heading = drawn(study, replace(VIEW, **change))["head-joint.html"]
    assert re.findall("<h2[^>]*>(.*)</h2>", heading) == [title]
    assert re.findall('<span class="caption"[^>]*>(.*)</span>', heading) == caption


def test_the_joint_view_says_what_it_is_clipped_to_and_scaled_by(study, save, head):
    voxels = head(1)
    voxels[5, 5, 5] = 1e5
    save("data/pair/b0.nii.gz", voxels, AFFINE)

    def meta(view):
        return drawn(study, view)["view-joint.figure"]["layout"]["meta"]

    assert not meta(replace(VIEW, axes="raw")).keys() & {"offset", "factor", "limits"}
    assert "limits" not in meta(VIEW)
    clipped = replace(VIEW, clip="0.5")
    analysis = study.analyse(clipped)
    limits = meta(clipped)["limits"]
    assert analysis.features.values[:, 1].max() == limits[1][1] < 1e3
    assert (analysis.features.values >= np.array(limits)[:, 0]).all()
    mean, sd = analysis.features.values.mean(axis=0), analysis.features.values.std(axis=0)
    np.testing.assert_allclose(meta(clipped)["offset"], mean, rtol=1e-6)
    np.testing.assert_allclose(meta(clipped)["factor"], sd, rtol=1e-6)


def test_the_histograms_heading_names_the_rule(study):
    heads = {
        rule: drawn(study, replace(VIEW, foreground=rule, before=True))["head-histograms.html"]
        for rule in ("positive", "nonzero", "background")
    }
    assert [rule for rule, text in heads.items() if "zero removal" in text] == ["positive"]


def test_a_histogram_of_the_foreground_says_what_it_leaves_out(study):
    mask = study.analyse(VIEW).features.mask
    figure = drawn(study, VIEW)["view-histograms.figure"]
    (note,) = figure["layout"]["annotations"]
    assert note["text"] == f"{100 * (~mask).mean():.0f} % zeros, not shown"
    lesson = drawn(study, replace(VIEW, before=True))["view-histograms.figure"]
    assert lesson["layout"]["annotations"] == []


def test_every_field_of_the_view_is_read_by_a_card_or_by_the_browser():
    read = frozenset().union(*(card.fields for card in CARDS))
    by_browser = {
        "side",
        "window_x",
        "window_y",
        "opacity",
        "panel",
        "at",
        "layout",
        "image",
        "colourmap_x",
        "colourmap_y",
        "lesson",
        "outline",
        "files",  # as a link is opened
    }
    assert read.isdisjoint(by_browser)
    assert read | by_browser == {field.name for field in fields(View)}


def test_the_browser_hears_of_every_card():
    described = json.loads(json.dumps(description()))
    assert [card["id"] for card in described] == [card.id for card in CARDS]
    assert set(described[1]["fields"]) == {"study", "x", "grid", "position"}


def test_the_tabs_of_the_cards_are_those_that_a_link_can_name():
    tabs = [card.slot for card in CARDS if isinstance(card.slot, Tab)]
    assert {tab.value for tab in tabs} == set(get_args(Panel))
    assert len({tab.value for tab in tabs}) == len(set(tabs))  # one title each


def test_a_cards_outputs_are_properties_of_its_elements():
    for card in CARDS:
        own = {
            f"{part.id}.{name}" for part in card.elements() for name in part.available_properties
        }
        assert set(card.outputs) <= own


@pytest.mark.parametrize("name", ["mix", "mask", "reference"])
def test_the_heads_of_pictures_stay_when_only_the_fit_changes(name):
    assert not {"head-image-x.html", "head-image-y.html"} & declared({name: "b0"})


@pytest.mark.parametrize(("bad", "good"), ["xy", "yx"])
def test_a_broken_image_leaves_the_other_ones_card(study, tmp_path, bad, good):
    (tmp_path / "data/pair/bad.nii").write_text("no image")
    values = drawn(study, replace(VIEW, **{bad: "bad"}))
    assert values[f"problem-image-{good}.html"] == ""
    for output in (f"problem-image-{bad}.html", "labels-problem.html", *FITTED):
        assert "bad.nii cannot be read." in said(values[output])
    assert str(tmp_path) not in json.dumps(values)


def test_images_on_two_grids_are_shown_but_not_fitted(study, save, head):
    save("data/pair/epi.nii", head(2, (8, 8, 8)))
    values = drawn(study, replace(VIEW, y="epi", slice=1))
    for which in "xy":
        assert values[f"problem-image-{which}.html"] == ""
    for output in (*FITTED, "labels-problem.html"):
        assert "not on the same grid" in said(values[output])


@pytest.mark.parametrize(
    ("index", "caption", "problem"),
    [(0, "raw intensities, image Y", "epi has no slice here."),
     (2, "slice 0, nearest in mm", ""), (3, "slice 1, nearest in mm", "")],
)  # fmt: skip
def test_an_image_on_another_grid_says_which_slice_is_shown(study, save, index, caption, problem):
    """Slices of X are 3 mm thick, those of Y 4 mm from z = 5 mm."""
    affine = np.diag([2.0, 2.0, 4.0, 1.0])
    affine[2, 3] = 5
    save("data/pair/epi.nii", np.arange(64.0).reshape(8, 4, 2), affine)
    values = drawn(study, replace(VIEW, y="epi", slice=index))
    assert caption in values["head-image-y.html"]
    assert values["problem-image-y.html"] == problem


@pytest.mark.parametrize(
    "change", [{"slice": 8}, {"plane": "coronal"}, {"x": "epi"}, {"grid": "T1"}], ids=str
)
def test_the_head_of_an_image_on_another_grid_depends_on_the_slice_of_x(study, save, head, change):
    save("data/pair/epi.nii", head(2)[::2, ::2], ON_TWO_GRIDS)
    view = replace(VIEW, y="epi")
    before, after = (
        drawn(study, seen)["head-image-y.html"] for seen in (view, replace(view, **change))
    )
    assert before != after
    assert "head-image-y.html" in declared(change)


def test_a_dark_slice_says_so_where_classes_would_be(study):
    values = drawn(study, replace(VIEW, plane="sagittal", slice=0, before=True))
    for output in ("view-joint.figure", "view-components.html", "labels-problem.html"):
        assert "no foreground voxels in this slice" in said(values[output])
    assert values["view-histograms.figure"]["data"]


def test_tables_hold_the_components_and_the_headers(study):
    values = drawn(study, VIEW)
    analysis = study.analyse(VIEW)
    components, header = values["view-components.html"], values["view-header.html"]
    assert f"{len(analysis.features.values):,} foreground voxels" in said(components)
    for described in analysis.classes:
        assert f"{described.weight:.3f}" in components
        assert f"{described.voxels:,}" in components
    assert "24 × 20 × 12" in header
    assert "sizeof_hdr" in header


def test_file_names_never_become_markup(study, save, head):
    name = "<img src=x onerror=alert(1)>"
    save(f"data/pair/{name}.nii.gz", head(2))
    values = drawn(study, replace(VIEW, x=name, y=name))
    assert "<img" not in json.dumps(values)
    for output in (*FITTED - CRITERIA, "view-header.html", "head-image-x.html"):
        assert "&lt;img" in json.dumps(values[output])
