"""Addresses of what the browser keeps.

Every address names the identity of its volumes and this program's version, so that its content
never changes and browsers may cache it for good.
"""

from collections.abc import Callable
from functools import wraps
from urllib.parse import quote, urlencode

from flask import Response, request

from dashboard import __version__
from dashboard.core.errors import NeuroMixError
from dashboard.core.volume import Volume
from dashboard.services.uploads.manifests import PREFIX
from dashboard.services.workspace import Workspace
from dashboard.view import View, Window

# Characters of a SHA-256 in an address: enough to tell any two volumes of a study apart.
ID_LENGTH = 16
CHANGED = "An image has changed since this page was opened. Reload the page."
ONE_YEAR = 365 * 24 * 3600
# What is removed from the server should not live on elsewhere; a drag lasts seconds.
ONE_SITTING = 3600


def slice_address(
    volume: Volume, *, view: View, image: str, index: int, window: Window | None
) -> str:
    """Return where a slice's picture is served; the browser makes the same addresses."""
    asked = View(window_x=window)
    query = {
        "study": view.study,
        "x": image,
        "grid": view.grid,
        "side": view.side,
        "window_x": asked.to_store()["window_x"] or "",
    }
    parameters = urlencode({**query, "v": __version__}, quote_via=quote, safe="!'()*")
    return f"/slices/{volume.id[:ID_LENGTH]}/{view.plane}/{index}.png?{parameters}"


def view_of(query: dict[str, str]) -> View:
    """Read the View of an address that the page made.

    Raises
    ------
    NeuroMixError
        If the query holds anything else.
    """
    query.pop("v", None)
    view, notices = View.parse(query)
    if notices:
        raise NeuroMixError(" ".join(notices))
    return view


def check_identity(workspace: Workspace, view: View, identity: str) -> bool:
    """Refuse an address whose voxels are no longer those of the View.

    Returns
    -------
    bool
        Whether every image could be read.

    Raises
    ------
    NeuroMixError
        If a file has changed since the page was opened.
    """
    now, complete = workspace.identity(view)
    if identity != now[:ID_LENGTH]:
        raise NeuroMixError(CHANGED)
    return complete


def answers_errors(route: Callable[..., Response]) -> Callable[..., Response]:
    """Answer 404 with the sentence of an error that the user can mend."""

    @wraps(route)
    def answered(**arguments: str | int) -> Response:
        try:
            return route(**arguments)
        except NeuroMixError as error:
            return Response(str(error), 404, mimetype="text/plain")

    return answered


def immutable(content: bytes, mimetype: str) -> Response:
    """Return an answer that browsers keep; of an upload only they, and not for long."""
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
    """Return an answer that browsers keep but ask about before they use it again."""
    response = Response(content, mimetype=mimetype)
    response.cache_control.no_cache = True
    if _of_upload():
        response.cache_control.private = True
    response.add_etag()
    response.make_conditional(request)
    return response


def _of_upload() -> bool:
    return request.args.get("study", "").startswith(PREFIX)
