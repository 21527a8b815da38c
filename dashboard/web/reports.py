"""The routes of a View's report."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Literal

from flask import Blueprint, Response, request

from dashboard.services.ahead import Ahead
from dashboard.services.analyses import Analyses
from dashboard.services.archive import Archive
from dashboard.services.exporting.exports import Export
from dashboard.services.exporting.making import Workshops
from dashboard.services.exporting.subject import Subject
from dashboard.web.answers import answers_errors
from dashboard.web.exports import sent, subject_of

Form = Literal["html", "pdf"]


def _write(form: Form, subject: Subject, path: Path) -> Iterator[float]:
    # Matplotlib and seaborn take a second to load, and most visitors ask for no report.
    from dashboard.reporting.report import report_in_steps

    content = yield from report_in_steps(subject.scene, subject.analyses, form)
    path.write_bytes(content)


REPORTS: dict[Form, Export] = {
    "html": Export("text/html", partial(_write, "html")),
    "pdf": Export("application/pdf", partial(_write, "pdf")),
}


def blueprint(
    archive: Archive, analyses: Analyses, ahead: Ahead, workshops: Workshops
) -> Blueprint:
    """Return the routes that make a report of the View in a query."""
    routes = Blueprint("reports", __name__)

    @routes.get("/report.html", defaults={"form": "html"})
    @routes.get("/report.pdf", defaults={"form": "pdf"})
    @answers_errors
    def answer(form: Form) -> Response:
        subject = subject_of(archive, analyses, request.query_string.decode())
        kind = REPORTS[form]
        return sent(f"report.{form}", kind, subject, workshops, ahead, disposition="inline")

    return routes
