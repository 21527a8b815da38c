"""What the server does, in numbers for Prometheus: summed over all workers.

Each worker counts in files of its own in the cache folder (prometheus-client's multi-process mode).
"""

import logging
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, Response, g, request

from dashboard.services.disk.folders import make_private, size, untouched
from dashboard.services.tally import Tally
from dashboard.web.answers import not_kept

log = logging.getLogger(__name__)

PATH = "/metrics"
FOLDER, VARIABLE = "metrics", "PROMETHEUS_MULTIPROC_DIR"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
# Seconds: a slice takes some hundredths, a fit of the whole head one or two, an upload minutes.
BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
# What prometheus-client begins its files with. The room is taken first: a file that is mapped and
# finds the disk full would end the worker.
FILES, ROOM = ("counter", "histogram"), 2**20
# Counts of a worker that ended are kept so long, so that sums do not fall at each restart.
KEPT_SECONDS = 7 * 24 * 3600


def pattern() -> str:
    """Return the route of the request as it was declared, without what a visitor asked for."""
    return request.url_rule.rule if request.url_rule else "none"


def method() -> str:
    """Return the method of the request, unless a client made it up."""
    return request.method if request.method in METHODS else "other"


class Metrics:
    """Counts of this process.

    Parameters
    ----------
    cache : Path
        The cache folder, for the files of the counts.
    tallies : mapping of str to Tally
    stores : mapping of str to Path
        Folders whose size is measured, by name.
    """

    def __init__(
        self, cache: Path, tallies: Mapping[str, Tally], stores: Mapping[str, Path]
    ) -> None:
        self._folder = cache / FOLDER
        self._tallies, self._stores = tallies, stores
        self._told: dict[tuple[str, str], int] = {}
        self._pid = 0
        self._counters: Any = None

    def observe(self, response: Response) -> None:
        """Count a request and its answer."""
        if (counters := self._ready()) is None:
            return
        counters.REQUESTS.labels(method(), pattern(), str(response.status_code)).inc()
        if begun := g.get("begun"):
            counters.SECONDS.labels(pattern()).observe(time.perf_counter() - begun)
        self._tell(counters)

    def text(self) -> tuple[bytes, str]:
        """Return the counts of all workers, and their type."""
        if (counters := self._ready()) is None:
            return b"", "text/plain"
        self._tell(counters)
        return counters.of_all_workers(self._folder, self._sizes())

    def _tell(self, counters: Any) -> None:
        """Hand on what the services have counted since the last time."""
        for name, tally in self._tallies.items():
            for result, total in tally.totals.items():
                new = total - self._told.get((name, result), 0)
                if new > 0:
                    counters.RESULTS.labels(name, result).inc(new)
                    self._told[name, result] = total

    def _ready(self) -> Any:
        """Return the counters of this process, or None; a forked one begins anew."""
        if self._pid != os.getpid():
            self._counters = self._prepare()
            self._pid = os.getpid()
        return self._counters

    def _prepare(self) -> Any:
        try:
            # prometheus-client reads it when it is loaded, and keeps to it.
            self._folder = Path(os.environ.setdefault(VARIABLE, str(self._folder)))
            make_private(self._folder)
            self._tidy()
            for kind in FILES:
                _take_room(self._folder / f"{kind}_{os.getpid()}.db")
            from dashboard.web import counters
        except OSError as error:  # the server goes on without
            log.info("requests are not counted: %s", type(error).__name__)
            return None
        return counters

    def _tidy(self) -> None:
        """Remove the counts of workers that ended long ago."""
        for path in untouched(self._folder, KEPT_SECONDS):
            if path.suffix == ".db":
                with suppress(OSError):
                    path.unlink()

    def _sizes(self) -> Iterator[tuple[str, int]]:
        for name, folder in self._stores.items():
            yield name, sum(map(size, folder.rglob("*")))


def _take_room(path: Path) -> None:
    with path.open("ab") as file:
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(file.fileno(), 0, ROOM)
        else:
            file.write(bytes(max(ROOM - file.tell(), 0)))


def register(server: Flask, metrics: Metrics) -> None:
    """Count every request, and answer what was counted."""
    routes = Blueprint("metrics", __name__)

    @server.before_request
    def begin() -> None:
        g.begun = time.perf_counter()

    @server.after_request
    def end(response: Response) -> Response:
        metrics.observe(response)
        return response

    @routes.get(PATH)
    def answer() -> Response:
        content, kind = metrics.text()
        return not_kept(Response(content, content_type=kind))

    server.register_blueprint(routes)
