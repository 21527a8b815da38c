"""The callbacks; all run in the browser, and assets/main.mjs holds them.

The names of what they read and fill stand here, taken from the fields of the View, from the table
of the cards, and from what an opened View decides.
"""

from http import HTTPStatus

from dash import ClientsideFunction, Dash, Input, Output
from flask import Response, request

from dashboard.cards.table import CARDS
from dashboard.ids import FIELDS, VOLUME_X, VOLUME_Y, Store
from dashboard.web import filling

CALLS = "_dash-update-component"
NO_CALLS = "This page computes nothing by calls of Dash: its cards have addresses of their own."


def register(app: Dash) -> None:
    """Connect the page to the browser's half."""
    app.server.view_functions[f"{app.config.routes_pathname_prefix}{CALLS}"] = refuse
    app.clientside_callback(
        ClientsideFunction("client", "views"),
        *cards("views"),
        Input(Store.SCENE, "data"),
        *(Input(*control) for control in FIELDS.values()),
    )
    for group in (Store.FILES, Store.CRITERIA, Store.IDLE):
        app.clientside_callback(
            ClientsideFunction("client", group),
            cards(group),  # a list has its answer as a list, also of one
            Input(group, "data"),
            prevent_initial_call=True,
        )
    app.clientside_callback(
        ClientsideFunction("client", "opening"),
        *outputs(filling.OUTPUTS),
        Input(Store.OPENING, "data"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("client", "volumes"),
        Input(VOLUME_X, "value"),
        Input(VOLUME_Y, "value"),
        prevent_initial_call=True,
    )


def refuse() -> Response:
    """Answer a call of a callback on the server, of which there is none; Dash would answer 500."""
    request.get_data()
    return Response(NO_CALLS, HTTPStatus.BAD_REQUEST, mimetype="text/plain")


def cards(group: str) -> list[Output]:
    """Return what the cards of a group fill."""
    return outputs(tuple(name for card in CARDS if card.group == group for name in card.outputs))


def outputs(names: tuple[str, ...]) -> list[Output]:
    """Return outputs by their names, "element-id.property"."""
    return [Output(*name.rsplit(".", 1)) for name in names]
