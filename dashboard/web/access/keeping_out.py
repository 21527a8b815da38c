"""Refuses every request that the gate does not admit.

This stands before all routes, also those of Dash, and before any body is read. What is open to all
is listed here, and nothing else is.
"""

from http import HTTPStatus

from flask import Flask, Response, request

from dashboard.web.access import page
from dashboard.web.access.gate import Gate
from dashboard.web.body import body_of

# Names of routes, not paths, which have several spellings.
OPEN = frozenset({"health.healthz", "access.sign_in", "access.style"})
# More is not read of a stranger: the connection ends.
SMALL_BYTES = 64 * 2**10
UNPROTECTED = (
    "This server has no sign-in, so it answers only on its own machine. Set "
    "DASHBOARD_PASSWORD, or DASHBOARD_PUBLIC=1 if everybody may see every study."
)


def register(server: Flask, gate: Gate) -> None:
    """Refuse strangers; keep what others see out of caches that they share."""

    @server.before_request
    def refuse_strangers() -> Response | None:
        if request.endpoint in OPEN or gate.admits():
            return None
        _read_no_large_body()
        if gate.is_closed:
            return page.refusal(asks_password=gate.by_password is not None)
        return Response(UNPROTECTED, HTTPStatus.FORBIDDEN, mimetype="text/plain")

    @server.after_request
    def keep_private(response: Response) -> Response:
        if gate.is_closed and not response.cache_control.no_store:
            response.cache_control.public = False
            response.cache_control.private = True
        return response


def _read_no_large_body() -> None:
    length = request.content_length
    is_chunked = "chunked" in request.headers.get("Transfer-Encoding", "").lower()
    if is_chunked or (length or 0) > SMALL_BYTES:
        with body_of(request.environ, SMALL_BYTES) as body:
            body.hang_up()
