"""Addresses of what browsers cache.

Every address contains the identity of its volumes and the version of this program, so that its
content never changes.
"""

import hashlib
from importlib.metadata import version
from pathlib import Path

import dashboard
from dashboard.core.export.record import LIBRARIES
from dashboard.view import fields_of


def _content_version() -> str:
    """Return a hash of all that makes content: this program's files, and libraries that compute.

    Between releases the program's own version stays, while words, figures and methods change.
    """
    made_by = hashlib.sha256(" ".join(map(version, LIBRARIES)).encode())
    package = Path(dashboard.__file__).parent
    for path in sorted((*package.rglob("*.py"), *package.rglob("*.html"))):
        made_by.update(path.read_bytes())
    return made_by.hexdigest()[:8]


CONTENT_VERSION = _content_version()
# Characters of a SHA-256 in an address: enough to distinguish the volumes of a study.
ID_LENGTH = 16
# The View's fields in the addresses of the voxels under the cursor, and of maps and layers, whose
# place is in the path.
VOXEL_FIELDS = fields_of("images", "place", "model") | {"side"}
LAYER_FIELDS = fields_of("images") | {"foreground", "clip"}
MAP_FIELDS = fields_of("images", "model") | {"side", "palette", "hidden", "colours", "tissues"}


def key(identity: str) -> str:
    """Return the short form of an identity in addresses."""
    return identity[:ID_LENGTH]
