"""The routes of a View's report."""

from typing import Literal
from urllib.parse import quote

from flask import Blueprint, Response, request

from dashboard.services.ahead import Ahead
from dashboard.services.analyses import Analyses
from dashboard.services.archive import Archive
from dashboard.services.scene.opening import open_view
from dashboard.web import visitor
from dashboard.web.answers import answers_errors, not_kept
from dashboard.web.open import entries

HTML, PDF = "text/html", "application/pdf"


def blueprint(archive: Archive, analyses: Analyses, ahead: Ahead) -> Blueprint:
    """Return the routes that make a report of the View in a query."""
    routes = Blueprint("reports", __name__)

    @routes.get("/report.html")
    @answers_errors
    def as_html() -> Response:
        from dashboard.reporting.page import POLICY

        response = answer("html", HTML)
        response.headers["Content-Security-Policy"] = f"{POLICY}; frame-ancestors 'none'"
        return response

    @routes.get("/report.pdf")
    @answers_errors
    def as_pdf() -> Response:
        return answer("pdf", PDF)

    def answer(form: Literal["html", "pdf"], mimetype: str) -> Response:
        # Matplotlib and seaborn take a second to load, and most visitors ask for no report.
        from dashboard.reporting.report import report

        query = entries(request.query_string.decode())
        with ahead.request():
            scene = open_view(archive, query, visitor.owner()).scene
            content = report(scene, analyses, form)
        name = quote(f"{scene.files.name.replace('/', '_')}_report.{form}")
        response = not_kept(Response(content, mimetype=mimetype))
        response.headers["Content-Disposition"] = f"inline; filename*=UTF-8''{name}"
        return response

    return routes
