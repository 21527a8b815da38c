"""The controls that choose images, and what is done to them before the mixture."""

import dash_mantine_components as dmc
from dash import html

from dashboard.core.mixture.recipe import MAX_MIXED
from dashboard.core.volume import CLIP_LEVELS
from dashboard.ids import VOLUME_X, VOLUME_Y, Control
from dashboard.services.uploads.limits import Limits
from dashboard.ui import upload
from dashboard.ui.field import SIZE, labelled, pair, select
from dashboard.view import View

# Options of a list that a browser draws without a pause; typing finds the others.
MOST_LISTED = 200
# What an empty list says in a study that has nothing for it.
NOTHING_THERE = "none here"


def data(limits: Limits) -> list[html.Div]:
    """Return what is opened: study, images, their volumes, grid and reference."""
    return [
        _study(limits),
        upload.own_upload(),
        pair(_image(Control.X), _image(Control.Y)),
        pair(_volume(VOLUME_X), _volume(VOLUME_Y)),
        pair(_grid(), _reference()),
    ]


def foreground() -> html.Div:
    """Return the rule by which voxels are kept, and its mask."""
    return pair(_foreground(), _mask())


def _study(limits: Limits) -> html.Div:
    return labelled(
        Control.STUDY, "Study",
        "The head that is shown: a sub-folder of images on the same voxel grid.",
        select(Control.STUDY, [], None, searchable=True, nothingFoundMessage="No such study",
                limit=MOST_LISTED),
        upload.open_button(limits),
    )  # fmt: skip


def _image(name: Control) -> html.Div:
    which, axis = ("X", "horizontal") if name is Control.X else ("Y", "vertical")
    return labelled(
        name, f"Image {which}",
        f"The image whose intensities are on the {axis} axis of the joint view."
        + (
            " Where it is mixed, its means number the classes; else those of the first image "
            "mixed do."
            if which == "X"
            else ""
        ),
        select(name, [], None, searchable=True, nothingFoundMessage="No such image"),
    )  # fmt: skip


def _volume(name: str) -> html.Div:
    which = name[-1].upper()
    field = labelled(
        name, f"Volume of {which}",
        f"Image {which} holds several volumes: one of them, counted from 0, or their mean, which "
        "is what a b0 needs.",
        dmc.Select(id=name, data=[], size=SIZE, allowDeselect=False, searchable=True, limit=300,
                   comboboxProps={"shadow": "md"}),
    )  # fmt: skip
    return html.Div(field, id=f"{name}-field", hidden=True)


def _grid() -> html.Div:
    return labelled(
        Control.GRID, "Grid",
        "The image onto whose voxels all others are resampled: intensities linearly, masks and "
        "label maps by the nearest voxel. Left empty, each keeps its own.",
        select(Control.GRID, [], None, clearable=True, placeholder="each its own"),
    )  # fmt: skip


def _reference() -> html.Div:
    return labelled(
        Control.REFERENCE, "Reference",
        "A segmentation that the classes are compared with: Dice and volumes below the "
        "components.",
        select(Control.REFERENCE, [], None, placeholder=NOTHING_THERE),
    )  # fmt: skip


def _foreground() -> html.Div:
    return labelled(
        Control.FOREGROUND, "Keep voxels",
        "Which voxels take part: those above zero in both images (the lesson's zero removal), "
        "those that are not zero, those that differ from each image's most frequent value, or "
        "those in a mask.",
        select(
            Control.FOREGROUND,
            [
                {"value": "positive", "label": "above 0"},
                {"value": "nonzero", "label": "not 0"},
                {"value": "background", "label": "not background"},
                {"value": "mask", "label": "in a mask"},
            ],
            View.foreground,
        ),
    )  # fmt: skip


def _mask() -> html.Div:
    return labelled(
        Control.MASK, "Mask",
        "The image whose voxels above 0 are the foreground, where “in a mask” are kept.",
        select(Control.MASK, [], None, placeholder=NOTHING_THERE),
    )  # fmt: skip


def clip() -> html.Div:
    """Return the choice of the range that intensities are clipped to."""
    return labelled(
        Control.CLIP, "Clip range",
        "Sets the foreground's intensities below and above these percentiles of each image (its "
        "background left out) to them, so that a few extreme voxels don't decide the scale.",
        select(
            Control.CLIP,
            [
                {"value": "none", "label": "off"},
                *(
                    {"value": level, "label": f"{level}–{100 - float(level):g} %"}
                    for level in CLIP_LEVELS
                ),
            ],
            View.clip,
        ),
    )  # fmt: skip


def mix() -> html.Div:
    """Return the choice of the images that are mixed."""
    return labelled(
        Control.MIX, "Images mixed",
        "The images whose intensities the mixture is fitted to together, one to eight. Unless "
        "chosen otherwise, all on the grid of image X; taking the last one out mixes all again.",
        dmc.MultiSelect(
            id=Control.MIX, data=[], value=[], size=SIZE, maxValues=MAX_MIXED, searchable=True,
            comboboxProps={"shadow": "md"}, className="mix",
            # A note on what became of an emptied list: no help, so it is not dimmed.
            inputWrapperOrder=["label", "input", "description"],
            styles={"description": {"color": "inherit", "fontSize": "12px"}},
            **{"aria-describedby": f"{Control.MIX}-help"},
        ),
    )  # fmt: skip
