"""The server below a path of a host."""

import re

import pytest
from pydantic import ValidationError

from dashboard.app import create_app
from dashboard.settings import Settings
from dashboard.web.page import ASSETS

PREFIX = "/portal/neuromix/"


@pytest.fixture
def server(tmp_path, sample):
    return create_app(
        Settings(data=sample.parent, cache=tmp_path, prefix=PREFIX, password="secret")
    ).server


@pytest.fixture
def client(server):
    """A client who signed in below the prefix."""
    client = server.test_client()
    answer = client.post(f"{PREFIX}sign-in", data={"password": "secret", "next": f"{PREFIX}?x=T1"})
    assert answer.headers["Location"] == f"{PREFIX}?x=T1"
    assert f"Path={PREFIX}" in answer.headers["Set-Cookie"].split("; ")
    return client


def test_every_address_of_the_page_begins_with_the_prefix(client):
    page = client.get(PREFIX)
    assert page.status_code == 200
    assert f"Path={PREFIX}" in page.headers["Set-Cookie"].split("; ")
    addresses = re.findall(r'(?:src|href|action)="([^#"][^"]*)"', page.text)
    assert len(addresses) > 15
    assert f"{PREFIX}assets/joined/main.mjs" in addresses
    for address in addresses:
        assert address.startswith(PREFIX)
        if not address.endswith("sign-out"):
            with client.get(address) as answer:
                assert answer.status_code == 200, address
    assert f'"requests_pathname_prefix":"{PREFIX}"'.replace("/", "\\u002f") in page.text


def test_strangers_are_refused_below_the_prefix_and_beside_it(server):
    stranger = server.test_client()
    for path in (PREFIX, f"{PREFIX}_dash-layout", "/", "/_dash-layout", f"{PREFIX}..", "/portal/"):
        assert stranger.get(path).status_code == 401
    assert stranger.get(f"{PREFIX}healthz").status_code == 200
    page = stranger.get(f"{PREFIX}?x=T1", headers={"Accept": "text/html"}).text
    assert f'action="{PREFIX}sign-in"' in page
    assert f'href="{PREFIX}sign-in.css"' in page
    assert f'value="{PREFIX}?x=T1"' in page


def test_nobody_is_sent_beside_the_prefix(server):
    for target in ("/", "/portal/", "/portal/neuromixed/", "//evil.example/", "/evil"):
        data = {"password": "secret", "next": target}
        answer = server.test_client().post(f"{PREFIX}sign-in", data=data)
        assert answer.headers["Location"] == PREFIX


def test_a_proxy_may_take_the_prefix_off(server):
    answer = server.test_client().post("/sign-in", data={"password": "secret"})
    assert answer.headers["Location"] == PREFIX
    assert f"Path={PREFIX}" in answer.headers["Set-Cookie"].split("; ")


def test_without_its_last_slash_the_prefix_leads_to_the_page(server):
    answer = server.test_client().get(f"{PREFIX[:-1]}?x=T1")
    assert (answer.status_code, answer.headers["Location"]) == (308, f"{PREFIX}?x=T1")


@pytest.mark.parametrize("given", ["neuromix", "/neuromix", "neuromix/", "/neuromix/"])
def test_a_prefix_is_taken_with_or_without_its_slashes(given):
    assert Settings(prefix=given).prefix == "/neuromix/"


def test_what_is_no_path_is_refused():
    assert Settings(prefix="").prefix == Settings(prefix="/").prefix == Settings().prefix == "/"
    for given in ("//evil.example", "https://a.example/", "/a b/", '/"/', "/a?b", "/{}/"):
        with pytest.raises(ValidationError):
            Settings(prefix=given)


def test_no_address_in_the_browsers_half_begins_at_the_hosts_root():
    modules = [*ASSETS.glob("*.mjs"), *ASSETS.glob("client/*.mjs"), *ASSETS.glob("views/*.mjs")]
    assert len(modules) > 50
    absolute = re.compile(r"""["'`]/[a-z_][\w-]*[/."'`?$]""")
    found = [path.name for path in modules if absolute.search(path.read_text("utf-8"))]
    assert found == []  # `route` of client/address.mjs makes them
