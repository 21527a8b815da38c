"""The controls, in the order in which the lesson uses them."""

from typing import Any

import dash_mantine_components as dmc
from dash import html

from dashboard.core.mixture.recipe import COMPONENTS
from dashboard.ids import Control
from dashboard.services.uploads.limits import Limits
from dashboard.ui import image_controls
from dashboard.ui.field import SIZE, labelled, pair, select
from dashboard.view import BINS, SEEDS, View


def controls(limits: Limits) -> html.Nav:
    """Return the whole control panel."""
    return html.Nav(
        [
            _section("Data", image_controls.data(limits)),
            _section("View", [_plane(), _side()]),
            _section(
                "Foreground", [image_controls.foreground(), pair(image_controls.clip(), _scaling())]
            ),
            _section(
                "Mixture",
                [image_controls.mix(), _components(), pair(_covariance(), _seed()), _scope()],
            ),
            _section("Display", [*_joint(), *_display()]),
        ],
        className="controls",
        **{"aria-label": "Controls"},
    )


def _section(title: str, children: list[Any]) -> html.Section:
    return html.Section([html.H2(title), *children])


def _segments(name: Control, data: dict[str, str], value: str) -> dmc.SegmentedControl:
    return dmc.SegmentedControl(
        id=name,
        data=[{"value": key, "label": label} for key, label in data.items()],
        value=value,
        size=SIZE,
        fullWidth=True,
        **{"aria-labelledby": f"{name}-label", "aria-describedby": f"{name}-help"},
    )


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


def _scaling() -> html.Div:
    return labelled(
        Control.SCALING, "Scaling",
        "How the foreground is scaled before the fit: mean and SD, median and interquartile "
        "range, minimum and range, or not at all.",
        select(
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
        select(Control.COVARIANCE, ["full", "tied", "diag", "spherical"], View.covariance),
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
            select(
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
