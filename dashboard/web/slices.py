"""Routes of what the browser keeps: slices as PNG, and the numbers under the cursor.

Every address names the identity of its volumes, so that its content never changes and browsers
may cache it for good.
"""

from collections.abc import Callable
from functools import wraps
from urllib.parse import quote, urlencode

from flask import Blueprint, Response, request

from dashboard import __version__
from dashboard.core.errors import NeuroMixError
from dashboard.core.orientation import PLANE_AXES, Plane, Side
from dashboard.core.volume import Volume
from dashboard.services import pictures, readout
from dashboard.services.workspace import Workspace
from dashboard.view import View, Window

# Characters of a SHA-256 in an address: enough to tell any two volumes of a study apart.
ID_LENGTH = 16
ONE_YEAR = 365 * 24 * 3600


def slice_address(
    volume: Volume, *, study: str, plane: Plane, index: int, side: Side, window: Window | None
) -> str:
    """Return where a slice's picture is served; the browser makes the same addresses."""
    asked = View(study=study, side=side, window_x=window)
    query = {"study": study, "side": side, "window_x": asked.to_store()["window_x"] or ""}
    parameters = urlencode({**query, "v": __version__}, quote_via=quote, safe="!'()*")
    return f"/slices/{volume.id[:ID_LENGTH]}/{plane}/{index}.png?{parameters}"


def blueprint(workspace: Workspace) -> Blueprint:
    """Return the routes that serve a workspace's slices."""
    routes = Blueprint("slices", __name__)

    @routes.get("/slices/<volume>/<plane>/<int:index>.png")
    @_answers_errors
    def slice_png(volume: str, plane: str, index: int) -> Response:
        view = _view(request.args.to_dict())
        image = workspace.volume_by_id(view.study, _identity(volume))
        if plane not in PLANE_AXES or index >= image.orientation.count(plane):
            raise NeuroMixError(f"{image.name} has no {plane} slice {index}.")
        cut = image.orientation.cut(image.data, plane, index)
        window = view.window_x or image.intensities.window
        picture = image.orientation.upright(cut, plane, view.side)
        return _immutable(pictures.grey(picture, window), "image/png")

    @routes.get("/voxels/<volumes>.bin")
    @_answers_errors
    def voxels(volumes: str) -> Response:
        view = _view(request.args.to_dict())
        for identity in volumes.split("-"):
            workspace.volume_by_id(view.study, _identity(identity))
        packed = readout.pack(workspace.analyse(view), workspace.companions(view), view.side)
        return _immutable(packed, "application/octet-stream")

    return routes


def _identity(text: str) -> str:
    if len(text) != ID_LENGTH:
        raise NeuroMixError("The address names no image.")
    return text


def _view(query: dict[str, str]) -> View:
    # The program's version is part of an address, so that an update is not hidden by a cache.
    query.pop("v", None)
    view, notices = View.parse(query)
    if notices:
        raise NeuroMixError(" ".join(notices))
    return view


def _answers_errors(route: Callable[..., Response]) -> Callable[..., Response]:
    """Answer 404 with the sentence of an error that the user can mend."""

    @wraps(route)
    def answered(**arguments: str | int) -> Response:
        try:
            return route(**arguments)
        except NeuroMixError as error:
            return Response(str(error), 404, mimetype="text/plain")

    return answered


def _immutable(content: bytes, mimetype: str) -> Response:
    response = Response(content, mimetype=mimetype)
    response.cache_control.public = True
    response.cache_control.max_age = ONE_YEAR
    response.cache_control.immutable = True
    response.add_etag()
    return response.make_conditional(request)
