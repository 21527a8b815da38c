"""Refuses requests to other host names, and bodies that are too large."""

from http import HTTPStatus
from urllib.parse import urlsplit

from flask import Flask, Response, request

from dashboard.settings import is_loopback
from dashboard.web import health

# The page's state is a few kB; uploads have their own limits.
MAX_BODY_BYTES = 2**20
LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
ELSEWHERE = (
    "This host name is not allowed. Use the server's own name, or add this one to ALLOWED_HOSTS."
)


def register(server: Flask, allowed_hosts: str) -> None:
    """Refuse large bodies, and requests to other hosts than the allowed ones.

    Parameters
    ----------
    server : Flask
    allowed_hosts : str
        Separated by commas; if empty, all hosts.
    """
    server.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    allowed = {name for host in allowed_hosts.split(",") if (name := _name(host))}

    @server.before_request
    def refuse_other_hosts() -> Response | None:
        if not allowed or request.path == health.PATH or _name(request.host) in allowed:
            return None
        return Response(ELSEWHERE, HTTPStatus.MISDIRECTED_REQUEST, mimetype="text/plain")


def hosts_of(bound: str, allowed_hosts: str) -> str:
    """Return the hosts to allow where the server listens.

    On loopback, only this machine's names: other sites could otherwise reach the server under a
    name of their own (DNS rebinding).
    """
    if not is_loopback(bound):
        return allowed_hosts
    return ",".join((*LOOPBACK, bound, allowed_hosts))


def _name(host: str) -> str | None:
    """Return a host without its port."""
    try:
        return urlsplit(f"//{host.strip()}").hostname
    except ValueError:
        return None
