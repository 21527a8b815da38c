"""Serve on this machine: by gunicorn, or by Flask's own server on Windows."""

import socket
from typing import Any

from dashboard.app import create_app
from dashboard.core.errors import NeuroMixError
from dashboard.services.studies.library import Library
from dashboard.settings import Settings, require_protected
from dashboard.web.guard import hosts_of

# One process is enough for one person; threads serve pictures during a fit.
THREADS = 8
# The most that gunicorn takes: eight images with long names need more than its 4,094 bytes.
LONGEST_LINE = 8190


def serve_forever(settings: Settings) -> None:
    """Print the address and serve until interrupted.

    Raises
    ------
    NeuroMixError
        If there is no study, or the address cannot be used or should not be.
    """
    Library(settings.data).names()
    require_protected(settings, settings.host)
    _require_free(settings.host, settings.port)
    hosts = hosts_of(settings.host, settings.allowed_hosts)
    application = create_app(settings.model_copy(update={"allowed_hosts": hosts})).server
    application.test_client().get("/")
    print(
        f"NeuroMix is at http://{settings.host}:{settings.port}{settings.prefix} (Ctrl+C stops it)",
        flush=True,
    )
    try:
        _gunicorn(application, settings).run()
    except ImportError:
        application.run(settings.host, settings.port, threaded=True)


def _require_free(host: str, port: int) -> None:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise NeuroMixError(
            f"Cannot listen on {host}:{port} ({error.strerror}). If the port is in use, choose "
            f"another one: --port {port + 1} (or PORT={port + 1} make run)."
        ) from None


def _gunicorn(application: Any, settings: Settings) -> Any:
    from gunicorn.app.base import BaseApplication

    class Server(BaseApplication):
        def load_config(self) -> None:
            self.cfg.set("bind", f"{settings.host}:{settings.port}")
            self.cfg.set("worker_class", "dashboard.worker.Worker")
            self.cfg.set("threads", THREADS)
            self.cfg.set("limit_request_line", LONGEST_LINE)
            # What a proxy says counts only if DASHBOARD_TRUSTED_PROXIES names it.
            self.cfg.set("secure_scheme_headers", {})
            self.cfg.set("forwarder_headers", "")
            self.cfg.set("loglevel", "warning")
            self.cfg.set("control_socket_disable", True)

        def load(self) -> Any:
            return application

    return Server()
