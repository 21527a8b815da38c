"""Who a browser is: a random token in a cookie, of which the server keeps only the hash."""

import hashlib
import re
import secrets

from flask import Flask, Response, g, request

COOKIE = "neuromix"
ONE_YEAR = 365 * 24 * 3600
# 128 random bits, as a URL takes them.
_TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")
PAGE = "/"


def owner() -> str:
    """Return the hash that stands for the browser that asks; a new one gets its cookie."""
    token = _token()
    if token is None:
        token = g.new_visitor = g.get("new_visitor") or secrets.token_urlsafe(16)
    return hashlib.sha256(token.encode()).hexdigest()


def register(server: Flask) -> None:
    """Give browsers their cookie with the page, or with their first upload."""

    @server.after_request
    def remember(response: Response) -> Response:
        if request.path == PAGE and request.method == "GET" and _token() is None:
            owner()
        if request.path == PAGE:
            # It may bring a cookie, and its script is this version's.
            response.headers["Cache-Control"] = "private, no-cache"
        if "new_visitor" in g:
            response.set_cookie(
                COOKIE,
                g.new_visitor,
                max_age=ONE_YEAR,
                httponly=True,
                samesite="Lax",
                secure=_over_https(),
            )
        return response


def _token() -> str | None:
    token = request.cookies.get(COOKIE, "")
    return token if _TOKEN.fullmatch(token) else None


def _over_https() -> bool:
    """Tell whether the browser came by https.

    A proxy says so in a header. Whoever forges that only loses a cookie of their own, since
    browsers send no secure cookie over http; so it needs no list of trusted proxies.
    """
    forwarded = request.headers.get("X-Forwarded-Proto", "").partition(",")[0].strip()
    return request.is_secure or forwarded.lower() == "https"
