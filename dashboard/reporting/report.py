"""A report of a scene, in either form."""

from collections.abc import Callable, Iterator
from threading import Lock
from typing import Literal

from dashboard.core.errors import NeuroMixError
from dashboard.reporting.page import html
from dashboard.reporting.pdf import pdf
from dashboard.reporting.results import Results, results_of
from dashboard.reporting.steps import Steps, finished
from dashboard.services.analyses import Analyses
from dashboard.services.scene.scene import Scene

Form = Literal["html", "pdf"]
FORMS: dict[Form, Callable[[Results], Steps]] = {"html": html, "pdf": pdf}
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
    return finished(report_in_steps(scene, analyses, form))


def report_in_steps(scene: Scene, analyses: Analyses, form: Form) -> Steps:
    """Make a report, which may be left after each step; otherwise as `report`."""
    yield 0
    made = results_of(scene, analyses)
    yield from _turn()
    try:
        return (yield from FORMS[form](made))
    finally:
        _drawing.release()


def _turn() -> Iterator[float]:
    """Wait until nobody else draws."""
    for _ in range(MOST_SECONDS):
        if _drawing.acquire(timeout=1):
            return
        yield 0
    raise NeuroMixError("Other reports are being made. Try again in a minute.")
