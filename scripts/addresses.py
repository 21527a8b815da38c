"""The address of a slice's picture as the browser makes it, for tests and benchmarks."""

from dashboard.core.volume import Volume
from dashboard.fields import Window
from dashboard.services.render.addresses import CONTENT_VERSION, key
from dashboard.view import View, escaped


def slice_address(
    volume: Volume, *, view: View, image: str, index: int, window: Window | None
) -> str:
    """Return the address of a slice of an image."""
    asked = View(window_x=window)
    query = {
        "study": view.study,
        "x": image,
        "grid": view.grid,
        "position": view.position,
        "side": view.side,
        "window_x": asked.to_store()["window_x"] or "",
    }
    parameters = escaped({**query, "v": CONTENT_VERSION})
    return f"/slices/{key(volume.id)}/{view.plane}/{index}.png?{parameters}"
