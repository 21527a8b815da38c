"""Opening a query: what is read on the way, and what the page holds then."""

import json
import re

import numpy as np
import pytest
from dash import Dash

from dashboard.app import create_app
from dashboard.cards.table import CARDS
from dashboard.ids import FIELDS
from dashboard.settings import ROOT, Settings
from dashboard.view import View
from dashboard.web.filling import OUTPUTS
from dashboard.web.open import UNEXPECTED
from tests.images import AFFINE


@pytest.fixture
def app(pair, tmp_path) -> Dash:
    """Return the application on the study `pair`."""
    return create_app(Settings(data=pair, cache=tmp_path / "cache"))


@pytest.fixture
def client(app):
    return app.server.test_client()


def lines(client, query: str) -> list[dict]:
    answer = client.get(f"/open?{query}")
    assert answer.mimetype == "application/x-ndjson"
    return [json.loads(line) for line in answer.text.splitlines()]


def opened(client, query: str) -> dict:
    return lines(client, query)[-1]["opened"]


def laid_out(client, query: str) -> dict:
    """Properties of the elements that Dash lays out for a page of that query."""
    client.get(f"/?{query}")
    content = client.get("/_dash-layout", headers={"Referer": f"http://localhost/?{query}"}).json
    found = {}

    def walk(node):
        if isinstance(node, list):
            for child in node:
                walk(child)
        elif isinstance(node, dict) and "props" in node:
            found[node["props"].get("id")] = node["props"]
            walk(node["props"].get("children"))

    walk(content)
    return found


def test_each_image_is_told_while_it_is_read_for_the_first_time(client):
    *reading, last = lines(client, "study=pair")
    assert [line["reading"] for line in reading] == [
        {"image": "T1", "number": 1, "of": 2},
        {"image": "b0", "number": 2, "of": 2},
    ]
    assert set(last) == {"opened"}
    assert [set(line) for line in lines(client, "study=pair")] == [{"opened"}]


def test_an_opened_view_fills_everything_that_it_decides_and_nothing_else(client):
    values = opened(client, "study=pair&slice=4&components=5&log=1")
    assert set(values) == set(OUTPUTS)
    view = View("pair", "T1", "b0", slice=4, components=5, log=True)
    assert values["scene.data"]["view"] == json.loads(json.dumps(view.to_store()))
    assert values["control-components.value"] == "5"
    assert values["control-log.checked"] is True
    assert values["control-slice.max"] == 11


def test_a_query_without_a_slice_opens_at_the_place(client):
    assert opened(client, "study=pair&place=0:0:21.2")["control-slice.value"] == 7
    plane = "study=pair&plane=sagittal&place=8:0:21"
    assert opened(client, plane)["control-slice.value"] == 4


@pytest.mark.parametrize("place", ["0:0:900", "0:0", "a:b:c", "nan:nan:nan", ""])
def test_a_place_outside_the_head_is_left(client, place):
    usual = opened(client, "study=pair")["control-slice.value"]
    assert opened(client, f"study=pair&place={place}")["control-slice.value"] == usual


def test_what_cannot_be_opened_is_one_sentence(client, tmp_path):
    for path in (tmp_path / "data").rglob("*.nii.gz"):
        path.unlink()
    (line,) = lines(client, "study=pair")
    assert set(line) == {"failed"}
    assert line["failed"].endswith(".")


def test_names_in_notices_are_only_text(client):
    notices = opened(client, "study=pair&x=%3Cb%3EX")["notices.html"]
    assert "&lt;b&gt;X" in notices
    assert "<b>" not in notices


def test_the_first_view_comes_with_the_page(client):
    opened(client, "study=pair")
    page = laid_out(client, "study=pair&slice=4&components=2")
    assert page["control-slice"]["value"] == 4
    assert page["control-components"]["value"] == "2"
    assert page["view-joint"]["figure"]["data"]
    assert page["view-components"]["html"].count("<tr") == 3  # a head and two classes
    assert page["scene"]["data"]["key"] == opened(client, "study=pair")["scene.data"]["key"]
    shown = [card for card in CARDS if card.tab in (None, "components")]
    visible = {card.id for card in shown if card.group != "idle"}
    assert set(page["scene"]["data"]["drawn"]) == visible


def test_a_study_that_is_to_be_read_does_not_delay_the_page(client):
    page = laid_out(client, "study=pair")
    assert "data" not in page["scene"]
    assert not page["view-joint"]["figure"]["data"]


def test_the_slow_criteria_do_not_delay_the_page(client):
    opened(client, "study=pair")
    page = laid_out(client, "study=pair&panel=criteria")
    assert "criteria" not in page["scene"]["data"]["drawn"]


def test_every_output_is_an_element_of_the_page(app):
    page = app.validation_layout
    for output in [*OUTPUTS, *(name for card in CARDS for name in card.outputs)]:
        element, prop = output.rsplit(".", 1)
        assert prop in page[element].available_properties


def test_every_field_of_the_view_has_its_control_among_the_inputs_of_the_views(client):
    (views,) = (
        callback
        for callback in client.get("/_dash-dependencies").json
        if (callback["clientside_function"] or {}).get("function_name") == "views"
    )
    inputs = [f"{entry['id']}.{entry['property']}" for entry in views["inputs"]]
    assert inputs == ["scene.data", *(f"{control}.{prop}" for control, prop in FIELDS.values())]


def test_the_page_holds_what_its_modules_have_to_know(client):
    page = client.get("/").text
    (known,) = re.findall(r'id="neuromix-config" type="application/json">(.*?)</script>', page)
    assert [card["id"] for card in json.loads(known)["cards"]] == [card.id for card in CARDS]


def test_nothing_has_to_come_before_the_page_is_styled(client):
    page = client.get("/").text
    assert not re.findall(r'<link[^>]+rel="stylesheet"', page)
    sheets = list((ROOT / "assets").glob("*.css"))
    assert len(sheets) > 10
    for sheet in sheets:
        assert page.count(sheet.read_text("utf-8")) == 1


def test_an_unforeseen_error_is_said_and_logged_and_leaves_no_dead_page(
    client, monkeypatch, caplog
):
    def broken(*_args, **_options):
        raise RuntimeError("/srv/secret/path")

    opened(client, "study=pair")  # read before, so that the layout would hold it
    monkeypatch.setattr("dashboard.web.open.open_view", broken)
    monkeypatch.setattr("dashboard.web.page.open_view", broken)
    (line,) = lines(client, "study=pair")
    assert line == {"failed": UNEXPECTED}
    assert "/srv/secret/path" in caplog.text
    layout = client.get("/_dash-layout", headers={"Referer": "http://localhost/?study=pair"})
    assert layout.status_code == 200


def test_each_contrast_of_one_file_is_told_while_it_is_read(client, save, head):
    four = np.stack([head(n) + n for n in range(4)], axis=-1)
    save("data/many/four.nii.gz", four, AFFINE)
    reading = [line["reading"]["image"] for line in lines(client, "study=many")[:-1]]
    assert reading == [f"four:{number}" for number in range(4)]
    assert len(lines(client, "study=many")) == 1
