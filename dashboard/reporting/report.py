"""A report of a scene, in either form."""

from collections.abc import Callable
from threading import Lock
from typing import Literal

from dashboard.core.errors import NeuroMixError
from dashboard.reporting.page import html
from dashboard.reporting.pdf import pdf
from dashboard.reporting.results import Results, results_of
from dashboard.services.analyses import Analyses
from dashboard.services.scene.scene import Scene

Form = Literal["html", "pdf"]
FORMS: dict[Form, Callable[[Results], bytes]] = {"html": html, "pdf": pdf}
# A report takes two or three seconds; behind ten of them a visitor should hear why.
MOST_SECONDS = 30

# Matplotlib's caches of fonts and texts are not made for several threads.
_drawing = Lock()


def report(scene: Scene, analyses: Analyses, form: Form) -> bytes:
    """Return a report; the same scene gives the same bytes.

    Raises
    ------
    NeuroMixError
        If others are being made for too long.
    """
    made = results_of(scene, analyses)
    if not _drawing.acquire(timeout=MOST_SECONDS):
        raise NeuroMixError("Other reports are being made. Try again in a minute.")
    try:
        return FORMS[form](made)
    finally:
        _drawing.release()
