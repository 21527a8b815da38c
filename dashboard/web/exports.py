"""The routes of the Export menu: each makes a file of a View and sends it."""

import logging
from collections.abc import Iterator
from typing import Literal

from flask import Blueprint, Response, request

from dashboard.cards.classes import colours_of
from dashboard.core.errors import NeuroMixError
from dashboard.services.ahead import Ahead
from dashboard.services.analyses import Analyses
from dashboard.services.archive import Archive
from dashboard.services.exporting.exports import Export
from dashboard.services.exporting.making import Made, Workshop, Workshops, require
from dashboard.services.exporting.subject import Subject
from dashboard.services.scene.opening import open_view
from dashboard.view import escaped
from dashboard.web import visitor
from dashboard.web.answers import answers_errors, json_line, not_kept
from dashboard.web.open import entries
from dashboard.words.opening import sentence

log = logging.getLogger(__name__)

UNEXPECTED = (
    "An internal error prevents this export. The server's log has the details; other settings may "
    "work."
)
# What a query asks for and the page shows otherwise. Nobody would see that of a file.
OTHERWISE = frozenset(
    {
        "unknown-field", "invalid-value", "no-study", "no-image", "no-grid", "no-position",
        "no-mask", "no-reference", "not-mixed", "too-many-mixed", "no-usable-mask", "no-slice",
    }
)  # fmt: skip
ASK_AGAIN = "Open the link, and export what the page shows."
# A page that asks with this header gets a line of JSON for each step, and then the file.
STEPS = "X-Steps"
MIMETYPE = "application/x-neuromix-steps"


def blueprint(
    archive: Archive, analyses: Analyses, ahead: Ahead, workshops: Workshops
) -> Blueprint:
    """Return the route that exports what a View shows."""
    routes = Blueprint("exports", __name__)

    @routes.get("/exports/<what>")
    @answers_errors
    def export(what: str) -> Response:
        kind = require(what)
        subject = subject_of(archive, analyses, request.query_string.decode())
        return sent(what, kind, subject, workshops, ahead)

    return routes


def subject_of(archive: Archive, analyses: Analyses, query: str) -> Subject:
    """Return what a query's View shows.

    Raises
    ------
    NeuroMixError
        If the query is no View, or there is no such study.
    """
    opened = open_view(archive, entries(query), visitor.owner())
    scene = opened.scene
    other = [sentence(notice) for notice in opened.notices if notice.code in OTHERWISE]
    if other:
        raise NeuroMixError(" ".join([*other, ASK_AGAIN]))
    return Subject(scene, analyses, opened.studies[scene.view.study], colours_of)


def sent(
    what: str,
    kind: Export,
    subject: Subject,
    workshops: Workshops,
    ahead: Ahead,
    *,
    disposition: Literal["attachment", "inline"] = "attachment",
) -> Response:
    """Make a file, and answer with it: in steps, if the page asks for them.

    Parameters
    ----------
    what : str
        How its name ends.
    """
    workshop = workshops.open()
    steps = workshop.make(what, kind, subject)
    if STEPS in request.headers:
        response = Response(_lines(what, steps, ahead), mimetype=MIMETYPE)
        response.headers["X-Accel-Buffering"] = "no"  # nginx would hold the steps back
    else:
        response = _whole(steps, workshop, ahead, disposition)
    response.call_on_close(workshop.close)
    return not_kept(response)


def _whole(
    steps: Iterator[float | Made], workshop: Workshop, ahead: Ahead, disposition: str
) -> Response:
    """Answer with the file."""
    try:
        with ahead.request():
            *_, made = steps
    except BaseException:
        workshop.close()
        raise
    assert isinstance(made, Made), "the file comes last"
    response = Response(made.chunks(), mimetype=made.mimetype)
    response.content_length = made.size
    # RFC 5987: a name in any script.
    name = escaped({"": made.name}).removeprefix("=")
    response.headers["Content-Disposition"] = f"{disposition}; filename*=UTF-8''{name}"
    return response


def _lines(what: str, steps: Iterator[float | Made], ahead: Ahead) -> Iterator[bytes]:
    """Yield lines of JSON, as the work goes on, and then the bytes of the file.

    A page that ends the request ends the work, at its next step, and nothing is left.
    """
    made = None
    try:
        with ahead.request():
            for step in steps:
                if isinstance(step, Made):
                    made = step
                else:
                    yield json_line(done=step)
    except NeuroMixError as error:
        yield json_line(failed=str(error))
    except Exception:
        log.exception("%s cannot be made", what)
        yield json_line(failed=UNEXPECTED)
    if made:
        yield json_line(name=made.name, type=made.mimetype, size=made.size)
        yield from made.chunks()
