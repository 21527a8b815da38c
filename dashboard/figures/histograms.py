"""Histograms of the foreground with the curves of the mixture, and those of all voxels."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from dashboard.core.analysis import Analysis
from dashboard.core.domain import WHOLE
from dashboard.core.histogram import Histogram, histogram
from dashboard.figures import curves
from dashboard.figures.style import (
    NO_NAMES,
    Figure,
    axis,
    axis_title,
    layout,
    message,
    plain,
    round_up,
    span,
    unit_of,
)
from dashboard.view import Axes

# By the number of columns: what follows the name of the image, and characters of a title that fit
# at 1440 pixels.
VOXELS = {1: ("",), 2: (", all voxels", ", foreground")}
TITLE_LENGTH = {1: 50, 2: 24}
# Where the columns lie, by their number.
SPANS = {1: ((0.0, 1.0),), 2: ((0.0, 0.45), (0.55, 1.0))}
# Pixels for the half of a label that stands at the end of an axis.
EDGE = 16
# Share of the height between the rows: room for the upper row's labels and its title of one or two
# lines, at the least height of the plots in app.css.
GAP = 0.22
TWO_LINE_GAP = 0.31
# Intensities from here on are labelled in thousands, and in one of two columns.
LONG_NUMBER = 1e4
LONG_IN_COLUMN = 1e3
# Larger numbers have no prefix that people know.
LARGEST_PREFIXED = 1e15
# A logarithmic axis starts at half a voxel.
LOG_FLOOR = 0.5


# The histograms of one image: of its foreground, and before it of all voxels if they are shown.
Row = tuple[Histogram | None, ...]


@dataclass(frozen=True)
class _Place:
    """Where a plot is, and its axes."""

    row: int
    column: int
    columns: int
    height: float

    @property
    def suffix(self) -> str:
        """What Plotly puts after x and y: plots are counted row by row."""
        number = self.columns * self.row + self.column + 1
        return "" if number == 1 else str(number)

    @property
    def onto(self) -> dict[str, str]:
        """The axes of its traces."""
        return {"xaxis": f"x{self.suffix}", "yaxis": f"y{self.suffix}"}

    @property
    def within(self) -> tuple[str, str]:
        """What the places of its notes are relative to."""
        return f"x{self.suffix} domain", f"y{self.suffix} domain"


def counted(analysis: Analysis, bins: int, *, before: bool) -> list[Row]:
    """Count the foreground of the slice, and `before` it all its voxels, for each image shown."""
    features = analysis.features
    return [
        (
            *([histogram(features.voxels[image], bins)] if before else []),
            histogram(features.values[:, image], bins) if len(features.values) else None,
        )
        for image in features.shown
    ]


def histograms(
    analysis: Analysis,
    counts: Sequence[Row],
    *,
    log: bool,
    colours: Sequence[str],
    hidden: Collection[int] = (),
    left_out: str = "",
    called: Mapping[int, str] = NO_NAMES,
) -> Figure:
    """Draw the foreground of the slice, maybe beside all its voxels, for each image.

    Parameters
    ----------
    analysis : Analysis
    counts : sequence of tuple
        From `counted`.
    log : bool
        Whether counts are on a logarithmic axis.
    colours : sequence of str
        Hexadecimal colour of each class.
    hidden : collection of int
        Classes whose curves are left out.
    left_out : str
        Says which voxels are not shown.
    called : mapping of int to str
        The names of classes that have one; their curves say it under the pointer.
    """
    features, traces, notes, layers = analysis.features, [], [], []
    axes: dict[str, Any] = {}
    names: dict[str, str] = {}
    columns = len(counts[0])
    height = _height(analysis)
    for row, (image, found) in enumerate(zip(features.shown, counts, strict=True)):
        volume = features.volumes[image]
        if columns == 2 and found[0] is None:
            return message(f"No voxel of {volume.label} has a finite intensity in this slice.")
        for column, one in enumerate(found):
            place = _Place(row, column, columns, height)
            is_foreground = column == columns - 1
            drawn = [curves.steps(one, volume.label)] if one else []
            if one and is_foreground:
                drawn += curves.curves(analysis, image, one, colours, hidden, called)
                layers.append({"axis": place.suffix, **_bins(one)})
            if not drawn:
                notes.append(_note("no foreground voxels", *place.within))
            highest = curves.height(drawn) if drawn else 1.0
            traces += [{**trace, **place.onto} for trace in drawn]
            facts = [*volume.processing, *(features.facts if is_foreground else [])]
            what = VOXELS[columns][column]
            title = axis_title(volume.short, facts, what=what, most=TITLE_LENGTH[columns])
            names[f"x{place.suffix}title"] = plain(volume.name) + what
            axes |= _axes(place, title, one, _range(highest, log))
    if left_out:
        notes.append(_above(left_out))
    return {
        "data": traces,
        "layout": layout(
            **axes,
            annotations=notes,
            margin={
                "l": 52,
                "r": EDGE,
                "t": 20 if left_out else 8,
                "b": 48 if "<br>" in title else 34,
            },
            meta={"titles": names, **({"layers": layers} if features.domain is WHOLE else {})},
            hovermode="x",
        ),
    }


def mixture_histogram(
    analysis: Analysis,
    *,
    axes: Axes,
    bins: int,
    colours: Sequence[str],
    hidden: Collection[int] = (),
    called: Mapping[int, str] = NO_NAMES,
) -> Figure:
    """Draw the foreground of a single image with its mixture, as its "joint" view."""
    features = analysis.features
    image = features.xy[0]
    counts = histogram(features.values[:, image], bins) if len(features.values) else None
    if counts is None:
        return message(analysis.problem or "Nothing to show.")
    volume = features.volumes[image]
    facts = [*volume.processing, *features.facts]
    unit, offset, factor = "", 0.0, 1.0
    if axes == "scaled" and features.scale:
        unit = unit_of(features.recipe.scaling, axes)
        offset = float(features.scale.offset[image])
        factor = float(features.scale.factor[image])
        counts = replace(counts, edges=(counts.edges - offset) / factor)
    traces = [
        curves.steps(counts, volume.label),
        *curves.curves(
            analysis, image, counts, colours, hidden, called, offset=offset, factor=factor
        ),
    ]
    highest = curves.height(traces)
    return {
        "data": traces,
        "layout": layout(
            xaxis=axis(
                axis_title(volume.short, facts, what=unit, most=TITLE_LENGTH[1]),
                **_intensities(counts),
            ),
            yaxis=axis("voxels", tickformat="~s", **_range(highest, log=False)),
            margin={"l": 52, "r": EDGE, "t": 8, "b": 50 if facts else 36},
            hovermode="x",
            meta={"titles": {"xtitle": plain(volume.name) + unit}},
        ),
    }


def _bins(counts: Histogram) -> dict[str, Any]:
    """Return where the bins are, and the highest count: a slice's own are drawn over them."""
    edges = counts.edges
    return {
        "bins": [float(edges[0]), float(edges[-1]), len(counts.counts)],
        "most": int(counts.counts.max()),
    }


def _intensities(counts: Histogram, prefixed: float = LONG_NUMBER) -> dict[str, Any]:
    """Return range and labels of an axis of intensities.

    Long numbers would touch each other. Only thousands and more get prefixes: those of small
    numbers, such as m, read as units.
    """
    low, high = span(counts.edges)
    thousands = max(-low, high) >= prefixed
    form = "~s" if max(-low, high) < LARGEST_PREFIXED else ".3~g"
    return {"range": [low, high], **({"tickformat": form} if thousands else {})}


def _height(analysis: Analysis) -> float:
    """Return the share of the height that each row takes."""
    features = analysis.features
    if len(features.shown) == 1:
        return 1.0
    processed = any(features.volumes[image].processing for image in features.shown)
    return (1 - (TWO_LINE_GAP if processed or features.facts else GAP)) / 2


def _axes(
    place: _Place, title: str, counts: Histogram | None, up: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the axes of a plot, with the options of the vertical one."""
    left, right = SPANS[place.columns][place.column]
    bottom = 0.0 if place.row else 1 - place.height
    prefixed = LONG_NUMBER if place.columns == 1 else LONG_IN_COLUMN
    return {
        f"xaxis{place.suffix}": axis(
            title,
            domain=[left, right],
            anchor=f"y{place.suffix}",
            showgrid=False,
            nticks=4 if right - left < 1 else 8,  # more would touch on a narrow page
            **(_intensities(counts, prefixed) if counts else {}),
        ),
        f"yaxis{place.suffix}": axis(
            "" if place.column else "voxels",
            domain=[bottom, min(bottom + place.height, 1)],
            anchor=f"x{place.suffix}",
            nticks=4,
            tickformat="~s",
            **up,
        ),
    }


def _range(highest: float, log: bool) -> dict[str, Any]:
    if log:
        top = np.log10(max(highest, 1) * 1.6)
        return {"type": "log", "range": [float(np.log10(LOG_FLOOR)), float(top)], "dtick": 1}
    # On round numbers, so that neighbouring slices mostly share their axes.
    step = round_up(max(highest, 1) / 5)
    return {"range": [0, step * float(np.ceil(highest * 1.02 / step))]}


def _note(text: str, across: str, up: str) -> dict[str, Any]:
    return {"text": text, "x": 0.5, "y": 0.5, "xref": across, "yref": up, "showarrow": False}


def _above(text: str) -> dict[str, Any]:
    """Return a line above the plots."""
    return {
        **_note(text, "paper", "paper"),
        "x": 1,
        "y": 1,
        "xanchor": "right",
        "yanchor": "bottom",
        "borderpad": 0,
        "font": {"size": 11},
    }
