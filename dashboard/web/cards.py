"""The route that draws the cards.

The browser asks once for all cards of a group that a change of the View concerns. An address names
all that its answer depends on, so the answer of the next slice can be fetched ahead.
"""

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import orjson
from flask import Blueprint, Response, after_this_request, has_request_context, request

from dashboard.cards.card import Card
from dashboard.cards.table import CARDS
from dashboard.core.errors import GridError, NeuroMixError
from dashboard.services.workspace import Workspace
from dashboard.view import View
from dashboard.web.addresses import answers_errors, check_identity, immutable, view_of

log = logging.getLogger(__name__)

UNEXPECTED = (
    "This could not be drawn because of an error in the program. The server's log says more; "
    "other settings may work."
)


def draw(card: Card, workspace: Workspace, view: View) -> Mapping[str, Any]:
    """Draw one card; whatever goes wrong in it becomes a sentence and stays in it."""
    try:
        return card.draw(workspace, view)
    except GridError as error:
        # Shapes and affines are told once, in the check.
        return card.failed(str(error).partition(". ")[0] + ".")
    except NeuroMixError as error:
        return card.failed(str(error))
    except Exception:
        log.exception("card %s cannot be drawn", card.id)
        if has_request_context():
            after_this_request(_not_kept)
        return card.failed(UNEXPECTED)


def _not_kept(response: Response) -> Response:
    """Keep browsers from keeping an answer that another attempt may better."""
    response.headers["Cache-Control"] = "no-store"
    return response


def blueprint(workspace: Workspace) -> Blueprint:
    """Return the route that draws a workspace's cards."""
    routes = Blueprint("cards", __name__)

    @routes.get("/cards/<identity>.json")
    @answers_errors
    def cards(identity: str) -> Response:
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
        cards = [card for card in CARDS if card.id in needed]
        drawn: dict[str, Any] = {}
        for card in cards:
            drawn |= draw(card, workspace, view)
        if not ahead and any(card.group == "views" for card in cards):
            workspace.analyse_neighbours(view)
        content = orjson.dumps(drawn, option=orjson.OPT_SERIALIZE_NUMPY)
        if not known:
            after_this_request(_not_kept)
        return immutable(content, "application/json")

    return routes
