"""The route that opens a URL query: it reads the study image by image, then fills the page."""

import logging
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from urllib.parse import parse_qsl

from flask import Blueprint, Response, request, stream_with_context

from dashboard.core.errors import NeuroMixError
from dashboard.fields import Place
from dashboard.services.archive import Archive
from dashboard.services.checking import images_to_read
from dashboard.services.scene.opening import open_view
from dashboard.services.studies.files import StudyFiles
from dashboard.web import visitor
from dashboard.web.answers import json_line, not_kept
from dashboard.web.filling import filling

log = logging.getLogger(__name__)

# A query of a link that anybody made. The server takes no longer address.
MAX_QUERY = 8190
UNEXPECTED = "An internal error prevents this study from opening. The server's log has the details."
MIMETYPE = "application/x-ndjson"


def blueprint(archive: Archive) -> Blueprint:
    """Return the route that opens a View: lines of JSON, the last of them what the page holds."""
    routes = Blueprint("open", __name__)

    @routes.get("/open")
    def opening() -> Response:
        # What asks for the request has to be known before the answer begins.
        query, owner = entries(request.query_string.decode()), visitor.owner()
        lines = stream_with_context(opened_lines(archive, query, owner))
        return not_kept(Response(lines, mimetype=MIMETYPE))

    return routes


def entries(query: str) -> dict[str, str]:
    """Return the entries of a URL query."""
    return dict(parse_qsl(query.lstrip("?")[:MAX_QUERY]))


def opened_lines(archive: Archive, query: dict[str, str], owner: str) -> Iterator[bytes]:
    """Yield a line for each image that has to be read first, and one for the opened View."""
    place, seen_in = _place(query.pop("place", "")), query.pop("seen_in", "")
    unread = unread_images(archive, query)
    for number, (files, name) in enumerate(unread, start=1):
        yield json_line(reading={"image": name, "number": number, "of": len(unread)})
        # The image's card says why it cannot be read.
        with suppress(NeuroMixError):
            archive.open(files, name)
    try:
        opened = open_view(archive, query, owner, place=place, seen_in=seen_in)
        yield json_line(opened=filling(opened))
    except NeuroMixError as error:
        yield json_line(failed=str(error))
    except Exception:
        log.exception("a query cannot be opened")
        yield json_line(failed=UNEXPECTED)


def unread_images(archive: Archive, query: dict[str, str]) -> list[tuple[StudyFiles, str]]:
    """Return the images that have to be unpacked before a query can be opened."""
    with suppress(NeuroMixError):
        files = archive.study(query.get("study") or archive.first_study(archive.studies()))
        names = images_to_read(files, partial(archive.frames, files)) if files else []
        return [(files, name) for name in names if files and not archive.is_read(files, name)]
    return []


def _place(text: str) -> Place | None:
    try:
        right, anterior, superior = (float(part) for part in text.split(":"))
    except ValueError:
        return None
    return right, anterior, superior
