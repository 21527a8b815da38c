"""Routes that plan, take, rename and remove uploads."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import IO, Any, cast

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
    TitleError,
    TooLargeError,
    UnavailableError,
    UploadError,
)
from dashboard.services.uploads.receiving import Drop
from dashboard.services.uploads.uploads import MISSING, Uploads
from dashboard.web import visitor
from dashboard.web.answers import not_kept
from dashboard.web.body import Body, body_of
from dashboard.web.guard import MAX_BODY_BYTES
from dashboard.web.origin import is_own

# Boundary and headers of one part of a form, with the longest possible file name.
PART_BYTES = 4096
# Memory of the parser besides files; it reads 64 kB at a time.
FORM_BYTES = 512 * 2**10
CHUNK_BYTES = 64 * 2**10
# Uploads to a worker at a time. The worker has more threads for bodies, which refuse further ones.
TOGETHER = 3

STATUS: dict[type[NeuroMixError], HTTPStatus] = {
    TooLargeError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    StoreFullError: HTTPStatus.INSUFFICIENT_STORAGE,
    NothingToOpenError: HTTPStatus.UNPROCESSABLE_ENTITY,
    TitleError: HTTPStatus.UNPROCESSABLE_ENTITY,
    AbandonedError: HTTPStatus.BAD_REQUEST,
    UnavailableError: HTTPStatus.SERVICE_UNAVAILABLE,
}
BROKEN = "The upload is incomplete. Try again."
BUSY = "The server is busy with other uploads. Try again in a minute."
NO_FILES = "An upload must be a form that contains only files."
NO_PLAN = "A plan must be a list of files with their names and sizes."
NO_TITLE = "A new name must be a text."
FOREIGN = "Uploads must come from NeuroMix's own page. Open it and drop the files there."


# What reading something else than the JSON that is expected raises.
MALFORMED = (ValueError, TypeError, KeyError, RecursionError)


class _RefusalError(UploadError):
    """A request that is not a proper upload."""

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
        return not_kept(answer), status

    @routes.before_app_request
    def sweep() -> None:
        """Remove expired uploads even if nobody uploads."""
        if request.path == visitor.PAGE:
            uploads.sweep_at_times()

    @contextmanager
    def admitted(most: int) -> Iterator[Body]:
        """Yield the body of a request from our own page, unless too many are under way."""
        with body_of(request.environ, most) as body:
            if not places.acquire(blocking=False):
                raise _RefusalError(BUSY, HTTPStatus.SERVICE_UNAVAILABLE)
            try:
                with body.drained():
                    _require_own_page()
                    yield body
            finally:
                places.release()

    @routes.post("/uploads/plan")
    def plan() -> Response:
        """Answer which files would be accepted, before any is sent."""
        with admitted(MAX_BODY_BYTES) as body:
            planned = uploads.plan(_listed(body, uploads.limits))
        return not_kept(jsonify(send=planned.send, refused=planned.refused))

    @routes.post("/uploads")
    def upload() -> tuple[Response, int]:
        with admitted(_most(uploads.limits)) as body, uploads.receive() as drop:
            _read(body, drop, uploads.limits)
            kept = uploads.keep(drop, visitor.owner(), wanted=body.wanted)
        return not_kept(jsonify(study=kept.key, title=kept.title, refused=kept.refused)), 201

    @routes.get("/uploads/<key>")
    def facts(key: str) -> Response:
        title = uploads.title(key)
        if title is None:
            raise _RefusalError(MISSING, HTTPStatus.NOT_FOUND)
        own = uploads.owns(visitor.owner(), key)
        return not_kept(
            jsonify(title=title, own=own, removed=uploads.expiry(key).isoformat() if own else None)
        )

    @routes.patch("/uploads/<key>")
    def rename(key: str) -> Response:
        with admitted(MAX_BODY_BYTES) as body:
            title = uploads.rename(visitor.owner(), key, _title(body))
        return not_kept(jsonify(title=title))

    @routes.delete("/uploads/<key>")
    def remove(key: str) -> tuple[str, int]:
        _require_own_page()
        uploads.remove(visitor.owner(), key)
        return "", HTTPStatus.NO_CONTENT

    return routes


def _require_own_page() -> None:
    """Refuse requests that another site makes a browser send."""
    if not is_own():
        raise _RefusalError(FOREIGN, HTTPStatus.FORBIDDEN)


def _listed(body: Body, limits: Limits) -> list[tuple[str, int]]:
    """Return the names and sizes of a plan."""
    try:
        files = [(file["name"], file["size"]) for file in _json(body)]
    except RequestEntityTooLarge:
        raise limits.too_many() from None
    except (ClientDisconnected, *MALFORMED):
        raise _RefusalError(NO_PLAN, HTTPStatus.BAD_REQUEST) from None
    if not all(isinstance(name, str) and type(size) is int and size >= 0 for name, size in files):
        raise _RefusalError(NO_PLAN, HTTPStatus.BAD_REQUEST)
    return files


def _title(body: Body) -> str:
    """Return the name that somebody gives a study."""
    try:
        title = _json(body)["title"]
    except (RequestEntityTooLarge, ClientDisconnected, *MALFORMED):
        title = None
    if not isinstance(title, str):
        raise _RefusalError(NO_TITLE, HTTPStatus.BAD_REQUEST)
    return title


def _json(body: Body) -> Any:
    return json.loads(b"".join(iter(lambda: body.read(CHUNK_BYTES), b"")))


def _read(body: Body, drop: Drop, limits: Limits) -> None:
    """Parse the form; write its files straight to disk."""
    if request.content_length is not None:
        if request.content_length > _most(limits):
            raise limits.too_large()
        drop.expect(min(request.content_length, limits.drop))
    mimetype, options = parse_options_header(request.headers.get("Content-Type"))
    if mimetype != "multipart/form-data":
        raise _RefusalError(NO_FILES, HTTPStatus.BAD_REQUEST)

    def part(
        total_content_length: int | None,  # noqa: ARG001, the parser passes these names
        content_type: str | None,  # noqa: ARG001
        filename: str | None,
        content_length: int | None = None,  # noqa: ARG001
    ) -> Any:
        return drop.part(filename or "")

    # One part more: the drop itself refuses one file too many.
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
