"""Logs for machines: a line of JSON for each request and each error, without a visitor's data.

No line has a name from a header or a file: requests are named by their route, and errors by their
kind and by where in the program they came up.
"""

import json
import logging
import sys
import time
import traceback
from datetime import UTC, datetime
from typing import Any

from flask import Flask, Response, g, request

from dashboard.web import health
from dashboard.web.metrics import method, pattern

REQUESTS = logging.getLogger("dashboard.requests")


class Lines(logging.Formatter):
    """Each record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        entry: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        if isinstance(record.msg, dict):
            entry |= record.msg
        else:
            # Without its arguments, which can be names.
            entry["message"] = record.msg
        if record.exc_info and record.exc_info[0]:
            kind, _, where = record.exc_info
            entry["error"] = kind.__name__
            frames = traceback.extract_tb(where)
            entry["at"] = [f"{_module(frame.filename)}:{frame.lineno}" for frame in frames]
        return json.dumps(entry)


def nameless(record: logging.LogRecord) -> bool:
    """Take what a client sent out of the server's own lines, which quote it; a filter of loggers.

    They are about requests that are none, and about those that fail outside the application.
    """
    for about in ("Invalid request", "Error handling request"):
        if str(record.msg).startswith(about):
            record.msg, record.args = about, ()
            if record.exc_info and record.exc_info[0]:
                kind, _, where = record.exc_info
                last = traceback.extract_tb(where)[-1:]
                at = [f" at {_module(frame.filename)}:{frame.lineno}" for frame in last]
                record.msg = f"{about}: {kind.__name__}{''.join(at)}"
            record.exc_info = record.exc_text = None
    return True


def _module(path: str) -> str:
    """Return a file of the program without the folders it is installed in."""
    for mark in ("site-packages/", "dashboard/"):
        if mark in path:
            return path[path.rindex(mark) + (0 if mark == "dashboard/" else len(mark)) :]
    return path.rpartition("/")[2]


def register(server: Flask) -> None:
    """Write a line to stderr for each request but health checks, and for each error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines())
    for name in ("dashboard", server.logger.name):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [handler], False
    logging.getLogger("dashboard").setLevel(logging.INFO)

    @server.after_request
    def log(response: Response) -> Response:
        if request.path != health.PATH:
            begun = g.get("begun")
            REQUESTS.info(
                {
                    "method": method(),
                    "route": pattern(),
                    "status": response.status_code,
                    "ms": round(1000 * (time.perf_counter() - begun), 1) if begun else None,
                }
            )
        return response
