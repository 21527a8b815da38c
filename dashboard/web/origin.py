"""Whether a request comes from NeuroMix's own page."""

from urllib.parse import urlsplit

from flask import request


def is_own() -> bool:
    """Return whether no other site made the browser send this request.

    Browsers send `Sec-Fetch-Site` over https and on loopback, and `Origin` elsewhere. A request
    with neither comes from an old browser, or from none.
    """
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is not None:
        return site in ("same-origin", "none")
    return origin is None or urlsplit(origin).netloc.lower() == request.host.lower()
