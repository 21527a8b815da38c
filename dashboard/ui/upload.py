"""Opening one's own files: the button, the drop target and the card of an upload under way.

assets/views/upload.mjs moves them, and puts the file input into the button: Dash has no such
component.
"""

from typing import Any

import dash_mantine_components as dmc
from dash import html

from dashboard.services.uploads.limits import MAX_NAMES, Limits, amount, days

UPLOAD = "control-upload"


def open_button(limits: Limits) -> Any:
    """Return the button that opens the visitor's own files."""
    text = (
        "Open images of one head: NIfTI (.nii, .nii.gz), pairs of .hdr and .img, MGH or MINC, at "
        f"most {amount(limits.drop)} together. Add a .bval or .tsv file under the name of its "
        "image. You can also drop files anywhere on this page. Only people with the link can see "
        f"them, and the server removes them after {days(limits.days)}."
    )
    label = html.Label(
        html.Span("Open files…"),
        id="upload-open",
        className="upload-open",
        **{"data-most": str(MAX_NAMES)},
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
                    html.Span("Files or a folder, with the images of one head"),
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
                html.Progress(id="upload-bar", max=100, **{"aria-label": "Upload"}),
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
