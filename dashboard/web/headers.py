"""Headers that tell browsers what the page may do, who may show it, and what of it they keep."""

from collections.abc import Sequence

from flask import Flask, Response, request

from dashboard.core.errors import NeuroMixError
from dashboard.web.answers import ONE_YEAR

# Nothing that the page does not use.
PERMISSIONS = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer", "camera", "display-capture", "geolocation", "gyroscope",
        "hid", "magnetometer", "microphone", "midi", "payment", "serial", "usb",
    )
)  # fmt: skip


def register(server: Flask, *, script_hashes: Sequence[str], frame_ancestors: str) -> None:
    """Add the headers to every answer.

    Parameters
    ----------
    server : Flask
    script_hashes : sequence of str
        Of the scripts within the page, as the policy names them.
    frame_ancestors : str
        Who may show the page in a frame, such as ``https://portal.example``; nobody if empty.

    Raises
    ------
    NeuroMixError
        If `frame_ancestors` is not a list of origins.
    """
    policy = content_policy(script_hashes, _origins(frame_ancestors))

    @server.after_request
    def add(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = policy
        response.headers["X-Content-Type-Options"] = "nosniff"
        # The layout is made for the address that asks for it.
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["Permissions-Policy"] = PERMISSIONS
        if request.endpoint == "_dash_assets.static" and "m" in request.args:
            # Dash puts the file's date into its address.
            response.cache_control.no_cache = None
            response.cache_control.max_age = ONE_YEAR
        if request.is_secure:
            response.headers["Strict-Transport-Security"] = f"max-age={ONE_YEAR}"
        return response


def content_policy(script_hashes: Sequence[str], frame_ancestors: str) -> str:
    """Return the Content-Security-Policy: nothing from elsewhere, and no text run as a script."""
    rules = {
        "default-src": "'self'",
        "script-src": " ".join(("'self'", *script_hashes)),
        # Mantine and Plotly write their styles while they run.
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' blob: data:",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": frame_ancestors,
        "object-src": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def _origins(text: str) -> str:
    names = text.replace(",", " ").split()
    if any(set(name) & set(';"<>') or not name.isascii() for name in names):
        raise NeuroMixError(
            "DASHBOARD_FRAME_ANCESTORS must be origins such as https://portal.lab.example."
        )
    return " ".join(names) or "'none'"
