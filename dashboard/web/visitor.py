"""Who a visitor is: a random token in a cookie; the server keeps only its hash."""

import hashlib
import re
import secrets
from http import HTTPStatus

from flask import Flask, Response, g, request

from dashboard.web.answers import ONE_YEAR

COOKIE = "neuromix"
# 128 random bits, as a URL takes them.
_TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")
PAGE = "/"


def owner() -> str:
    """Return the hash of the visitor's token; a new visitor gets a cookie."""
    token = _token()
    if token is None:
        token = g.new_visitor = g.get("new_visitor") or secrets.token_urlsafe(16)
    return hashlib.sha256(token.encode()).hexdigest()


def register(server: Flask) -> None:
    """Set the cookie with the page, or with the first upload."""

    @server.after_request
    def remember(response: Response) -> Response:
        if request.path == PAGE and response.status_code == HTTPStatus.OK:
            if request.method == "GET" and _token() is None:
                owner()
            # It may set a cookie, and its scripts are this version's.
            response.headers["Cache-Control"] = "private, no-cache"
        if "new_visitor" in g:
            response.set_cookie(
                COOKIE,
                g.new_visitor,
                max_age=ONE_YEAR,
                path=request.script_root + PAGE,
                httponly=True,
                samesite="Lax",
                secure=over_https(),
            )
        return response


def _token() -> str | None:
    token = request.cookies.get(COOKIE, "")
    return token if _TOKEN.fullmatch(token) else None


def over_https() -> bool:
    """Return whether the browser uses https, as a proxy says in a header.

    Forging the header only loses one's own cookie, since browsers send no secure cookie over http;
    so no list of trusted proxies is needed.
    """
    forwarded = request.headers.get("X-Forwarded-Proto", "").partition(",")[0].strip()
    return request.is_secure or forwarded.lower() == "https"
