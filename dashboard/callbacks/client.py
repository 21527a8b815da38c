"""The callbacks that run in the browser; their code is in assets/."""

from dash import ClientsideFunction, Dash, Input, Output

from dashboard.ids import FIELDS, VOLUME_X, VOLUME_Y, Store


def register(app: Dash) -> None:
    """Connect what never needs the server."""
    app.clientside_callback(
        ClientsideFunction("flow", "start"),
        Output(Store.OPENING, "data"),
        Input(Store.CONFIG, "data"),
    )
    app.clientside_callback(
        ClientsideFunction("flow", "want"),
        Input(Store.SOURCE, "data"),
        # Without the slice: its slider is followed in the page itself, which is much faster.
        *(Input(*FIELDS[name]) for name in FIELDS if name != "slice"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("flow", "take"),
        Input(VOLUME_X, "value"),
        Input(VOLUME_Y, "value"),
        prevent_initial_call=True,
    )
