"""Opening one's own files: the button, and the line about them. The card is in index.html.

assets/views/upload.mjs moves them, and puts the file input into the button: Dash has no such
component.
"""

from typing import Any

from dash import html

from dashboard.services.uploads.limits import MAX_NAMES, Limits, amount, days
from dashboard.services.uploads.names import MAX_TITLE

# The line about an upload: until when it is kept, and its buttons.
OWN_UPLOAD = (
    '<div id="upload-own" class="upload-own" hidden><span id="upload-until"></span>'
    '<button id="upload-rename" class="link-button" type="button">Rename</button>'
    '<button id="upload-remove" class="link-button" type="button">Remove now</button>'
    '<form id="upload-naming" hidden>'
    f'<input id="upload-name" aria-label="Name of the study" maxlength="{MAX_TITLE}" '
    'autocomplete="off" spellcheck="false">'
    '<button class="link-button">Save</button></form>'
    '<span id="upload-removing" class="visually-hidden" role="status"></span></div>'
)


def open_button(limits: Limits) -> Any:
    """Return the button that opens the visitor's own files."""
    text = (
        "Open images of one head: NIfTI (.nii, .nii.gz), pairs of .hdr and .img, MGH or MINC, at "
        f"most {amount(limits.drop)} together. Add a .bval or .tsv file under the name of its "
        "image. You can also drop files anywhere on this page. Only people with the link can see "
        f"them. The server removes them after {days(limits.days)}."
    )
    return html.Label(
        "Open files…",
        id="upload-open",
        className="upload-open",
        **{"data-most": str(MAX_NAMES), "data-help": text},
    )
