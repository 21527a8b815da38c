"""Each panel of the page as a function of the View, and the route that draws them.

The panels are no Dash callbacks: on this page each callback costs the browser about 50 ms of
bookkeeping for its 250 components, more than all that is drawn. The browser asks this route once
for what changed (assets/flow.js) and hands it to Plotly itself.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Literal

import orjson
from flask import Blueprint, Response, after_this_request, has_request_context, request

from dashboard.core.errors import GridError, NeuroMixError
from dashboard.figures.images import NOTHING
from dashboard.figures.style import message
from dashboard.ids import (
    CAPTION_HISTOGRAMS,
    CAPTION_JOINT,
    FACTS,
    LABELS_PROBLEM,
    OVERLAY,
    TITLE_JOINT,
    TITLE_X,
    TITLE_Y,
    ViewId,
)
from dashboard.services.workspace import Workspace
from dashboard.view import View
from dashboard.web import drawings
from dashboard.web.addresses import (
    answers_errors,
    check_identity,
    immutable,
    view_of,
)
from dashboard.web.tables import sentence

log = logging.getLogger(__name__)

UNEXPECTED = (
    "This could not be drawn because of an error in the program. The server's log says more; "
    "other settings may work."
)

IMAGES = frozenset({"study", "x", "y", "grid"})
NUMBERS = IMAGES | {
    "mix", "mask", "plane", "slice", "scope", "components", "covariance", "scaling", "foreground",
    "clip", "seed",
}  # fmt: skip
GEOMETRY = frozenset({"study", "grid", "plane", "side"})


@dataclass(frozen=True)
class Panel:
    """One part of the page that shows data.

    Attributes
    ----------
    id : str
        The element that shows it.
    kind : {"figure", "html", "text", "overlay", "facts"}
        What is drawn into it.
    fields : frozenset of str
        The View's fields it depends on; it is drawn anew only when one of them changes.
    draw : callable
        Returns what is drawn for a View.
    failed : callable
        Returns what is drawn instead, for a sentence that says why.
    tab : str or None
        The tab that has to be open for the panel to be visible.
    """

    id: str
    kind: Literal["figure", "html", "text", "overlay", "facts"]
    fields: frozenset[str]
    draw: Callable[[Workspace, View], Any]
    failed: Callable[[str], Any] = message
    tab: str | None = None


PANELS = (
    Panel(TITLE_X, "text", frozenset({"study", "x"}), drawings.title("x"), str),
    Panel(TITLE_Y, "text", frozenset({"study", "y"}), drawings.title("y"), str),
    Panel(
        ViewId.PREFLIGHT, "html", IMAGES | {"mix", "mask", "reference", "foreground", "clip"},
        drawings.preflight, sentence,
    ),
    Panel(ViewId.IMAGE_X, "figure", GEOMETRY | {"x", "window_x"}, drawings.image("x")),
    # Also of X: on another grid than X's, Y is shown where X's slice lies.
    Panel(ViewId.IMAGE_Y, "figure", GEOMETRY | {"x", "y", "window_y"}, drawings.image("y")),
    Panel(ViewId.LABELS, "figure", GEOMETRY | {"x", "window_x"}, drawings.labels),
    Panel(
        OVERLAY, "overlay", NUMBERS | {"side", "palette", "hidden", "axes"}, drawings.overlay,
        lambda _: {"source": NOTHING},
    ),
    Panel(LABELS_PROBLEM, "text", NUMBERS, drawings.problem, str),
    Panel(FACTS, "facts", NUMBERS, drawings.facts, lambda _: {}),
    Panel(CAPTION_HISTOGRAMS, "text", frozenset({"foreground"}), drawings.histograms_caption, str),
    Panel(
        ViewId.HISTOGRAMS, "figure", NUMBERS | {"bins", "log", "palette", "hidden"},
        drawings.histograms,
    ),
    Panel(TITLE_JOINT, "text", frozenset({"x", "y"}), drawings.joint_title, str),
    Panel(CAPTION_JOINT, "text", NUMBERS, drawings.joint_caption, lambda _: ""),
    Panel(
        ViewId.JOINT, "figure", NUMBERS | {"bins", "joint", "axes", "palette", "hidden"},
        drawings.joint,
    ),
    Panel(ViewId.COMPONENTS, "html", NUMBERS, drawings.components, sentence, tab="components"),
    Panel(
        ViewId.AGREEMENT, "html", NUMBERS | {"reference"}, drawings.agreement, sentence,
        tab="components",
    ),
    Panel(ViewId.CRITERIA, "figure", NUMBERS, drawings.criteria, tab="criteria"),
    Panel(ViewId.HEADER, "html", IMAGES, drawings.header, sentence, tab="header"),
)  # fmt: skip


def draw(panel: Panel, workspace: Workspace, view: View) -> Any:
    """Draw one panel; whatever goes wrong in it becomes a sentence and stays in it."""
    try:
        return panel.draw(workspace, view)
    except GridError as error:
        # Shapes and affines are told once, above the panels.
        return panel.failed(str(error).partition(". ")[0] + ".")
    except NeuroMixError as error:
        return panel.failed(str(error))
    except Exception:
        log.exception("panel %s cannot be drawn", panel.id)
        if has_request_context():
            after_this_request(_not_kept)
        return panel.failed(UNEXPECTED)


def _not_kept(response: Response) -> Response:
    """Keep browsers from keeping an answer that another attempt may better."""
    response.headers["Cache-Control"] = "no-store"
    return response


def description() -> list[dict[str, Any]]:
    """Return what the browser has to know of the panels."""
    return [
        {"id": panel.id, "kind": panel.kind, "fields": sorted(panel.fields), "tab": panel.tab}
        for panel in PANELS
    ]


def blueprint(workspace: Workspace) -> Blueprint:
    """Return the route that draws a workspace's panels."""
    routes = Blueprint("panels", __name__)

    @routes.get("/panels/<identity>.json")
    @answers_errors
    def panels(identity: str) -> Response:
        ahead = "X-Ahead" in request.headers  # of a page that rests
        if ahead and workspace.ahead.busy:
            return Response(status=HTTPStatus.NO_CONTENT, headers={"Cache-Control": "no-store"})
        with workspace.ahead.request():
            return answer(identity, ahead=ahead)

    def answer(identity: str, *, ahead: bool) -> Response:
        query = request.args.to_dict()
        needed = query.pop("need", "").split(",")
        view = view_of(query)
        known = check_identity(workspace, view, identity)
        drawn = {str(p.id): draw(p, workspace, view) for p in PANELS if p.id in needed}
        if OVERLAY in drawn and not ahead:
            workspace.analyse_neighbours(view)
        content = orjson.dumps(drawn, option=orjson.OPT_SERIALIZE_NUMPY)
        if not known:
            after_this_request(_not_kept)
        return immutable(content, "application/json")

    return routes
