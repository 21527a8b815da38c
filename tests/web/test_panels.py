"""Which panels a change of the View concerns, and what stands in one that cannot be drawn."""

import html
import json
import re
from dataclasses import fields, replace

import numpy as np
import orjson
import plotly.graph_objects as go
import pytest
from flask import Flask

from dashboard.figures.images import NOTHING
from dashboard.ids import (
    CAPTION_HISTOGRAMS,
    CAPTION_JOINT,
    FACTS,
    LABELS_PROBLEM,
    OVERLAY,
    TITLE_JOINT,
    TITLE_X,
    TITLE_Y,
    ViewId,
)
from dashboard.view import View
from dashboard.web import drawings, panels
from dashboard.web.addresses import ID_LENGTH
from dashboard.web.panels import PANELS, UNEXPECTED, Panel, blueprint, description, draw

VIEW = View("pair", "T1", "b0", slice=5)
FITTED = {OVERLAY, ViewId.HISTOGRAMS, ViewId.JOINT, ViewId.COMPONENTS, ViewId.CRITERIA}


def drawn(workspace, view):
    """Draw every panel, as the browser gets it."""
    values = {str(panel.id): draw(panel, workspace, view) for panel in PANELS}
    return json.loads(orjson.dumps(values, option=orjson.OPT_SERIALIZE_NUMPY))


def told(value):
    """Return all text of a panel, without its markup."""
    return html.unescape(re.sub(r"(<[^>]*>|\\n|\s)+", " ", json.dumps(value, ensure_ascii=False)))


def test_every_figure_is_one_that_plotly_takes(study):
    values = drawn(study, VIEW)
    figures = [values[panel.id] for panel in PANELS if panel.kind == "figure"]
    assert len(figures) == 6
    for figure in figures:
        go.Figure(figure)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"slice": 6}, FITTED | {ViewId.IMAGE_X, ViewId.IMAGE_Y, ViewId.LABELS}),
        ({"components": 4}, FITTED),
        ({"seed": 1}, FITTED),
        ({"covariance": "tied"}, FITTED),
        ({"scaling": "minmax"}, FITTED),
        ({"bins": 60}, {ViewId.HISTOGRAMS}),
        ({"log": True}, {ViewId.HISTOGRAMS}),
        ({"joint": "density"}, {ViewId.JOINT}),
        ({"axes": "raw"}, {ViewId.JOINT, OVERLAY}),
        ({"hidden": (1,)}, {ViewId.HISTOGRAMS, ViewId.JOINT, OVERLAY}),
        ({"palette": "plain"}, {ViewId.HISTOGRAMS, ViewId.JOINT, OVERLAY}),
        ({"window_y": (0.0, 9.0)}, {ViewId.IMAGE_Y}),
        ({"window_x": (0.0, 9.0)}, {ViewId.IMAGE_X, ViewId.LABELS}),
        ({"side": "radiological"}, {ViewId.IMAGE_X, ViewId.IMAGE_Y, ViewId.LABELS, OVERLAY}),
        ({"opacity": 10}, {ViewId.LABELS}),
        ({"panel": "header"}, set()),
    ],
)  # fmt: skip
def test_what_a_change_alters_is_what_the_panels_declare(study, change, expected):
    before, after = drawn(study, VIEW), drawn(study, replace(VIEW, **change))
    altered = {name for name, value in after.items() if value != before[name]}
    # Components and criteria may come out alike; nothing else may change.
    assert altered <= expected
    assert altered >= expected - {ViewId.CRITERIA, ViewId.COMPONENTS, ViewId.HISTOGRAMS, OVERLAY}
    (field,) = change
    declared = {panel.id for panel in PANELS if field in panel.fields}
    # The browser itself moves the pictures to another slice and sets the labels' opacity.
    by_browser = {"slice": {ViewId.IMAGE_X, ViewId.IMAGE_Y, ViewId.LABELS},
                  "opacity": {ViewId.LABELS}}  # fmt: skip
    assert altered <= declared | by_browser.get(field, set())


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"x": "b0"}, {ViewId.HISTOGRAMS, ViewId.JOINT, ViewId.COMPONENTS}),
        # All images are mixed, whichever are shown: the mixture stays.
        ({"y": "T1"}, {ViewId.HISTOGRAMS, ViewId.JOINT}),
        ({"plane": "coronal"}, {ViewId.HISTOGRAMS, ViewId.JOINT, ViewId.COMPONENTS}),
    ],
)
def test_another_image_or_plane_alters_only_panels_that_declare_it(study, change, expected):
    before, after = drawn(study, VIEW), drawn(study, replace(VIEW, **change))
    altered = {name for name, value in after.items() if value != before[name]}
    (field,) = change
    assert expected <= altered
    assert altered <= {panel.id for panel in PANELS if field in panel.fields}
    assert (TITLE_X in altered, TITLE_Y in altered) == (field == "x", field == "y")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"mix": "T1,b0"}, {ViewId.COMPONENTS, ViewId.PREFLIGHT}),
        ({"clip": "1"}, {ViewId.COMPONENTS, ViewId.HISTOGRAMS, ViewId.JOINT, FACTS}),
        ({"foreground": "mask"}, {ViewId.COMPONENTS, ViewId.HISTOGRAMS, ViewId.AGREEMENT}),
        ({"reference": "none"}, {ViewId.AGREEMENT}),
        ({"grid": "epi"}, {ViewId.IMAGE_X, ViewId.IMAGE_Y, ViewId.HEADER, FACTS}),
    ],
    ids=["mix", "clip", "foreground", "reference", "grid"],
)  # fmt: skip
def test_a_change_of_the_pipeline_alters_only_panels_that_declare_it(
    study, save, head, change, expected
):
    affine = np.diag([2.0, 2.0, 3.0, 1.0])
    save("data/pair/adc.nii", head(2), affine)
    save("data/pair/epi.nii", head(2)[::2, ::2], np.diag([4.0, 4.0, 3.0, 1.0]))
    save("data/pair/dseg.nii", (head(0) > 150) + 2 * (head(0) > 350), affine, dtype=np.uint8)
    before, after = drawn(study, VIEW), drawn(study, replace(VIEW, **change))
    altered = {name for name, value in after.items() if value != before[name]}
    (field,) = change
    assert expected <= altered
    assert altered <= {panel.id for panel in PANELS if field in panel.fields}
    assert UNEXPECTED not in told(after)


def test_a_picture_tells_what_was_done_to_it_and_other_cards_what_to_any_image(study, save, head):
    save("data/pair/epi.nii", head(2)[::2, ::2], np.diag([4.0, 4.0, 3.0, 1.0]))
    asked = replace(VIEW, y="epi", grid="T1", clip="1")
    short = {which: told["short"] for which, told in drawn(study, asked)[FACTS].items()}
    assert short == {"x": "", "y": "resampled", "used": "resampled, clipped"}
    apart = drawn(study, replace(VIEW, y="epi"))[FACTS]
    assert {told["short"] for told in apart.values()} == {""}


@pytest.mark.parametrize(
    ("change", "title", "caption"),
    [
        ({}, "Joint distribution", "components at 1σ and 2σ"),
        ({"y": "T1"}, "Intensities and mixture", "curves of the components"),
        ({"mix": "T1"}, "Joint distribution", "without components: b0 not mixed"),
        ({"slice": 0, "plane": "sagittal"}, "Joint distribution", ""),
    ],
)
def test_the_joint_views_heading_tells_what_is_shown(study, change, title, caption):
    values = drawn(study, replace(VIEW, **change))
    assert (values[TITLE_JOINT], values[CAPTION_JOINT]) == (title, caption)


def test_the_overlay_tells_what_the_joint_view_is_clipped_to(study, save, head):
    voxels = head(1)
    voxels[5, 5, 5] = 1e5
    save("data/pair/b0.nii.gz", voxels, np.diag([2.0, 2.0, 3.0, 1.0]))
    assert "limits" not in drawn(study, VIEW)[OVERLAY]
    clipped = replace(VIEW, clip="0.5")
    limits = drawn(study, clipped)[OVERLAY]["limits"]
    values = study.analyse(clipped).features.values
    assert values[:, 1].max() == limits[1][1] < 1e3
    assert (values >= np.array(limits)[:, 0]).all()


def test_the_histograms_heading_names_the_rule(study):
    captions = {
        rule: drawn(study, replace(VIEW, foreground=rule))[CAPTION_HISTOGRAMS]
        for rule in ("positive", "nonzero", "background", "mask")
    }
    assert [rule for rule, text in captions.items() if "zero removal" in text] == ["positive"]
    assert "in the mask" in captions["mask"]


def test_every_field_of_the_view_is_shown_somewhere():
    # The opacity is set by the browser itself; the open tab decides what is visible.
    shown = frozenset().union(*(panel.fields for panel in PANELS))
    assert {field.name for field in fields(View)} - shown == {"opacity", "panel"}


def test_the_browser_hears_of_every_panel():
    told_of = json.loads(json.dumps(description()))
    assert [panel["id"] for panel in told_of] == [str(panel.id) for panel in PANELS]
    assert set(told_of[0]["fields"]) == {"study", "x"}


@pytest.mark.parametrize(
    ("view", "broken", "whole"),
    [
        (replace(VIEW, x="bad"), (ViewId.IMAGE_X, ViewId.LABELS), ViewId.IMAGE_Y),
        (replace(VIEW, y="bad"), (ViewId.IMAGE_Y,), ViewId.IMAGE_X),
    ],
    ids=["x", "y"],
)
def test_a_broken_image_leaves_the_other_ones_panel(study, tmp_path, view, broken, whole):
    (tmp_path / "data/pair/bad.nii").write_text("no image")
    values = drawn(study, view)
    assert values[whole]["layout"]["images"][0]["source"].startswith("/slices/")
    for panel in (*broken, ViewId.HISTOGRAMS, ViewId.JOINT, ViewId.COMPONENTS, ViewId.CRITERIA):
        assert "bad.nii: the file's header cannot be read" in told(values[panel])
    assert str(tmp_path) not in json.dumps(values)


def test_images_on_two_grids_are_shown_but_not_fitted(study, save, head):
    save("data/pair/epi.nii", head(2, (8, 8, 8)))
    values = drawn(study, replace(VIEW, y="epi"))
    for panel in (ViewId.IMAGE_X, ViewId.IMAGE_Y):
        assert values[panel]["layout"]["images"]
    for panel in (ViewId.HISTOGRAMS, ViewId.JOINT, ViewId.COMPONENTS, LABELS_PROBLEM):
        assert "not on the same grid" in told(values[panel])


@pytest.mark.parametrize(("index", "shown"), [(0, None), (2, "/axial/0.png"), (3, "/axial/1.png")])
def test_an_image_on_another_grid_is_drawn_where_it_lies(study, save, index, shown):
    """Slices of X are 3 mm thick, those of Y 4 mm from z = 5 mm."""
    affine = np.diag([2.0, 2.0, 4.0, 1.0])
    affine[2, 3] = 5
    save("data/pair/epi.nii", np.arange(64.0).reshape(8, 4, 2), affine)
    figure = drawn(study, replace(VIEW, y="epi", slice=index))[ViewId.IMAGE_Y]
    source = figure["layout"]["images"][0]["source"]
    assert (shown in source) if shown else source == NOTHING


def test_a_dark_slice_says_so_where_classes_would_be(study):
    values = drawn(study, replace(VIEW, plane="sagittal", slice=0))
    for panel in (ViewId.JOINT, ViewId.COMPONENTS, LABELS_PROBLEM):
        assert "no foreground voxels in this slice" in told(values[panel])
    assert values[ViewId.HISTOGRAMS]["data"]


def test_an_unforeseen_error_is_a_sentence_and_the_log_has_the_rest(study, caplog):
    def fail(*_):
        raise ZeroDivisionError("secret detail in /srv/data")

    figure = draw(Panel(ViewId.JOINT, "figure", frozenset({"bins"}), fail), study, VIEW)
    go.Figure(figure)
    assert UNEXPECTED in told(figure)
    assert "secret" not in told(figure)
    assert "Traceback" not in told(figure)
    (record,) = caplog.records
    assert record.name == panels.__name__
    assert record.exc_info[0] is ZeroDivisionError


def test_tables_hold_the_components_and_the_headers(study):
    values = drawn(study, VIEW)
    analysis = study.analyse(VIEW)
    assert f"{len(analysis.features.values):,} foreground voxels" in told(values[ViewId.COMPONENTS])
    for described in analysis.classes:
        assert f"{described.weight:.3f}" in values[ViewId.COMPONENTS]
        assert f"{described.voxels:,}" in values[ViewId.COMPONENTS]
    assert "24 × 20 × 12" in values[ViewId.HEADER]
    assert "sizeof_hdr" in values[ViewId.HEADER]


def test_file_names_never_become_markup(study, save, head):
    name = "<img src=x onerror=alert(1)>"
    save(f"data/pair/{name}.nii.gz", head(2))
    values = drawn(study, replace(VIEW, x=name, y=name))
    for panel in (ViewId.HISTOGRAMS, ViewId.JOINT, ViewId.COMPONENTS, ViewId.HEADER):
        assert "<img" not in json.dumps(values[panel])
        assert "&lt;img" in json.dumps(values[panel])


@pytest.fixture
def ask(study):
    """Return a function that asks the route for panels of a View."""
    server = Flask(__name__)
    server.register_blueprint(blueprint(study))

    def ask(view, *needed, key=None, **headers):
        key = key or study.identity(view)[0][:ID_LENGTH]
        address = f"/panels/{key}.json?{view.query()}&need={','.join(needed)}"
        return server.test_client().get(address, headers=headers)

    return ask


def test_the_route_draws_just_what_is_needed(ask):
    answer = ask(VIEW, ViewId.JOINT, TITLE_X)
    assert set(answer.json) == {ViewId.JOINT, TITLE_X}
    assert answer.json[TITLE_X] == "T1"
    assert answer.cache_control.immutable


def test_what_a_missing_image_left_is_not_kept(ask, tmp_path):
    (tmp_path / "data/pair/bad.nii").write_text("no image")
    answer = ask(replace(VIEW, x="bad"), ViewId.IMAGE_Y)
    assert answer.json[ViewId.IMAGE_Y]["layout"]["images"]
    assert answer.headers["Cache-Control"] == "no-store"


def test_what_an_unforeseen_error_left_is_not_kept(ask, monkeypatch):
    monkeypatch.setattr(drawings.joint_figure, "joint", lambda *_, **__: 1 / 0)
    answer = ask(VIEW, ViewId.JOINT)
    assert UNEXPECTED in told(answer.json)
    assert answer.headers["Cache-Control"] == "no-store"


def test_what_a_resting_page_asks_ahead_delays_nobody(ask, study):
    with study.ahead.request():
        passed_over = ask(VIEW, ViewId.JOINT, **{"X-Ahead": "1"})
        assert passed_over.status_code == 204
        assert passed_over.headers["Cache-Control"] == "no-store"
        assert ask(VIEW, ViewId.JOINT).status_code == 200
    assert ask(VIEW, ViewId.JOINT, **{"X-Ahead": "1"}).json[ViewId.JOINT]["data"]


def test_an_address_of_swapped_images_is_404(ask, study):
    swapped = replace(VIEW, x="b0", y="T1")
    answer = ask(VIEW, ViewId.JOINT, key=study.identity(swapped)[0][:ID_LENGTH])
    assert answer.status_code == 404
    assert "Reload the page" in answer.text


@pytest.mark.parametrize("key", ["0" * 16, "a", "../..", "0" * 64])
def test_an_address_of_other_volumes_is_404(ask, key):
    answer = ask(VIEW, ViewId.JOINT, key=key)
    assert answer.status_code == 404
    assert b"Traceback" not in answer.data


def test_a_replaced_image_of_the_mixture_makes_the_old_address_404(ask, study, save, head):
    affine = np.diag([2.0, 2.0, 3.0, 1.0])
    save("data/pair/adc.nii", head(2), affine)
    key = study.identity(VIEW)[0][:ID_LENGTH]
    assert ask(VIEW, ViewId.JOINT, key=key).status_code == 200
    save("data/pair/adc.nii", head(2) + 1, affine)
    assert ask(VIEW, ViewId.JOINT, key=key).status_code == 404


def test_a_query_that_is_no_view_is_404_with_a_sentence(ask):
    answer = ask(replace(VIEW, components=99), ViewId.JOINT)
    assert answer.status_code == 404
    assert "components" in answer.text
