"""Shared by the routes: how an address is read, and what browsers may keep."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

import orjson
from flask import Response, request

from dashboard.core.domain import Cut
from dashboard.core.errors import NeuroMixError
from dashboard.core.orientation import PLANE_AXES
from dashboard.services.archive import Archive
from dashboard.services.render.addresses import key
from dashboard.services.scene.scene import Scene, resolve
from dashboard.services.uploads.manifests import PREFIX
from dashboard.view import View
from dashboard.words.opening import sentence

CHANGED = "An image has changed since you opened this page. Reload the page."
# In seconds.
ONE_YEAR = 365 * 24 * 3600
# Removed uploads should not stay in a browser for long; a drag lasts seconds.
ONE_SITTING = 3600


def view_of(query: dict[str, str]) -> View:
    """Read the View of an address that the page made.

    Raises
    ------
    NeuroMixError
        If the query is not one of the page's.
    """
    query.pop("v", None)
    view, notices = View.parse(query)
    if notices:
        raise NeuroMixError(" ".join(map(sentence, notices)))
    return view


def scene_of(archive: Archive, query: dict[str, str], identity: str) -> Scene:
    """Return the scene of an address, if its files have not changed.

    Raises
    ------
    NeuroMixError
        If the query is not a View of a study, or a file has changed since the page was opened.
    """
    scene = resolve(archive, view_of(query))
    if identity != key(scene.identity):
        raise NeuroMixError(CHANGED)
    return scene


def scene_at(
    archive: Archive, query: dict[str, str], identity: str, plane: str, index: int
) -> Scene:
    """Return the scene of an address at the slice that its path names.

    Raises
    ------
    NeuroMixError
        If there is no such plane, or as `scene_of`.
    """
    if plane not in PLANE_AXES:
        raise NeuroMixError(f"Unknown plane {plane[:20]}.")
    return scene_of(archive, query, identity).at(Cut(plane, index))


def answers_errors(route: Callable[..., Response]) -> Callable[..., Response]:
    """Answer 404 with the sentence of an error, or nothing to a page that asks ahead.

    Nobody waits for what is asked ahead, and a browser would log an error.
    """

    @wraps(route)
    def answered(**arguments: str | int) -> Response:
        try:
            return route(**arguments)
        except NeuroMixError as error:
            if asked_ahead():
                return passed_over()
            return Response(str(error), HTTPStatus.NOT_FOUND, mimetype="text/plain")

    return answered


def immutable(content: bytes, mimetype: str) -> Response:
    """Return an answer that browsers keep; an upload's privately and not for long."""
    response = Response(content, mimetype=mimetype)
    if _of_upload():
        response.cache_control.private = True
        response.cache_control.max_age = ONE_SITTING
    else:
        response.cache_control.public = True
        response.cache_control.max_age = ONE_YEAR
        response.cache_control.immutable = True
    response.add_etag()
    response.make_conditional(request)
    return response


def revalidated(content: bytes, mimetype: str) -> Response:
    """Return an answer that browsers keep, but check before each use."""
    response = Response(content, mimetype=mimetype)
    response.cache_control.no_cache = True
    if _of_upload():
        response.cache_control.private = True
    response.add_etag()
    response.make_conditional(request)
    return response


def asked_ahead() -> bool:
    """Return whether the request is an idle page's, for what its visitor may want next."""
    return "X-Ahead" in request.headers


def passed_over() -> Response:
    """Answer a request ahead that is not worth it now."""
    return not_kept(Response(status=HTTPStatus.NO_CONTENT))


def not_kept(response: Response) -> Response:
    """Keep an answer out of every cache: at the next try it may be another one."""
    response.headers["Cache-Control"] = "no-store"
    return response


def json_line(**content: Any) -> bytes:
    """Return a line of an answer that comes line by line."""
    return orjson.dumps(content, option=orjson.OPT_SERIALIZE_NUMPY) + b"\n"


def _of_upload() -> bool:
    return request.args.get("study", "").startswith(PREFIX)
