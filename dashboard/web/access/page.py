"""The page to sign in, which needs no script. It stands at every address that is refused."""

from http import HTTPStatus
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from flask import Response, request, url_for
from jinja2 import Environment, FileSystemLoader

from dashboard.web.answers import not_kept

HERE = Path(__file__).parent
STYLE = (HERE / "sign-in.css").read_bytes()
_template = Environment(loader=FileSystemLoader(HERE), autoescape=True).get_template("sign-in.html")

REFUSED = "Sign in to see this."


def refusal(*, asks_password: bool) -> Response:
    """Answer somebody who is not signed in: with the page to sign in where a person looks."""
    looks = request.method in ("GET", "HEAD") and "text/html" in request.headers.get("Accept", "")
    if not looks:
        return not_kept(Response(REFUSED, HTTPStatus.UNAUTHORIZED, mimetype="text/plain"))
    return sign_in(HTTPStatus.UNAUTHORIZED, target=asked_for(), asks_password=asks_password)


def sign_in(
    status: HTTPStatus, *, target: str, message: str = "", asks_password: bool = True
) -> Response:
    """Return the page, with the address to go to once somebody has signed in."""
    content = _template.render(
        action=url_for("access.sign_in"),
        style=url_for("access.style"),
        target=target,
        message=message,
        asks_password=asks_password,
    )
    return not_kept(Response(content, status, mimetype="text/html"))


def asked_for() -> str:
    """Return the path and query of the request, as the browser sent them."""
    path = quote(request.script_root + request.path)
    query = request.query_string.decode("latin-1")
    return f"{path}?{query}" if query else path


def own_target(asked: str) -> str:
    """Return where to go after signing in: an address of this server, else its first page."""
    # Browsers take \ for /, and drop tabs and line ends: //other.example is another site.
    plain = asked.isascii() and asked.isprintable() and not {"\\", " "} & set(asked)
    own = plain and asked.startswith(first()) and not asked.startswith("//")
    # Nor do they stay below a path from which .. leads.
    steps = unquote(urlsplit(asked).path).split("/") if own else []
    return asked if own and not {".", ".."} & set(steps) else first()


def first() -> str:
    """Return the address of the dashboard."""
    return request.script_root + "/"
