"""The in-page help: what each view shows, and the keys."""

from typing import Any

import dash_mantine_components as dmc
from dash import html

HELP_BUTTON = "help-button"
HELP = "help"

_VIEWS = {
    "Your images": "drop files of one head anywhere on the page, or open them above Study. The "
    "line above the pictures tells what is unusual about them before you trust a plot, and has "
    "a button for what can be mended.",
    "Images X and Y": "one slice of each image, upright, in true proportions. Black and white "
    "are the same intensities in every slice. Point at a voxel to read its position, "
    "intensities, class and posterior, and to find it in the other views.",
    "Histograms": "the slice's intensities before and after the background is removed. Over "
    "the foreground lie the curves of the fitted components and, dotted, their sum.",
    "Joint distribution": "each foreground voxel by its intensities in X and Y. The mixture is "
    "fitted to these and to the other images mixed: each component is drawn at one and two "
    "standard deviations around its mean.",
    "Label map": "each voxel in the colour of the class that most probably made its "
    "intensities. Classes are numbered by their mean in image X, 1 the darkest; the background "
    "is no class and stays clear. Click a class to hide it everywhere.",
    "Components": "what the mixture measures, in the images' own units. BIC and AIC under "
    "Criteria compare numbers of components. Below them, a reference segmentation is compared "
    "class by class.",
}
_KEYS = {
    "← →": "previous and next slice (also the mouse wheel over an image)",
    "Page ↑ ↓": "ten slices",
    "Home, End": "first and last slice, on the slider",
    "Space": "play and pause",
    "Browser Back": "undo",
}


def button_and_text() -> list[Any]:
    """Return the help button and the text that it opens."""
    return [
        html.Button("Help", id=HELP_BUTTON, className="text-button", type="button"),
        dmc.Modal(
            html.Div(
                [
                    html.Dl(
                        [
                            item
                            for name, text in _VIEWS.items()
                            for item in (html.Dt(name), html.Dd(text))
                        ]
                    ),
                    html.H3("Keys"),
                    html.Table(
                        html.Tbody(
                            [html.Tr([html.Th(key), html.Td(text)]) for key, text in _KEYS.items()]
                        ),
                        className="keys",
                    ),
                    html.P(
                        "Everything on screen is in the address of the page: reload it, or send "
                        "it to a colleague, and the same view opens. Point at a label to read "
                        "what its control does. NeuroMix is a teaching and research tool, not a "
                        "medical device."
                    ),
                ],
                className="help",
            ),
            id=HELP,
            title="What this page shows",
            size="lg",
            opened=False,
        ),
    ]
