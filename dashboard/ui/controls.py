"""The controls, in the order in which the lesson uses them."""

from typing import Any

import dash_mantine_components as dmc
from dash import html

from dashboard.core.mixture import COMPONENTS
from dashboard.core.study import MAX_MIXED
from dashboard.core.volume import CLIP_LEVELS
from dashboard.services.receiving import Limits
from dashboard.ui import upload
from dashboard.ui.field import labelled
from dashboard.ui.ids import VOLUME_X, VOLUME_Y, Control
from dashboard.view import BINS, SEEDS, View

SIZE = "xs"
# Options of a list that a browser draws without a pause; typing finds the others.
MOST_LISTED = 200


def controls(limits: Limits) -> html.Nav:
    """Return the whole control panel."""
    return html.Nav(
        [
            _section(
                "Data",
                [
                    _study(limits),
                    upload.own_upload(),
                    _pair(_image(Control.X), _image(Control.Y)),
                    _pair(_volume(VOLUME_X), _volume(VOLUME_Y)),
                    _pair(_grid(), _reference()),
                ],
            ),
            _section("View", [_plane(), _side()]),
            _section("Foreground", [_pair(_foreground(), _mask()), _pair(_clip(), _scaling())]),
            _section("Mixture", [_mix(), _components(), _pair(_covariance(), _seed()), _scope()]),
            _section("Display", [*_joint(), *_display()]),
        ],
        className="controls",
        **{"aria-label": "Controls"},
    )


def _section(title: str, children: list[Any]) -> html.Section:
    return html.Section([html.H2(title), *children])


def _pair(*children: Any) -> html.Div:
    return html.Div(list(children), className="pair")


def _select(name: Control, data: list[Any], value: Any, **options: Any) -> dmc.Select:
    return dmc.Select(
        id=name, data=data, value=value, size=SIZE, allowDeselect=False, **options,
        comboboxProps={"shadow": "md"}, **{"aria-describedby": f"{name}-help"},
    )  # fmt: skip


def _segments(name: Control, data: dict[str, str], value: str) -> dmc.SegmentedControl:
    return dmc.SegmentedControl(
        id=name,
        data=[{"value": key, "label": label} for key, label in data.items()],
        value=value,
        size=SIZE,
        fullWidth=True,
        **{"aria-labelledby": f"{name}-label", "aria-describedby": f"{name}-help"},
    )


def _study(limits: Limits) -> html.Div:
    return labelled(
        Control.STUDY, "Study",
        "The head that is shown: a sub-folder of images on the same voxel grid.",
        _select(Control.STUDY, [], None, searchable=True, nothingFoundMessage="No such study",
                limit=MOST_LISTED),
        upload.open_button(limits),
    )  # fmt: skip


def _image(name: Control) -> html.Div:
    which, axis = ("X", "horizontal") if name is Control.X else ("Y", "vertical")
    return labelled(
        name, f"Image {which}",
        f"The image whose intensities are on the {axis} axis of the joint view"
        + ("; its means also number the classes." if which == "X" else "."),
        _select(name, [], None, searchable=True, nothingFoundMessage="No such image"),
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
        _select(Control.GRID, [], None, clearable=True, placeholder="each its own"),
    )  # fmt: skip


def _reference() -> html.Div:
    return labelled(
        Control.REFERENCE, "Reference",
        "A segmentation that the classes are compared with: Dice and volumes below the "
        "components.",
        _select(Control.REFERENCE, [], None, placeholder="none here"),
    )  # fmt: skip


def _mask() -> html.Div:
    return labelled(
        Control.MASK, "Mask",
        "The image whose voxels above 0 are the foreground, where “in a mask” are kept.",
        _select(Control.MASK, [], None, placeholder="none here"),
    )  # fmt: skip


def _clip() -> html.Div:
    return labelled(
        Control.CLIP, "Clip range",
        "Sets the foreground's intensities below and above these percentiles of each image to "
        "them, so that a few extreme voxels don't decide the scale.",
        _select(
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


def _mix() -> html.Div:
    return labelled(
        Control.MIX, "Images mixed",
        "The images whose intensities the mixture is fitted to together, one to eight. Unless "
        "chosen otherwise, all on the grid of image X.",
        dmc.MultiSelect(
            id=Control.MIX, data=[], value=[], size=SIZE, maxValues=MAX_MIXED, searchable=True,
            comboboxProps={"shadow": "md"}, className="mix",
            **{"aria-describedby": f"{Control.MIX}-help"},
        ),
    )  # fmt: skip


def _plane() -> html.Div:
    return labelled(
        Control.PLANE, "Plane", "The direction in which the head is sliced.",
        _segments(
            Control.PLANE,
            {"axial": "Axial", "coronal": "Coronal", "sagittal": "Sagittal"},
            View.plane,
        ),
    )  # fmt: skip


def _side() -> html.Div:
    return labelled(
        Control.SIDE, "Left and right",
        "Neurological shows the patient's left at the left, radiological at the right.",
        _segments(
            Control.SIDE,
            {"neurological": "Neurological", "radiological": "Radiological"},
            View.side,
        ),
    )  # fmt: skip


def _foreground() -> html.Div:
    return labelled(
        Control.FOREGROUND, "Keep voxels",
        "Which voxels take part: those above zero in both images (the lesson's zero removal), "
        "those that are not zero, those that differ from each image's most frequent value, or "
        "those in a mask.",
        _select(
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


def _scaling() -> html.Div:
    return labelled(
        Control.SCALING, "Scaling",
        "How the foreground is scaled before the fit: mean and SD, median and interquartile "
        "range, minimum and range, or not at all.",
        _select(
            Control.SCALING,
            [
                {"value": "standard", "label": "standard"},
                {"value": "robust", "label": "robust"},
                {"value": "minmax", "label": "min-max"},
                {"value": "none", "label": "none"},
            ],
            View.scaling,
        ),
    )  # fmt: skip


def _components() -> html.Div:
    return labelled(
        Control.COMPONENTS, "Components",
        "The number of Gaussians, and so of tissue classes, in the mixture.",
        dmc.SegmentedControl(
            id=Control.COMPONENTS,
            data=[str(number) for number in COMPONENTS],
            value=str(View.components),
            size=SIZE,
            fullWidth=True,
            className="components",
            **{"aria-labelledby": f"{Control.COMPONENTS}-label"},
        ),
    )  # fmt: skip


def _covariance() -> html.Div:
    return labelled(
        Control.COVARIANCE, "Covariance",
        "The shape of the components: free ellipses, one ellipse for all, ellipses along the "
        "axes, or circles.",
        _select(Control.COVARIANCE, ["full", "tied", "diag", "spherical"], View.covariance),
    )  # fmt: skip


def _seed() -> html.Div:
    return labelled(
        Control.SEED, "Seed",
        "Starts the random initialisation; the same seed gives the same fit for everybody.",
        dmc.NumberInput(
            id=Control.SEED, value=View.seed, min=0, max=SEEDS.stop - 1, size=SIZE, debounce=400,
            allowDecimal=False, allowNegative=False, clampBehavior="strict",
        ),
    )  # fmt: skip


def _scope() -> html.Div:
    return labelled(
        Control.SCOPE, "Fit on",
        "The voxels the mixture is fitted to: those of this slice (a fit of the whole volume is "
        "planned).",
        dmc.SegmentedControl(
            id=Control.SCOPE,
            data=[
                {"value": "slice", "label": "this slice"},
                {"value": "volume", "label": "whole volume", "disabled": True},
            ],
            value=View.scope, size=SIZE, fullWidth=True,
            **{"aria-labelledby": f"{Control.SCOPE}-label"},
        ),
    )  # fmt: skip


def _joint() -> list[html.Div]:
    kinds = {"scatter": "Scatter", "histogram": "2-D histogram", "density": "Density"}
    return [
        labelled(
            Control.JOINT, "Joint view",
            "Each voxel as a point in its class colour, counts of voxels in cells, or contours "
            "of a kernel density.",
            _segments(Control.JOINT, kinds, View.joint),
        ),
        labelled(
            Control.AXES, "Joint axes",
            "Scaled intensities, as the mixture sees them, or the images' own.",
            _segments(Control.AXES, {"scaled": "Scaled", "raw": "Raw"}, View.axes),
        ),
    ]  # fmt: skip


def _display() -> list[html.Div]:
    return [
        labelled(
            Control.BINS, "Bins",
            "The number of equal bins of each histogram, from the smallest to the largest "
            "intensity of the slice.",
            dmc.Slider(
                id=Control.BINS, min=BINS.start, max=BINS.stop - 1, value=View.bins, size=SIZE,
                updatemode="mouseup",
                marks=[{"value": v, "label": str(v)} for v in (10, 50, 100, 150, 200)],
            ),
            dmc.Switch(id=Control.LOG, label="log counts", checked=View.log, size=SIZE,
                       **{"aria-label": "Show counts on a logarithmic axis"}),
        ),
        labelled(
            Control.OPACITY, "Label opacity (%)", "How strongly the labels cover image X.",
            dmc.Slider(
                id=Control.OPACITY, min=0, max=100, value=View.opacity, size=SIZE,
                updatemode="drag",
                marks=[{"value": v, "label": str(v)} for v in (0, 50, 100)],
            ),
        ),
        _window(Control.WINDOW_X, "X"),
        _window(Control.WINDOW_Y, "Y"),
        labelled(
            Control.PALETTE, "Class colours", "The colours of the classes in every view.",
            _select(
                Control.PALETTE,
                [
                    {"value": "okabe", "label": "Okabe–Ito (colour-blind safe)"},
                    {"value": "bright", "label": "Tol bright (colour-blind safe)"},
                    {"value": "plain", "label": "plain hues"},
                ],
                View.palette,
            ),
        ),
    ]  # fmt: skip


def _window(name: Control, which: str) -> html.Div:
    return labelled(
        name, f"Intensity window {which}",
        f"The intensities of image {which} that are shown black and white, the same in every "
        "slice.",
        dmc.RangeSlider(
            id=name, min=0, max=1, value=[0, 1], step=0.01, minRange=0, size=SIZE,
            updatemode="mouseup",
        ),
        html.Button("reset", id=f"{name}-reset", className="link-button", type="button"),
    )  # fmt: skip
