"""What the server counts and logs."""

import json
import logging
import os
import subprocess
import sys

import pytest

from dashboard.app import create_app
from dashboard.services.tally import Tally
from dashboard.settings import Settings
from dashboard.view import View
from dashboard.web import logs
from dashboard.web.logs import nameless
from dashboard.web.metrics import Metrics

# Two workers of one server, without a server: each answers some requests and ends.
WORKER = """
import sys
from pathlib import Path
from dashboard.app import create_app
from dashboard.settings import Settings
from dashboard.web import logs
server = create_app(Settings(data=Path(sys.argv[1]), cache=Path(sys.argv[2]))).server
logs.register(server)
client = server.test_client()
for address in sys.argv[3:]:
    answer = client.get(address, headers={"User-Agent": "secret-agent", "X-Name": "secret-header"})
print(answer.get_data(as_text=True))
"""


@pytest.fixture
def worker(save, head, tmp_path):
    """Return a function that answers addresses in a process of its own: metrics, and log."""
    save("data/pair/secret-file.nii.gz", head(0))

    def worker(*addresses):
        arguments = [tmp_path / "data", tmp_path / "cache", *addresses, "/metrics"]
        done = subprocess.run(
            [sys.executable, "-c", WORKER, *map(str, arguments)],
            capture_output=True, text=True, check=True,
            env={k: v for k, v in os.environ.items() if k != "PROMETHEUS_MULTIPROC_DIR"},
        )  # fmt: skip
        lines = [line for line in done.stdout.splitlines() if line and not line.startswith("#")]
        numbers = dict(line.rsplit(" ", 1) for line in lines)
        return numbers, [json.loads(line) for line in done.stderr.splitlines()]

    return worker


@pytest.mark.wide
@pytest.mark.slow
def test_counts_are_of_all_workers_and_logs_name_nobody(worker):
    asked = ("/healthz", "/open?study=pair&x=secret-file", "/secret-path.png")
    worker(*asked, "/cards/x.json?study=pair&need=components")
    numbers, log = worker(*asked)

    def requests(route, status="200"):
        return float(
            numbers[f'neuromix_requests_total{{method="GET",route="{route}",status="{status}"}}']
        )

    assert requests("/healthz") == requests("/open") == 2
    assert float(numbers['neuromix_request_seconds_count{route="/open"}']) == 2
    assert float(numbers['neuromix_results_total{of="volumes",result="miss"}']) >= 2
    assert float(numbers['neuromix_store_bytes{store="cache"}']) > 1000
    assert not any("secret" in name for name in numbers)
    # One line for each request but the health check, with nothing that a visitor sent.
    assert [line["route"] for line in log] == ["/open", "/<path:path>", "/metrics"]
    assert all(
        line.keys() == {"time", "level", "logger", "method", "route", "status", "ms"}
        for line in log
    )
    assert "secret" not in json.dumps(log)


def test_an_error_is_logged_by_its_kind_and_place(capfd, tmp_path):
    server = create_app(Settings(data=tmp_path, cache=tmp_path / "cache")).server
    loggers = [logging.getLogger(name) for name in ("dashboard", server.logger.name)]
    before = [(one, one.handlers, one.propagate, one.level) for one in loggers]
    try:
        logs.register(server)

        @server.get("/fails")
        def fails():
            raise ValueError("secret-file.nii.gz")

        assert server.test_client().get("/fails?name=secret").status_code == 500
    finally:
        for one, one.handlers, one.propagate, level in before:
            one.setLevel(level)
    out = capfd.readouterr().err
    lines = [json.loads(line) for line in out.splitlines()]
    (error,) = (line for line in lines if line["level"] == "error")
    assert error["error"] == "ValueError"
    assert any("test_metrics.py:" in place for place in error["at"])
    assert "secret" not in out


def test_the_servers_own_lines_quote_nobody(caplog):
    log = logging.getLogger("gunicorn.error")
    log.addFilter(nameless)
    try:
        log.warning("Invalid request from ip=10.0.0.7: Invalid HTTP request line: 'GET /secret'")
        try:
            raise OSError(5, "no", "/data/secret/T1.nii")
        except OSError:
            log.exception("Error handling request %s %s", "GET", "/open?study=secret")
        log.warning("Worker (pid:%s) was sent SIGKILL!", 5)
    finally:
        log.removeFilter(nameless)
    first, second, third = caplog.messages
    assert first == "Invalid request"
    assert second.startswith("Error handling request: OSError at ")
    assert third == "Worker (pid:5) was sent SIGKILL!"
    assert "secret" not in caplog.text


def test_a_server_that_cannot_count_goes_on(monkeypatch, tmp_path):
    monkeypatch.delenv("PROMETHEUS_MULTIPROC_DIR", raising=False)
    (tmp_path / "metrics").write_text("no folder")
    metrics = Metrics(tmp_path, {}, {})
    assert metrics.text() == (b"", "text/plain")
    monkeypatch.delenv("PROMETHEUS_MULTIPROC_DIR", raising=False)


def test_a_tally_counts_each_once():
    tally = Tally()
    for there in (True, False, True):
        tally.count(there=there)
    assert tally.totals == {"hit": 2, "miss": 1}


def test_fits_and_finds_are_tallied(study):
    scene = study.scene(View("pair", "T1", "b0", slice=5))
    study.analyses.analyse(scene)
    fits = study.analyses.tallies["models"].totals["miss"]
    assert fits >= 1
    study.analyses.analyse(scene)
    assert study.analyses.tallies["models"].totals["miss"] == fits
    assert study.analyses.tallies["analyses"].totals == {"hit": 1, "miss": 1}
