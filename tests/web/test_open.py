"""The route that opens a query: a study is read image by image, and then the page is filled."""

import json
from urllib.parse import urlencode

import pytest
from flask import Flask

from dashboard.view import fields_of
from dashboard.web import open as opening
from dashboard.web.visitor import register


@pytest.fixture
def lines(study):
    """Return a function that opens a query and returns the lines of the answer."""
    server = Flask(__name__)
    register(server)
    server.register_blueprint(opening.blueprint(study.archive))

    def lines(**query):
        answer = server.test_client().get(f"/open?{urlencode({'study': 'pair', **query})}")
        assert answer.status_code == 200
        assert answer.mimetype == "application/x-ndjson"
        assert answer.headers["Cache-Control"] == "no-store"
        return [json.loads(line) for line in answer.data.splitlines()]

    return lines


def test_a_study_is_read_image_by_image_and_then_opened(lines, save, head):
    save("data/pair/brain_mask.nii", head(0) > 0, dtype="u1")
    *reading, last = lines()
    assert [line["reading"] for line in reading] == [
        {"image": name, "number": number, "of": 3}
        for number, name in enumerate(("T1", "b0", "brain_mask"), start=1)
    ]
    assert last["opened"]["control-x.value"] == "T1"
    assert last["opened"]["control-slice.max"] == 11
    # What has been read before opens at once.
    assert [list(line) for line in lines()] == [["opened"]]


def test_without_a_name_the_first_study_is_opened(lines):
    assert lines(study="")[-1]["opened"]["control-study.value"] == "pair"


def test_what_cannot_be_read_holds_nothing_up(lines, tmp_path):
    (tmp_path / "data/pair/torn.nii.gz").write_bytes(b"no gzip")
    *reading, last = lines(x="torn")
    assert "torn" in [line["reading"]["image"] for line in reading]
    assert "torn.nii.gz" in last["opened"]["notices.html"]


def test_a_query_without_a_slice_opens_at_the_place(lines):
    # Slices lie 3 mm apart.
    assert lines(place="0:0:21")[-1]["opened"]["control-slice.value"] == 7
    for nowhere in ("0:0:900", "0:0:nan", "here", "1:2", "0:0:21:4"):
        assert lines(place=nowhere)[-1]["opened"]["control-slice.value"] == int(12 * 3 / 7)


def test_a_library_without_a_study_is_a_sentence(lines, tmp_path):
    for image in (tmp_path / "data/pair").iterdir():
        image.unlink()
    (failed,) = lines()
    assert "contains no study" in failed["failed"]


def test_the_source_tells_the_place_and_where_slices_lie(lines):
    source = lines(slice="5", x="T1")[-1]["opened"]["source.data"]
    assert source["place"][2] == 15
    assert source["x"]["positions"] == [3.0 * index for index in range(12)]
    assert (source["x"]["thickness"], source["x"]["pixel"]) == (3, [2, 2])
    assert source["x"]["shape"] == [24, 20]
    assert set(source["view"]) >= fields_of("images", "place", "model")
    assert (source["sameGrid"], source["fits"]) == (True, True)
