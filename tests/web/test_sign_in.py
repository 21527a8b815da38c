"""Strangers get nothing: each route, asked in each way with everything that is no sign-in."""

import io
import time

import pytest
from itsdangerous import TimestampSigner

from dashboard.app import create_app
from dashboard.core.errors import NeuroMixError
from dashboard.settings import Settings, require_protected
from dashboard.web.access import keeping_out
from dashboard.web.access.gate import COOKIE, gate_of

PASSWORD = "Grüße aus dem Labor"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
OPEN_PATHS = {"/healthz", "/sign-in", "/sign-in.css"}
UNKNOWN = (
    "/nothing",
    "/a/b?c=d",
    "/SIGN-IN",
    "/sign-in/",
    "/healthz/x",
    "//healthz",
    "/%00",
    "/..",
)
BROWSER = {"Accept": "text/html,*/*"}


@pytest.fixture
def settings(tmp_path):
    """Return a function that makes settings on a data folder without studies."""

    def settings(**given):
        return Settings(data=tmp_path / "none", cache=tmp_path / "cache", **given)

    return settings


@pytest.fixture
def server(settings):
    return create_app(settings(password=PASSWORD)).server


def signed_in(server, password=PASSWORD, **given):
    """Return a client and the answer to its password."""
    client = server.test_client()
    return client, client.post("/sign-in", data={"password": password, **given})


def session(server):
    return signed_in(server)[0].get_cookie(COOKIE).value


def addresses(server):
    """Return a path for each rule of the server, Dash's own among them."""
    parts = {
        "identity": "0" * 16,
        "volume": "0" * 16,
        "plane": "axial",
        "index": "1",
        "form": "html",
    }
    paths = set()
    for rule in server.url_map.iter_rules():
        values = {name: parts.get(name, "dash") for name in rule.arguments}
        paths.add(rule.build(values, append_unknown=False)[1])
    assert {"/", "/_dash-layout", "/_dash-update-component", "/uploads", "/open"} <= paths
    return sorted(paths)


class Unread:
    """A body that nobody may read."""

    def read(self, *_):
        raise AssertionError("a stranger's body was read")

    readline = readlines = __iter__ = read


# What is tried by every method; the others differ in how they fail to be a session.
EACH_METHOD = ("none", "wrong", "malformed", "tampered signature", "expired")


def credentials(server, settings, monkeypatch):
    """Return what a stranger may send in place of a sign-in, by what is wrong with it."""
    genuine = session(server)
    name, when, signature = genuine.split(".")
    flipped = [one[:-1] + ("A" if one[-1] != "A" else "B") for one in (name, when, signature)]
    other = create_app(settings(password=PASSWORD, secret_key="another")).server
    client, _ = signed_in(server)
    ended = client.get_cookie(COOKIE).value
    client.post("/sign-out")
    with monkeypatch.context() as patch:
        eight_days_ago = int(time.time()) - 8 * 24 * 3600
        patch.setattr(TimestampSigner, "get_timestamp", lambda _: eight_days_ago)
        late = session(server)
    return {
        "none": {},
        "wrong": {"Authorization": f"Basic {PASSWORD}".encode().decode("latin-1")},
        "malformed": {"Cookie": f"{COOKIE}=..; {COOKIE}"},
        "long": {"Cookie": f"{COOKIE}={genuine}{'A' * 5000}"},
        "odd": {"Cookie": f"{COOKIE}=\xff\xfe.\x80.a"},
        "another name": {"Cookie": f"{flipped[0]}={genuine}"},
        "tampered id": {"Cookie": f"{COOKIE}={flipped[0]}.{when}.{signature}"},
        "tampered time": {"Cookie": f"{COOKIE}={name}.{flipped[1]}.{signature}"},
        "tampered signature": {"Cookie": f"{COOKIE}={name}.{when}.{flipped[2]}"},
        "unsigned": {"Cookie": f"{COOKIE}={name}.{when}."},
        "expired": {"Cookie": f"{COOKIE}={late}"},
        "ended": {"Cookie": f"{COOKIE}={ended}"},
        "of another server": {"Cookie": f"{COOKIE}={session(other)}"},
        "a claimed user": {"X-Remote-User": "admin", "X-Forwarded-User": "admin"},
    }


def test_each_route_is_closed_to_each_stranger_and_reads_nothing(server, settings, monkeypatch):
    strangers = credentials(server, settings, monkeypatch)
    client = server.test_client(use_cookies=False)
    body = {"wsgi.input": Unread(), "CONTENT_LENGTH": "9000"}
    for path in (*addresses(server), *UNKNOWN):
        for method in METHODS:
            if path in OPEN_PATHS:
                continue
            for kind in strangers if method == "GET" else EACH_METHOD:
                headers = strangers[kind]
                answer = client.open(path, method=method, headers=headers, environ_overrides=body)
                assert answer.status_code == 401, (path, method, kind)
                assert answer.data in (b"Sign in to see this.", b""), (path, method, kind)
                assert "Set-Cookie" not in answer.headers
                assert answer.headers["Cache-Control"] == "no-store"


def test_whoever_signed_in_is_let_in_everywhere(server):
    client, _ = signed_in(server)
    for path in addresses(server):
        for method in ("GET", "POST"):
            if path not in ("/sign-in", "/sign-out"):
                assert client.open(path, method=method).status_code not in (401, 403), path


def test_nothing_else_is_open(server):
    rules = [rule for rule in server.url_map.iter_rules() if rule.endpoint in keeping_out.OPEN]
    assert {rule.rule for rule in rules} == OPEN_PATHS
    client = server.test_client()
    assert client.get("/healthz").json["status"] == "ok"
    assert client.get("/sign-in.css").mimetype == "text/css"
    assert client.post("/sign-in", data={"password": "no"}).status_code == 401


def test_a_person_gets_the_page_and_after_it_the_link_that_was_asked_for(server):
    link = "/?study=a%20b&names=CSF%2CGM&at=1:2.5:-3&x=it's%26"
    client = server.test_client()
    page = client.get(link, headers=BROWSER)
    assert page.status_code == 401
    assert 'id="sign-in"' in page.text
    assert "<script" not in page.text
    target = page.text.partition('name="next" type="hidden" value="')[2].partition('"')[0]
    target = target.replace("&amp;", "&").replace("&#39;", "'")
    wrong = client.post("/sign-in", data={"password": "no", "next": target})
    assert "Wrong password." in wrong.text
    assert 'name="next" type="hidden" value="/?study=a%20b' in wrong.text
    answer = client.post("/sign-in", data={"password": PASSWORD, "next": target})
    assert (answer.status_code, answer.headers["Location"]) == (303, link)


ELSEWHERE = (
    "https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example",
    "/\t/evil.example", "/\n/evil.example", " //evil.example", "javascript:alert(1)",
    "evil.example", "/é", "", "/\r\nX: y",
    "/..//evil.example", "/a/../..//evil.example", "/%2e%2E/other/", "/./..%2Fother",
)  # fmt: skip


def test_after_signing_in_nobody_is_sent_elsewhere(server):
    for target in ELSEWHERE:
        _, answer = signed_in(server, next=target)
        assert answer.headers["Location"] == "/"


def test_the_session_is_a_cookie_that_scripts_and_other_sites_do_not_get(server):
    _, answer = signed_in(server)
    cookie = answer.headers["Set-Cookie"]
    for part in ("HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=604800"):
        assert part in cookie.split("; ")
    assert "Secure" not in cookie
    client = server.test_client()
    secure = client.post("/sign-in", data={"password": PASSWORD}, base_url="https://localhost")
    assert "Secure" in secure.headers["Set-Cookie"].split("; ")


def test_another_site_signs_nobody_in_or_out(server):
    client, _ = signed_in(server)
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        for path in ("/sign-in", "/sign-out"):
            answer = client.post(path, data={"password": PASSWORD}, headers=headers)
            assert answer.status_code == 403
            assert "Set-Cookie" not in answer.headers
    assert client.get("/_dash-layout").status_code == 200


def test_signing_out_ends_the_session_also_where_its_cookie_was_copied(server):
    client, _ = signed_in(server)
    copied = {"Cookie": f"{COOKIE}={client.get_cookie(COOKIE).value}"}
    answer = client.post("/sign-out", follow_redirects=True)
    assert "You are signed out." in answer.text
    assert client.get_cookie(COOKIE) is None
    assert server.test_client(use_cookies=False).get("/", headers=copied).status_code == 401


@pytest.mark.faults("key of the sessions changed")
def test_a_session_outlasts_a_restart_and_holds_at_every_worker(settings, server):
    token = session(server)
    cookie = {"Cookie": f"{COOKIE}={token}"}

    def status(**given):
        client = create_app(settings(**given)).server.test_client(use_cookies=False)
        return client.get("/", headers=cookie).status

    assert status(password=PASSWORD) == "200 OK"
    # Another password ends it, and so does another key.
    assert status(password="another").startswith("401")
    rekeyed = {"password": PASSWORD, "secret_key": "k" * 32}
    assert status(**rekeyed).startswith("401")
    client, _ = signed_in(create_app(settings(**rekeyed)).server)
    assert client.get("/").status == "200 OK"


def test_a_hashed_password_signs_in_and_the_command_makes_its_hash(settings, run, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(PASSWORD + "\n"))
    _, (made,), _ = run("hash-password")
    assert made.startswith("$argon2id$")
    server = create_app(settings(password_hash=made)).server
    assert signed_in(server, "no")[1].status_code == 401
    assert signed_in(server)[1].status_code == 303
    with pytest.raises(NeuroMixError, match="no argon2 hash"):
        gate_of(settings(password_hash="secret"))


def test_attempts_are_slowed(server):
    client = server.test_client()
    answers = [client.post("/sign-in", data={"password": str(n)}) for n in range(6)]
    assert [answer.status_code for answer in answers] == [401] * 5 + [429]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 30
    assert "Try again in" in answers[-1].text
    # Also the right one has to wait; at another address it has not.
    assert signed_in(server)[1].status_code == 429
    elsewhere = {"REMOTE_ADDR": "192.0.2.7"}
    data = {"password": PASSWORD}
    assert client.post("/sign-in", data=data, environ_overrides=elsewhere).status_code == 303
    # A header of one's own makes no other address.
    forwarded = {"X-Forwarded-For": "192.0.2.8"}
    assert client.post("/sign-in", data=data, headers=forwarded).status_code == 429


def test_a_labs_proxy_names_the_user_and_nobody_else_can(settings):
    proxied = settings(user_header="X-Remote-User", trusted_proxies="10.1.0.0/16, 127.0.0.2")
    client = create_app(proxied).server.test_client(use_cookies=False)

    def status(address, **headers):
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return client.get("/", headers=sent, environ_overrides={"REMOTE_ADDR": address}).status_code

    for address in ("10.1.2.3", "127.0.0.2", "::ffff:10.1.2.3"):
        assert status(address, X_Remote_User="ana") == 200
        assert status(address, X_Remote_User=" ") == status(address) == 401
    for address in ("10.2.0.1", "127.0.0.1", "", "::1", "unix"):
        assert status(address, X_Remote_User="ana") == 401
        assert status(address, X_Remote_User="ana", X_Forwarded_For="10.1.2.3") == 401
    page = client.get("/", headers=BROWSER)
    assert "your lab's portal" in page.text.replace("&#39;", "'")
    assert "<form" not in page.text
    assert client.post("/sign-in", data={"password": ""}).status_code == 401


def test_settings_that_would_let_strangers_in_are_refused(settings):
    with pytest.raises(NeuroMixError, match="anybody can send a header"):
        gate_of(settings(user_header="X-Remote-User"))
    with pytest.raises(NeuroMixError, match="has host bits set"):
        create_app(settings(user_header="X-User", trusted_proxies="10.0.0.1/8"))
    with pytest.raises(NeuroMixError, match="not both"):
        gate_of(settings(password="a", password_hash="b"))


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "10.0.0.5", "mri.example", ""])
def test_nothing_listens_beyond_this_machine_that_keeps_nobody_out(settings, address):
    with pytest.raises(NeuroMixError, match="DASHBOARD_PASSWORD"):
        require_protected(settings(), address)
    for given in (
        {"password": "a"},
        {"password_hash": "a"},
        {"user_header": "a"},
        {"public": True},
    ):
        require_protected(settings(**given), address)
    for own in ("127.0.0.1", "::1", "localhost", "127.8.9.1"):
        require_protected(settings(), own)


def test_a_server_that_was_told_nothing_answers_on_its_own_machine_only(settings):
    # As another WSGI server may call it, which runs no check before it listens.
    beyond = "http://10.0.0.5:8000"
    client = create_app(settings()).server.test_client()
    assert client.get("/").status_code == 200
    refused = client.get("/", base_url=beyond)
    assert refused.status_code == 403
    assert "DASHBOARD_PUBLIC=1" in refused.text
    assert client.get("/healthz", base_url=beyond).status_code == 200
    public = create_app(settings(public=True)).server.test_client()
    assert public.get("/", base_url=beyond).status_code == 200


def test_what_only_those_signed_in_see_is_kept_in_no_shared_cache(settings, server):
    client, _ = signed_in(server)
    bundle = next(
        line.partition('src="')[2].partition('"')[0]
        for line in client.get("/").text.splitlines()
        if "_dash-component-suites" in line
    )
    answer = client.get(bundle)
    assert answer.cache_control.private
    assert answer.cache_control.max_age > 0
    everybodys = create_app(settings()).server.test_client()
    assert not everybodys.get(bundle).cache_control.private


def test_a_link_with_quotes_stays_text_on_the_page(server):
    page = server.test_client().get('/?x=%22%3E%3Cscript%3E"><b>', headers=BROWSER)
    assert "<b>" not in page.text
    assert "<script" not in page.text
