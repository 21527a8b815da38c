"""The controls, in the order in which the lesson uses them. A new one is one entry here."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import get_args

from dash import html
from dash.development.base_component import Component

from dashboard.core.mixture.recipe import COMPONENTS, MAX_MIXED, MAX_PRIOR, STARTS, usual_starts
from dashboard.core.reading.summary import CLIP_LEVELS
from dashboard.ids import VOLUME_X, VOLUME_Y, Control
from dashboard.services.uploads.limits import Limits
from dashboard.ui import upload
from dashboard.ui.kinds import (
    ControlSpec,
    amount,
    choice,
    count,
    hidden,
    menu,
    number,
    scale,
    search,
    segments,
    several,
    toggle,
)
from dashboard.view import BINS, PERCENT, SEEDS, TOLERANCE, Shape
from dashboard.widgets import Html
from dashboard.words import scalings
from dashboard.words.maps import MAPS

# What the lists say in a study that has no mask or no segmentation.
NO_MASK, NO_SEGMENTATION = "no mask", "no segmentation"

SOME_VOLUME = (
    "This image has several volumes. Choose one, counted from 0, or a mean. For diffusion images "
    "the mean of the b0 volumes is usually best."
)
FOREGROUND = {
    "positive": "above 0",
    "nonzero": "non-zero",
    "background": "not background",
    "mask": "mask",
}
START = {"kmeans": "k-means", "volume": "the whole head"}
CLIP = {level: f"{level}–{100 - float(level):g} %" for level in CLIP_LEVELS}
LAYOUTS = {"images": "X, Y and labels", "planes": "three planes"}
JOINT = {"scatter": "Scatter", "histogram": "2-D histogram", "density": "Density"}
PALETTES = {
    "okabe": "Okabe–Ito, extended (10 classes, 10 in deuteranopia)",
    "bright": "Tol bright (7 classes, 2 in deuteranopia)",
    "plain": "plain hues (10 classes, 2 in deuteranopia)",
}
USUAL_STARTS = f"{usual_starts('slice')}, whole head {usual_starts('volume')}"
OUTLINES: dict[str, str] = {
    "none": "no outline",
    "mask": "outline: mask",
    "reference": "outline: reference",
    "labels": "outline: labels",
}
# Beside the list of the studies. Keys do the same, so these are no tab stops.
STUDY_STEPS = (
    '<span class="study-steps">'
    '<button id="study-back" class="icon-button" type="button" tabindex="-1"'
    ' title="Previous study (p)" aria-label="Previous study">‹</button>'
    '<button id="study-forward" class="icon-button" type="button" tabindex="-1"'
    ' title="Next study (n)" aria-label="Next study">›</button></span>'
)


@dataclass(frozen=True)
class Folded:
    """Controls that are rarely used: they unfold by a click, or if one is not at its default."""

    title: str
    rows: "tuple[Row, ...]"


Row = ControlSpec | tuple[ControlSpec, ControlSpec] | Folded


# Title of a section -> its controls; two in brackets stand side by side.
SECTIONS: dict[str, list[Row]] = {
    "Images": [
        ControlSpec(
            Control.STUDY, "Study", "The images of one head. Type to search.",
            search("No such study"),
        ),
        (
            ControlSpec(
                Control.X, "Image X",
                "The horizontal axis of the joint distribution. Class 1 has the lowest mean in "
                "this image, or in the first image of the fit if X is not in the fit.",
                search("No such image"),
            ),
            ControlSpec(
                Control.Y, "Image Y", "The vertical axis of the joint distribution.",
                search("No such image"),
            ),
        ),
        (
            ControlSpec(VOLUME_X, "Volume of X", SOME_VOLUME, hidden(search("No such volume"))),
            ControlSpec(VOLUME_Y, "Volume of Y", SOME_VOLUME, hidden(search("No such volume"))),
        ),
        (
            ControlSpec(
                Control.GRID, "Resample to",
                "Brings all images to the voxel grid of this one: intensities by linear "
                "interpolation, masks and labels by the nearest voxel. It does not register them.",
                choice(clearable=True, placeholder="native grids"),
            ),
            ControlSpec(
                Control.REFERENCE, "Reference",
                "A segmentation to compare the classes with. Dice and volumes appear under "
                "Components.",
                choice(placeholder=NO_SEGMENTATION),
            ),
        ),
        ControlSpec(
            Control.POSITION, "Take lost positions from",
            "For images whose header has lost its position: those with the same shape as this one "
            "take its position.",
            hidden(choice(clearable=True, placeholder="left as they are")),
        ),
    ],
    "View": [
        ControlSpec(
            Control.PLANE, "Plane", "The direction of the slices.",
            segments({"axial": "Axial", "coronal": "Coronal", "sagittal": "Sagittal"}),
        ),
        ControlSpec(
            Control.SIDE, "Display convention",
            "Neurological shows the patient's left on the left. Radiological shows it on the "
            "right.",
            segments({"neurological": "Neurological", "radiological": "Radiological"}),
        ),
        ControlSpec(
            Control.LAYOUT, "Pictures",
            "X, Y and the label map in one plane, or one image in three planes through the "
            "crosshair. A fit to this slice has labels in its own plane only.",
            choice(LAYOUTS),
        ),
    ],
    "Preprocessing": [
        (
            ControlSpec(
                Control.FOREGROUND, "Foreground",
                "The voxels to fit: above 0, non-zero or not background in every image of the fit, "
                "or those in a mask. Background is the most frequent value.",
                choice(FOREGROUND),
            ),
            ControlSpec(
                Control.MASK, "Mask",
                "The voxels it marks are the foreground. Used when Foreground is “mask”.",
                choice(placeholder=NO_MASK),
            ),
        ),
        (
            ControlSpec(
                Control.CLIP, "Clip percentiles",
                "Limits each image to the intensities between these percentiles of its "
                "non-background voxels. A few extreme voxels then do not set the scale.",
                choice({"none": "off"} | CLIP),
            ),
            ControlSpec(
                Control.SCALING, "Scaling",
                "Scales each image before the fit. Standard uses mean and SD, robust uses median "
                "and interquartile range, min-max uses minimum and range.",
                choice(scalings.LABELS),
            ),
        ),
    ],
    "Mixture": [
        ControlSpec(
            Control.MIX, "Images in the fit",
            f"The mixture is fitted to these images together, up to {MAX_MIXED}. By default, one "
            "of each contrast on the grid of X. Remove the last one to get the default back.",
            several(maxValues=MAX_MIXED, searchable=True),
        ),
        ControlSpec(
            Control.COMPONENTS, "Components",
            "The number of Gaussians in the mixture. Each one is a class.",
            segments({str(n): str(n) for n in COMPONENTS}, narrow=True),
        ),
        (
            ControlSpec(
                Control.COVARIANCE, "Covariance",
                "The shape of the components: any ellipse (full), one ellipse for all (tied), "
                "ellipses along the axes (diag), or circles (spherical). Tied + PV (partial "
                "volume) adds Gaussians between neighbouring classes of the whole head, for voxels "
                "that hold two tissues.",
                choice({name: name for name in get_args(Shape)} | {"partial-volume": "tied + PV"}),
            ),
            ControlSpec(
                Control.SEED, "Seed",
                "Sets the random start of the fit. The same seed gives the same result.",
                number(SEEDS),
            ),
        ),
        Folded(
            "Tolerance, starts and prior",
            (
                (
                    ControlSpec(
                        Control.TOLERANCE, "Tolerance",
                        "The fit stops when an iteration raises the log-likelihood per voxel by "
                        "less than this. A smaller one takes more iterations and ends closer to "
                        "the best fit, which need not be the better segmentation.",
                        choice({text: text for text in TOLERANCE.allowed["one of"]}),
                    ),
                    ControlSpec(
                        Control.STARTS, "Starts",
                        "The number of random starts. The fit with the highest likelihood is "
                        f"kept. From {STARTS.start} to {STARTS.stop - 1}. "
                        f"Left empty: {usual_starts('slice')} for a slice, "
                        f"{usual_starts('volume')} for the whole head.",
                        number(STARTS, placeholder=USUAL_STARTS),
                    ),
                ),
                ControlSpec(
                    Control.START, "A slice starts from",
                    "From k-means, as in the lesson, or from the mixture of the whole head, with "
                    "the scaling of the head. A start from the head keeps each tissue in one "
                    "class on every slice; that fit stops early, at a tolerance of 1e-2.",
                    choice(START),
                ),
                ControlSpec(
                    Control.PRIOR, "Spatial prior",
                    "How strongly neighbouring voxels of the whole head are pulled into the same "
                    f"class, from 0 (off) to {MAX_PRIOR:g}. Most heads do well with 0.5. It "
                    "removes specks, and fine detail with them.",
                    amount(MAX_PRIOR, step=0.25),
                ),
            ),
        ),
        ControlSpec(
            Control.SCOPE, "Fit to",
            "The voxels of this slice, as in the lesson, or of the whole head. A fit to the whole "
            "head gives a tissue the same class on every slice.",
            segments({"slice": "this slice", "volume": "whole head"}),
        ),
    ],
}  # fmt: skip

# Id of a card -> the controls in its head, for what only this card shows or shows first.
TOOLS: dict[str, list[ControlSpec]] = {
    "image-x": [
        ControlSpec(
            Control.OUTLINE, "Outline",
            "Draws the borders of the mask, the reference or the classes over images X and Y.",
            menu(OUTLINES),
        ),
    ],
    "labels": [
        ControlSpec(
            Control.MAP, "Map",
            "What to draw over image X: the most probable classes, how uncertain they are, or the "
            "probability of one. With a reference, also its labels and where they differ.",
            menu({name: name.replace("-", " ") for name in MAPS}),
        ),
        ControlSpec(
            Control.OPACITY, "Label opacity (%)", "How strongly the label map covers image X.",
            scale(PERCENT),
        ),
        ControlSpec(
            Control.PALETTE, "Class colours", "The colours of the classes in all views.",
            menu(PALETTES),
        ),
    ],
    "histograms": [
        ControlSpec(
            Control.LOG, "Log counts", "Shows the counts on a logarithmic axis.", toggle("log"),
        ),
        ControlSpec(
            Control.BEFORE, "All voxels",
            "Also shows the histograms of all voxels of the slice, before the background is "
            "removed.",
            toggle("all voxels"),
        ),
        ControlSpec(
            Control.BINS, "Histogram bins",
            "The number of equal bins between the lowest and the highest intensity of the slice.",
            count(BINS, " bins"),
        ),
    ],
    "joint": [
        ControlSpec(
            Control.AXES, "Joint axes",
            "Scaled intensities are what the mixture sees. Raw ones are the original intensities.",
            menu({"scaled": "scaled", "raw": "raw"}),
        ),
        ControlSpec(
            Control.JOINT, "Joint distribution",
            "Scatter draws each voxel in its class colour. The 2-D histogram counts voxels in "
            "cells. Density draws the contours of a kernel density estimate.",
            menu(JOINT),
        ),
    ],
}  # fmt: skip


def specs() -> list[ControlSpec]:
    """Return all controls of the page, in their order: of the sections, then of the cards."""
    of_sections = [spec for rows in SECTIONS.values() for row in rows for spec in _specs(row)]
    return of_sections + [spec for own in TOOLS.values() for spec in own]


def _specs(row: Row) -> Iterator[ControlSpec]:
    if isinstance(row, ControlSpec):
        yield row
    else:
        for inner in row if isinstance(row, tuple) else row.rows:
            yield from _specs(inner)


def controls(limits: Limits) -> html.Nav:
    """Return the whole control panel."""
    parts = {title: [_row(row) for row in rows] for title, rows in SECTIONS.items()}
    parts["Images"][1:1] = [Html(html=STUDY_STEPS), upload.open_button(limits)]
    sections = [html.Section([html.H2(title), *rows]) for title, rows in parts.items()]
    return html.Nav(
        # Where the line about an upload moves none of them.
        [*sections, Html(html=upload.OWN_UPLOAD)],
        id="controls",
        className="controls",
        tabIndex=-1,
        **{"aria-label": "Controls"},
    )


def _row(row: Row) -> Component:
    if isinstance(row, ControlSpec):
        return row.component
    if isinstance(row, Folded):
        fields = " ".join(spec.field for spec in _specs(row))
        return html.Details(
            [html.Summary(row.title), *map(_row, row.rows)],
            className="folded", **{"data-fields": fields},
        )  # fmt: skip
    return html.Div([spec.component for spec in row], className="pair")
