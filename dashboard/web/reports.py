"""The routes of a View's report."""

from typing import Literal

from flask import Blueprint, Response, request

from dashboard.services.ahead import Ahead
from dashboard.services.analyses import Analyses
from dashboard.services.archive import Archive
from dashboard.view import escaped
from dashboard.web.answers import answers_errors, not_kept
from dashboard.web.exports import subject_of

Form = Literal["html", "pdf"]
MIMETYPES: dict[Form, str] = {"html": "text/html", "pdf": "application/pdf"}


def blueprint(archive: Archive, analyses: Analyses, ahead: Ahead) -> Blueprint:
    """Return the routes that make a report of the View in a query."""
    routes = Blueprint("reports", __name__)

    @routes.get("/report.html", defaults={"form": "html"})
    @routes.get("/report.pdf", defaults={"form": "pdf"})
    @answers_errors
    def answer(form: Form) -> Response:
        # Matplotlib and seaborn take a second to load, and most visitors ask for no report.
        from dashboard.reporting.report import report

        subject = subject_of(archive, analyses, request.query_string.decode())
        with ahead.request():
            content = report(subject.scene, analyses, form)
        response = not_kept(Response(content, mimetype=MIMETYPES[form]))
        name = escaped({"": f"{subject.base}_report.{form}"}).removeprefix("=")
        response.headers["Content-Disposition"] = f"inline; filename*=UTF-8''{name}"
        return response

    return routes
