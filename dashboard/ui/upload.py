"""Opening one's own files: the button, and the line below the study. The card stands in index.html.

What moves in them is in assets/upload.js, which also puts the file input into the button: Dash
has no such component.
"""

import json
from typing import Any

from dash import html

from dashboard.services.uploads import names
from dashboard.services.uploads.limits import Limits


def open_button(limits: Limits) -> Any:
    """Return the button that opens files of the visitor's own."""
    text = (
        "Opens the images of one head as a study of your own: NIfTI (.nii, .nii.gz), pairs of "
        f".hdr and .img, MGH or MINC, up to {names.amount(limits.drop)} in all. Add .bval or .tsv "
        "files of the same name if you have them. You can also drop the files anywhere on this "
        "page. Only people with the link can see them. They are deleted after "
        f"{limits.days} {'day' if limits.days == 1 else 'days'}."
    )
    told = {
        "bytes": limits.drop,
        "files": limits.files,
        "images": names.IMAGES,
        "sidecars": names.SIDECARS,
        "needless": names.NEEDLESS,
    }
    return html.Label(
        html.Span("Open files…"),
        id="upload-open",
        className="upload-open",
        **{"data-limits": json.dumps(told), "data-help": text},
    )


def own_upload() -> html.Div:
    """Return the line below the study that says when an upload is removed, and removes it."""
    return html.Div(
        [
            html.Span(id="upload-until"),
            html.Button("Remove now", id="upload-remove", className="link-button", type="button"),
            html.Span(id="upload-removing", className="visually-hidden", role="status"),
        ],
        id="upload-own",
        className="upload-own",
        hidden=True,
    )
