"""Routes by which studies are uploaded and removed."""

import threading
from http import HTTPStatus
from typing import IO, Any, cast
from urllib.parse import urlsplit

from flask import Blueprint, Response, jsonify, request
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge
from werkzeug.formparser import FormDataParser
from werkzeug.http import parse_options_header

from dashboard.core.errors import NeuroMixError
from dashboard.services.uploads.limits import (
    AbandonedError,
    Limits,
    NothingToOpenError,
    StoreFullError,
    TooLargeError,
    UnavailableError,
    UploadError,
)
from dashboard.services.uploads.receiving import Drop
from dashboard.services.uploads.uploads import Uploads
from dashboard.web import visitor
from dashboard.web.body import Body, body_of

# Boundary and headers of one part of a form, with the longest names that file systems allow.
PART_BYTES = 4096
# What the parser may hold of a form besides its files; it reads 64 kB at a time.
FORM_BYTES = 512 * 2**10
# Threads of a worker that may wait for slow uploads: of the four that the Procfile gives it, one
# is always left for the page.
TOGETHER = 3

STATUS: dict[type[NeuroMixError], HTTPStatus] = {
    TooLargeError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    StoreFullError: HTTPStatus.INSUFFICIENT_STORAGE,
    NothingToOpenError: HTTPStatus.UNPROCESSABLE_ENTITY,
    AbandonedError: HTTPStatus.BAD_REQUEST,
    UnavailableError: HTTPStatus.SERVICE_UNAVAILABLE,
}
BROKEN = "The upload arrived incomplete. Try again."
BUSY = "Several uploads are under way on this server. Try again in a minute."
NO_FILES = "This is no form of files alone."
FOREIGN = "Uploads are taken from this program's own page only. Open it and drop the files there."
MISSING = "There is no such upload of yours; it may be removed already."


class _RefusalError(UploadError):
    """A request that is no proper upload."""

    def __init__(self, sentence: str, status: HTTPStatus) -> None:
        super().__init__(sentence)
        self.status = status


def blueprint(uploads: Uploads) -> Blueprint:
    """Return the routes on a store of uploads."""
    routes = Blueprint("uploads", __name__)
    places = threading.BoundedSemaphore(TOGETHER)

    @routes.errorhandler(NeuroMixError)
    def refused(error: NeuroMixError) -> tuple[Response, int]:
        status = getattr(error, "status", STATUS.get(type(error), HTTPStatus.NOT_FOUND))
        answer = jsonify(error=str(error), refused=list(getattr(error, "refused", ())))
        return _unkept(answer), status

    @routes.before_app_request
    def sweep() -> None:
        """Remove what has had its time also where nobody uploads."""
        if request.path == visitor.PAGE:
            uploads.sweep_at_times()

    @routes.post("/uploads")
    def upload() -> tuple[Response, int]:
        with body_of(request.environ, _most(uploads.limits)) as body:
            if not places.acquire(blocking=False):
                raise _RefusalError(BUSY, HTTPStatus.SERVICE_UNAVAILABLE)
            try:
                with body.drained():
                    _require_own_page()
                    with uploads.receive() as drop:
                        _read(body, drop, uploads.limits)
                        kept = uploads.keep(drop, visitor.owner(), wanted=body.wanted)
            finally:
                places.release()
        return _unkept(jsonify(study=kept.key, title=kept.title, refused=kept.refused)), 201

    @routes.get("/uploads/room")
    def room() -> tuple[str, int]:
        """Tell before anything is sent whether there is room for it."""
        if not places.acquire(blocking=False):
            raise _RefusalError(BUSY, HTTPStatus.SERVICE_UNAVAILABLE)
        places.release()
        count = request.args.get("bytes", 0, int)
        if count < 0:
            raise _RefusalError("No files have so few bytes.", HTTPStatus.BAD_REQUEST)
        uploads.require_room(count)
        return "", HTTPStatus.NO_CONTENT

    @routes.get("/uploads/<key>")
    def facts(key: str) -> Response:
        title = uploads.title(key)
        if title is None:
            raise _RefusalError(MISSING, HTTPStatus.NOT_FOUND)
        own = uploads.owns(visitor.owner(), key)
        return _unkept(
            jsonify(title=title, own=own, removed=uploads.expiry(key).isoformat() if own else None)
        )

    @routes.delete("/uploads/<key>")
    def remove(key: str) -> tuple[str, int]:
        _require_own_page()
        uploads.remove(visitor.owner(), key)
        return "", HTTPStatus.NO_CONTENT

    return routes


def _require_own_page() -> None:
    """Refuse what another site makes a browser send.

    Browsers name the site of a page that came by https or from this machine; of others they
    name the origin. What says neither is no browser of today, or no browser.
    """
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is not None:
        own = site in ("same-origin", "none")
    else:
        own = origin is None or urlsplit(origin).netloc.lower() == request.host.lower()
    if not own:
        raise _RefusalError(FOREIGN, HTTPStatus.FORBIDDEN)


def _read(body: Body, drop: Drop, limits: Limits) -> None:
    """Parse the form, each of its files straight to disk."""
    if request.content_length is not None:
        if request.content_length > _most(limits):
            raise limits.too_large()
        drop.expect(min(request.content_length, limits.drop))
    mimetype, options = parse_options_header(request.headers.get("Content-Type"))
    if mimetype != "multipart/form-data":
        raise _RefusalError(NO_FILES, HTTPStatus.BAD_REQUEST)

    def part(
        total_content_length: int | None,  # noqa: ARG001, by these names the parser calls it
        content_type: str | None,  # noqa: ARG001
        filename: str | None,
        content_length: int | None = None,  # noqa: ARG001
    ) -> Any:
        return drop.part(filename or "")

    # One part too many is told by the drop, which knows what files are.
    parser = FormDataParser(
        part, max_form_memory_size=FORM_BYTES, silent=False, max_form_parts=limits.files + 1
    )
    try:
        _, others, _ = parser.parse(
            cast(IO[bytes], body), mimetype, request.content_length, options
        )
    except RequestEntityTooLarge:
        raise limits.too_large() from None
    except (ClientDisconnected, ValueError):
        raise _RefusalError(BROKEN, HTTPStatus.BAD_REQUEST) from None
    if others:
        raise _RefusalError(NO_FILES, HTTPStatus.BAD_REQUEST)


def _most(limits: Limits) -> int:
    """Return the size of the largest body that can hold a permitted drop."""
    return limits.drop + limits.files * PART_BYTES


def _unkept(answer: Response) -> Response:
    answer.headers["Cache-Control"] = "no-store"
    return answer
