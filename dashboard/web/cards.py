"""The route that draws the cards.

One request asks for all cards of a group that a change of the View concerns. Its address names all
that the answer depends on, so the next slice can be fetched ahead.
"""

import logging
from collections.abc import Mapping
from contextlib import nullcontext
from typing import Any

import orjson
from flask import Blueprint, Response, after_this_request, has_request_context, request

from dashboard.cards.card import UNFINISHED, Card
from dashboard.cards.table import CARDS
from dashboard.core.errors import LimitError, NeuroMixError
from dashboard.services.ahead import Ahead
from dashboard.services.analyses import Analyses
from dashboard.services.archive import Archive
from dashboard.services.limits import BusyError
from dashboard.services.scene.scene import Scene
from dashboard.web.answers import (
    answers_errors,
    asked_ahead,
    immutable,
    not_kept,
    passed_over,
    revalidated,
    scene_of,
)

log = logging.getLogger(__name__)

UNEXPECTED = (
    "An internal error prevents this view. The server's log has the details; other settings may "
    "work."
)


def draw(card: Card, scene: Scene, analyses: Analyses) -> Mapping[str, Any]:
    """Draw one card; an error becomes a sentence in this card only."""
    try:
        return card.draw(scene, analyses)
    except NeuroMixError as error:
        # A limit says nothing of the voxels.
        sentence, lasts = error.short, not isinstance(error, LimitError | BusyError)
    except Exception:
        log.exception("card %s cannot be drawn", card.id)
        sentence, lasts = UNEXPECTED, False
    if not lasts and has_request_context():
        after_this_request(not_kept)
    return card.failed(sentence)


def blueprint(archive: Archive, analyses: Analyses, ahead: Ahead) -> Blueprint:
    """Return the route that draws the cards."""
    routes = Blueprint("cards", __name__)

    @routes.get("/cards/<identity>.json")
    @answers_errors
    def cards(identity: str) -> Response:
        early = asked_ahead()
        if early and ahead.busy:
            return passed_over()
        query = request.args.to_dict()
        needed = query.pop("need", "").split(",")
        cards = [card for card in CARDS if card.id in needed]
        # What may come late lets other requests go first.
        late = all(card.group == "idle" for card in cards)
        with nullcontext() if late else ahead.request():
            return answer(cards, query, identity, early=early)

    def answer(cards: list[Card], query: dict[str, str], identity: str, *, early: bool) -> Response:
        scene = scene_of(archive, query, identity)
        drawn: dict[str, Any] = {}
        for card in cards:
            drawn |= draw(card, scene, analyses)
        if not early and any(card.group == "views" for card in cards):
            analyses.analyse_neighbours(scene)
        content = orjson.dumps(drawn, option=orjson.OPT_SERIALIZE_NUMPY)
        if not scene.complete or UNFINISHED in drawn:
            after_this_request(not_kept)
        if any(card.group == "files" for card in cards):
            # The check also reads images that the address does not name.
            return revalidated(content, "application/json")
        return immutable(content, "application/json")

    return routes
