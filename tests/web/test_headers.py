import base64
import hashlib
import re

import pytest

from dashboard.app import create_app
from dashboard.core.errors import NeuroMixError
from dashboard.settings import Settings


@pytest.fixture
def client(tmp_path):
    """Return a function that makes a client of a server with some settings."""

    def client(**given):
        settings = Settings(data=tmp_path / "none", cache=tmp_path, **given)
        return create_app(settings).server.test_client()

    return client


def policy(answer):
    rules = (rule.split() for rule in answer.headers["Content-Security-Policy"].split(";"))
    return {name: values for name, *values in rules}


def test_the_policy_lets_the_pages_own_scripts_run_and_nothing_else(client):
    answer = client().get("/")
    rules = policy(answer)
    assert rules["default-src"] == ["'self'"]
    assert rules["base-uri"] == rules["object-src"] == ["'none'"]
    assert not any(
        "unsafe-eval" in value or "*" in value for rule in rules.values() for value in rule
    )
    assert "'unsafe-inline'" not in rules["script-src"]
    # Of scripts within the page, those that are data need no leave.
    inline = re.findall(
        r"<script((?! type=.application/json)(?![^>]* src=)[^>]*)>(.*?)</script>",
        answer.text,
        re.DOTALL,
    )
    scripts = [text for attributes, text in inline if "application/json" not in attributes]
    assert scripts
    for script in scripts:
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in rules["script-src"]
    assert not re.search(r"<[^>]* on\w+=", answer.text)


@pytest.mark.parametrize(
    ("path", "status"),
    [("/", 200), ("/healthz", 200), ("/slices/0/axial/1.png", 404), ("/sign-out", 303)],
)  # fmt: skip
def test_every_answer_has_the_headers(client, path, status):
    answer = client().open(path, method="POST" if path == "/sign-out" else "GET")
    assert answer.status_code == status
    assert policy(answer)["frame-ancestors"] == ["'none'"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "camera=()" in answer.headers["Permissions-Policy"]
    assert "Strict-Transport-Security" not in answer.headers


def test_strangers_get_them_too(client):
    answer = client(password="secret").get("/", headers={"Accept": "text/html"})
    assert answer.status_code == 401
    assert policy(answer)["form-action"] == ["'self'"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_labs_portal_may_show_the_page_if_it_is_named(client):
    portal = client(frame_ancestors="https://portal.lab.example, https://*.lab.example")
    named = ["https://portal.lab.example", "https://*.lab.example"]
    assert policy(portal.get("/"))["frame-ancestors"] == named
    with pytest.raises(NeuroMixError, match="DASHBOARD_FRAME_ANCESTORS"):
        client(frame_ancestors="https://a.example; script-src *")


def test_what_a_proxy_says_counts_only_if_it_is_named(client):
    forwarded = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "mri.lab.example"}
    names = {"allowed_hosts": "mri.lab.example", "public": True}

    def answer(server, address, **headers):
        from_there = {"REMOTE_ADDR": address}
        return server.get("/", headers=forwarded | headers, environ_overrides=from_there)

    trusting = client(trusted_proxies="10.0.0.0/24,unix", **names)
    for address in ("10.0.0.7", ""):
        trusted = answer(trusting, address)
        assert trusted.status_code == 200
        assert trusted.headers["Strict-Transport-Security"] == "max-age=31536000"
    for server, address in ((trusting, "10.0.1.7"), (client(**names), "127.0.0.1")):
        ignored = answer(server, address)
        assert ignored.status_code == 421  # the host is still that of the request
        assert "Strict-Transport-Security" not in ignored.headers
    secure = client().get("/", base_url="https://localhost")
    assert "Strict-Transport-Security" in secure.headers
