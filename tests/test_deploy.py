"""The files of deploy/: nginx's is run in front of the server, the others repeat the Procfile."""

import http.client
import json
import os
import re
import shlex
import ssl
import subprocess
from contextlib import ExitStack, closing
from urllib.parse import urlencode

import pytest

from scripts.serving import ROOT, free_port, serving
from tests.nginx import require, running

PROCFILE = (ROOT / "Procfile").read_text("utf-8").removeprefix("web: ")


@pytest.fixture
def nginx(tmp_path):
    """Return a function that runs deploy/nginx.conf for a server, and gives both its ports."""
    openssl = require("openssl")
    with ExitStack() as stack:

        def nginx(url):
            plain, secure = free_port(), free_port()
            site = (ROOT / "deploy" / "nginx.conf").read_text("utf-8")
            subprocess.run(
                [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1",
                 "-subj", "/CN=mri.lab.example", "-keyout", tmp_path / "key",
                 "-out", tmp_path / "crt"],
                check=True, capture_output=True,
            )  # fmt: skip
            for given, here in (
                ("unix:/run/neuromix/web.sock", url.removeprefix("http://")),
                ("listen 80;", f"listen 127.0.0.1:{plain};"),
                ("listen 443 ssl;", f"listen 127.0.0.1:{secure} ssl;"),
                ("/etc/letsencrypt/live/mri.lab.example/fullchain.pem", str(tmp_path / "crt")),
                ("/etc/letsencrypt/live/mri.lab.example/privkey.pem", str(tmp_path / "key")),
            ):
                assert site.count(given) == 1, given
                site = site.replace(given, here)
            stack.enter_context(running(tmp_path, site))
            return plain, secure

        yield nginx


@pytest.mark.long
def test_the_nginx_file_serves_over_tls(nginx, tmp_path):
    host = {"Host": "mri.lab.example"}
    settings = {
        "DASHBOARD_CACHE": str(tmp_path / "cache"),
        "DASHBOARD_PASSWORD": "open, please",
        "DASHBOARD_TRUSTED_PROXIES": "127.0.0.1",
        "ALLOWED_HOSTS": "mri.lab.example",
    }
    with serving(log=tmp_path / "log", **settings) as url:
        plain, secure = nginx(url)
        trusting = ssl.create_default_context(cafile=str(tmp_path / "crt"))
        trusting.check_hostname = False

        def ask(method, path, body=None, **headers):
            line = http.client.HTTPSConnection("127.0.0.1", secure, context=trusting, timeout=60)
            with closing(line):
                line.request(method, path, body, {**host, **headers})
                answer = line.getresponse()
                answer.read()
                return answer

        first = http.client.HTTPConnection("127.0.0.1", plain, timeout=60)
        with closing(first):
            first.request("GET", "/?slice=20", headers=host)
            moved = first.getresponse()
            moved.read()
        assert moved.status == 301
        assert moved.headers["Location"] == "https://mri.lab.example/?slice=20"
        health = ask("GET", "/healthz")
        assert health.status == 200
        assert "max-age" in health.headers["Strict-Transport-Security"]
        assert ask("GET", "/metrics").status in (302, 303, 401)
        form = urlencode({"password": "open, please"})
        entered = ask(
            "POST", "/sign-in", form, Origin="https://mri.lab.example",
            **{"Content-Type": "application/x-www-form-urlencoded"},
        )  # fmt: skip
        cookies = entered.headers.get_all("Set-Cookie") or []
        assert cookies
        assert all("Secure" in cookie for cookie in cookies)
        signed_in = {"Cookie": "; ".join(cookie.partition(";")[0] for cookie in cookies)}
        assert ask("GET", "/", **signed_in).status == 200
        assert ask("GET", "/metrics", **signed_in).status == 200
        # More than nginx lets through by default, and all of it arrives.
        refused = ask("POST", "/uploads", bytes(2 * 2**20), **signed_in)
        assert refused.status not in (413, 502)


def test_the_service_runs_the_line_of_the_procfile():
    service = (ROOT / "deploy" / "neuromix.service").read_text("utf-8").replace("\\\n", " ")
    (line,) = re.findall(r"^ExecStart=(.*)$", service, re.MULTILINE)

    def options(text):
        words = shlex.split(text.replace("${WEB_CONCURRENCY:-2}", "2"))
        start = next(place for place, word in enumerate(words) if word.endswith("gunicorn"))
        given = " ".join(words[start + 1 :]).split(" --")
        return {word for word in given if not word.startswith(("bind", "umask"))}

    assert options(line) == options(PROCFILE)


def test_the_container_runs_the_line_of_the_procfile(tmp_path):
    docker = (ROOT / "deploy" / "Dockerfile").read_text("utf-8")
    (command,) = re.findall(r'^CMD \["sh", "-c", (".*")\]$', docker, re.MULTILINE)
    (tmp_path / "Procfile").write_text(f"web: {PROCFILE}")
    (tmp_path / "gunicorn").write_text('#!/bin/sh\necho "$@"\n')
    (tmp_path / "gunicorn").chmod(0o755)
    said = subprocess.run(
        ["sh", "-c", json.loads(command)], cwd=tmp_path, check=True, capture_output=True, text=True,
        env={"PATH": f"{tmp_path}:{os.environ['PATH']}", "PORT": "8000"},
    ).stdout  # fmt: skip
    assert "--bind 0.0.0.0:8000" in said
    assert "--workers 2 " in said


def test_the_guide_names_files_and_settings_that_there_are():
    guide = (ROOT / "docs" / "hosting.md").read_text("utf-8")
    for target in re.findall(r"\]\((\.\./[^)#]+)", guide):
        assert (ROOT / "docs" / target).exists(), target
    readme = (ROOT / "README.md").read_text("utf-8")
    named = set(re.findall(r"\b[A-Z]+_[A-Z_]+\b|(?<=`)[A-Z]{4,}(?=`)", guide))
    for variable in named:
        assert f"| `{variable}` |" in readme, variable
    for anchor in re.findall(r"README\.md#([\w-]+)", guide):
        titles = re.findall(r"^#+ (.+)$", readme, re.MULTILINE)
        assert anchor in {title.lower().replace(" ", "-") for title in titles}, anchor
    for metric in re.findall(r"`(neuromix_\w+)`", guide):
        counters = (ROOT / "dashboard" / "web" / "counters.py").read_text("utf-8")
        assert metric.removesuffix("_total") in counters, metric
