"""Opening one's own files: the button, the drop target and the card that tells how far it is.

What moves in them is in assets/upload.js, which also puts the file input into the button: Dash
has no such component.
"""

import json
from typing import Any

import dash_mantine_components as dmc
from dash import html

from dashboard.services.uploads import names
from dashboard.services.uploads.limits import Limits

UPLOAD = "control-upload"


def open_button(limits: Limits) -> Any:
    """Return the button that opens files of the visitor's own."""
    text = (
        "Opens images of one head as a study of your own: NIfTI (.nii, .nii.gz), pairs of .hdr "
        f"and .img, MGH or MINC, up to {names.amount(limits.drop)} together, with a .bval or .tsv "
        "of the same name. Or drop them anywhere on this page. Only who has the link sees them, "
        "and they are removed after "
        f"{limits.days} {'day' if limits.days == 1 else 'days'}."
    )
    told = {
        "bytes": limits.drop,
        "files": limits.files,
        "images": names.IMAGES,
        "sidecars": names.SIDECARS,
        "needless": names.NEEDLESS,
    }
    label = html.Label(
        html.Span("Open files…"),
        id="upload-open",
        className="upload-open",
        **{"data-limits": json.dumps(told)},
    )
    return html.Span(
        [
            dmc.Tooltip(
                label,
                label=text,
                multiline=True,
                w=270,
                openDelay=250,
                position="bottom-start",
                withArrow=True,
                events={"hover": True, "focus": False, "touch": False},
            ),
            html.Span(text, id=f"{UPLOAD}-help", className="visually-hidden"),
        ]
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


def overlay() -> list[Any]:
    """Return what lies over the page: the drop target and the card of an upload under way."""
    return [
        html.Div(
            html.Div(
                [
                    html.Strong("Drop images to open them as one study"),
                    html.Span("several files or a folder: the images of one head"),
                ]
            ),
            id="upload-drop",
            className="upload-drop",
            hidden=True,
        ),
        html.Section(
            [
                html.Header(
                    [
                        html.H2("", id="upload-title"),
                        html.Button(
                            "Cancel", id="upload-close", className="text-button", type="button"
                        ),
                    ]
                ),
                html.P(id="upload-files", className="upload-files"),
                html.Div(
                    html.Div(id="upload-done"),
                    id="upload-bar",
                    className="upload-bar",
                    role="progressbar",
                    **{"aria-label": "Upload", "aria-valuemin": "0", "aria-valuemax": "100"},
                ),
                html.P(id="upload-amount", className="upload-amount"),
                html.P(id="upload-status", className="visually-hidden", role="status"),
                html.Ul(id="upload-problems", className="upload-problems", role="alert"),
            ],
            id="upload",
            className="upload-card",
            hidden=True,
            role="dialog",
            tabIndex=-1,
            **{"aria-labelledby": "upload-title"},
        ),
    ]
