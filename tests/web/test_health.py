import pytest

from dashboard.app import create_app
from dashboard.services.studies.library import Library
from dashboard.settings import Settings


@pytest.fixture
def client(tmp_path):
    return create_app(Settings(data=tmp_path / "nowhere", cache=tmp_path)).server.test_client()


def test_health_touches_no_study(client, monkeypatch):
    def touched(*_):
        raise AssertionError("a study was touched")

    monkeypatch.setattr(Library, "names", touched)
    monkeypatch.setattr(Library, "study", touched)
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json["status"] == "ok"


def test_the_page_itself_opens_without_any_study(client):
    assert client.get("/").status_code == 200


def test_slices_are_served_by_the_whole_application(client):
    answer = client.get("/slices/0000000000000000/axial/1.png?study=a")
    assert answer.status_code == 404
    assert "data folder cannot be read" in answer.text
