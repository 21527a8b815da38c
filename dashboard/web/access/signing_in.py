"""The routes to sign in and out."""

import logging
import math
from http import HTTPStatus
from urllib.parse import parse_qsl

from flask import Blueprint, Response, request, url_for

from dashboard.web.access import page
from dashboard.web.access.gate import COOKIE, ByPassword, Gate
from dashboard.web.answers import not_kept
from dashboard.web.body import body_of
from dashboard.web.origin import is_own
from dashboard.web.visitor import over_https

log = logging.getLogger(__name__)

# A password, and a link as long as servers take them.
MOST_BYTES = 64 * 2**10
WRONG = "Wrong password."
SIGNED_OUT = "You are signed out."
FOREIGN = "Sign in and out on NeuroMix's own page."


def blueprint(gate: Gate) -> Blueprint:
    """Return the routes of a gate; without a password they let nobody in."""
    routes = Blueprint("access", __name__)

    @routes.get("/sign-in.css")
    def style() -> Response:
        return Response(page.STYLE, mimetype="text/css", headers={"Cache-Control": "no-cache"})

    @routes.route("/sign-in", methods=["GET", "POST"])
    def sign_in() -> Response:
        if gate.by_password is None:
            return _to(page.first()) if gate.admits() else page.refusal(asks_password=False)
        if request.method == "POST":
            return signed_in(gate.by_password)
        if gate.has_session():
            return _to(page.first())
        message = SIGNED_OUT if "out" in request.args else ""
        return page.sign_in(HTTPStatus.OK, target=page.first(), message=message)

    def signed_in(own: ByPassword) -> Response:
        if not is_own():
            return _foreign()
        form = _form()
        target = page.own_target(form.get("next", ""))
        address = request.remote_addr or ""
        if wait := math.ceil(own.attempts.take(address)):
            message = f"Too many attempts. Try again in {wait} s."
            answer = page.sign_in(HTTPStatus.TOO_MANY_REQUESTS, target=target, message=message)
            answer.headers["Retry-After"] = str(wait)
            return answer
        if not own.password.matches(form.get("password", "")):
            log.warning("a wrong password")  # logs hold no addresses of visitors
            return page.sign_in(HTTPStatus.UNAUTHORIZED, target=target, message=WRONG)
        own.attempts.forgive(address)
        answer = _to(target)
        answer.set_cookie(
            COOKIE,
            own.sessions.new(),
            max_age=own.seconds,
            path=page.first(),
            httponly=True,
            samesite="Lax",
            secure=over_https(),
        )
        return answer

    @routes.post("/sign-out")
    def sign_out() -> Response:
        if not is_own():
            return _foreign()
        if gate.by_password:
            gate.by_password.sessions.end(request.cookies.get(COOKIE, ""))
        answer = _to(url_for("access.sign_in", out=""))
        answer.delete_cookie(COOKIE, path=page.first(), httponly=True, samesite="Lax")
        # Else pictures of the images stay for whoever uses the browser next.
        answer.headers["Clear-Site-Data"] = '"cache"'
        return answer

    return routes


def _form() -> dict[str, str]:
    """Return the entries of the form; its body is limited in size and in time."""
    with body_of(request.environ, MOST_BYTES) as body:
        content = b"".join(iter(lambda: body.read(MOST_BYTES), b""))
    return dict(parse_qsl(content.decode(errors="replace")))


def _to(address: str) -> Response:
    return not_kept(Response(status=HTTPStatus.SEE_OTHER, headers={"Location": address}))


def _foreign() -> Response:
    return not_kept(Response(FOREIGN, HTTPStatus.FORBIDDEN, mimetype="text/plain"))
