import pytest
from flask import Flask

from dashboard.web import reading


@pytest.fixture
def client(study):
    server = Flask(__name__)
    server.register_blueprint(reading.blueprint(study.archive))
    return server.test_client()


def unread(client, name="pair"):
    return client.get("/reading.json", query_string={"study": name}).get_json()["images"]


def test_a_study_is_read_image_by_image(client):
    assert unread(client) == ["T1", "b0"]
    assert client.get("/reading/T1", query_string={"study": "pair"}).status_code == 204
    assert unread(client) == ["b0"]
    assert client.get("/reading/b0", query_string={"study": "pair"}).status_code == 204
    assert unread(client) == []


def test_without_a_name_the_first_study_is_read(client):
    assert unread(client, "") == ["T1", "b0"]
    assert client.get("/reading/T1").status_code == 204
    assert unread(client, "") == ["b0"]


def test_what_cannot_be_read_holds_nothing_up(client, tmp_path):
    (tmp_path / "data/pair/torn.nii.gz").write_bytes(b"no gzip")
    assert "torn" in unread(client)
    for name in ("torn", "nobody", "../b0", "%00"):
        assert client.get(f"/reading/{name}", query_string={"study": "pair"}).status_code == 204
    assert unread(client, "nobody") == []
    assert unread(client, "../pair") == []


def test_masks_and_label_maps_are_read_after_the_images(client, save, head):
    save("data/pair/brain_mask.nii", head(0) > 0, dtype="u1")
    save("data/pair/dseg.nii", head(0) > 0, dtype="u1")
    assert unread(client) == ["T1", "b0", "brain_mask", "dseg"]
