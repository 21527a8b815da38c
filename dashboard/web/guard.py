"""What no request gets past: names of other hosts, and bodies larger than any of ours."""

import ipaddress
from http import HTTPStatus
from urllib.parse import urlsplit

from flask import Flask, Response, request

from dashboard.web import health

# The page's state and what changed of it are some kB; uploads have limits of their own.
MAX_BODY_BYTES = 2**20
LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
ELSEWHERE = (
    "This server is not known by the name in the address. Open it by its own name, or name this "
    "one in ALLOWED_HOSTS."
)


def register(server: Flask, allowed_hosts: str) -> None:
    """Refuse large bodies, and requests to other hosts than the allowed ones.

    Parameters
    ----------
    server : Flask
    allowed_hosts : str
        With commas between them; all hosts if there is none.
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

    Who listens on loopback serves one person, whose browser other sites could otherwise lead
    here under a name of theirs (DNS rebinding).
    """
    if bound != "localhost" and not _is_loopback(bound):
        return allowed_hosts
    return ",".join((*LOOPBACK, bound, allowed_hosts))


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def _name(host: str) -> str | None:
    """Return a host without its port."""
    try:
        return urlsplit(f"//{host.strip()}").hostname
    except ValueError:
        return None
