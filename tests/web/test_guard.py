import json
import logging

import pytest

from dashboard.app import create_app
from dashboard.settings import Settings
from dashboard.web.guard import MAX_BODY_BYTES, hosts_of


@pytest.fixture
def client(tmp_path, sample):
    """Return a function that makes a client of a server that listens somewhere."""

    def client(bound, allowed=""):
        settings = Settings(
            data=sample.parent, cache=tmp_path, allowed_hosts=hosts_of(bound, allowed)
        )
        return create_app(settings).server.test_client()

    return client


def status(client, host, path="/"):
    return client.get(path, headers={"Host": host}).status_code


def test_a_server_on_loopback_answers_to_its_own_names_only(client):
    for bound in ("127.0.0.1", "::1", "localhost"):
        server = client(bound)
        for host in ("localhost", "127.0.0.1", "[::1]", "LocalHost:8050", "[::1]:8050"):
            assert status(server, host) == 200
        for host in ("evil.example", "localhost.evil.example:8050", "127.0.0.1.evil.example", "["):
            assert status(server, host) == 421
            assert status(server, host, "/slices/0/axial/1.png") == 421
            assert status(server, host, "/healthz") == 200
    assert "not allowed" in server.get("/", headers={"Host": "a"}).text


def test_elsewhere_all_names_are_answered_unless_some_are_listed(client):
    assert status(client("0.0.0.0"), "any.example:8000") == 200
    listed = client("0.0.0.0", "mri.example, 10.0.0.5")
    assert status(listed, "mri.example:8000") == status(listed, "10.0.0.5") == 200
    assert status(listed, "any.example") == 421
    assert status(listed, "any.example", "/healthz") == 200
    assert status(client("127.0.0.1", "mri.example"), "mri.example") == 200


def test_no_route_but_the_uploads_takes_a_large_body(client):
    server = client("0.0.0.0")
    body = json.dumps({"a": "x" * MAX_BODY_BYTES})
    answer = server.post("/_dash-update-component", data=body, content_type="application/json")
    assert answer.status_code == 413
    head = b'--X\r\nContent-Disposition: form-data; name="f"; filename="T1.nii"\r\n\r\n'
    form = head + bytes(2 * MAX_BODY_BYTES) + b"\r\n--X--\r\n"
    answer = server.post("/uploads", data=form, content_type="multipart/form-data; boundary=X")
    assert answer.status_code == 422  # it has arrived, and has no header


@pytest.mark.bad_input("malformed call of Dash")
@pytest.mark.parametrize(
    "body", ["", "{", "[]", "null", "5", "{}", '{"output": 5}', '{"output": "a.b", "inputs": []}']
)
@pytest.mark.parametrize("kind", ["application/json", "text/plain"])
def test_a_call_of_dash_that_no_page_makes_is_refused_without_a_word_in_the_log(
    client, caplog, body, kind
):
    server = client("0.0.0.0")
    with caplog.at_level(logging.WARNING):
        answer = server.post("/_dash-update-component", data=body, content_type=kind)
    assert answer.status_code == 400
    assert not caplog.records
