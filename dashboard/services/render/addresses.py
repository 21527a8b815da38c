"""Addresses of what browsers cache.

Every address contains the identity of its volumes and the version of this program, so that its
content never changes.
"""

from urllib.parse import quote, urlencode

from dashboard import __version__
from dashboard.core.volume import Volume
from dashboard.view import View, Window, fields_of

# Characters of a SHA-256 in an address: enough to distinguish the volumes of a study.
ID_LENGTH = 16
# The View's fields in the addresses of the voxels under the cursor, and of maps, whose place is in
# the path.
VOXEL_FIELDS = fields_of("images", "place", "model") | {"side"}
MAP_FIELDS = fields_of("images", "model") | {"side", "palette", "hidden"}


def key(identity: str) -> str:
    """Return the short form of an identity in addresses."""
    return identity[:ID_LENGTH]


def slice_address(
    volume: Volume, *, view: View, image: str, index: int, window: Window | None
) -> str:
    """Return the address of a slice's picture, as the browser makes it."""
    asked = View(window_x=window)
    query = {
        "study": view.study,
        "x": image,
        "grid": view.grid,
        "side": view.side,
        "window_x": asked.to_store()["window_x"] or "",
    }
    parameters = urlencode({**query, "v": __version__}, quote_via=quote, safe="!'()*")
    return f"/slices/{key(volume.id)}/{view.plane}/{index}.png?{parameters}"
