"""Histograms of the foreground with the curves of the mixture, and those of all voxels."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboard.core.analysis import Analysis
from dashboard.core.domain import WHOLE
from dashboard.core.histogram import Histogram, histogram
from dashboard.core.mixture.mixels import gaussians
from dashboard.figures.style import (
    INK,
    NEUTRAL,
    NEUTRAL_FILL,
    NO_NAMES,
    Figure,
    axis,
    axis_title,
    layout,
    message,
    plain,
    round_up,
    span,
    typed,
)
from dashboard.view import Axes
from dashboard.words.scalings import UNITS

# By the number of columns: what follows the name of the image, and characters of a title that fit
# at 1440 pixels.
VOXELS = {1: ("",), 2: (", all voxels", ", foreground")}
TITLE_LENGTH = {1: 50, 2: 24}
CURVE_POINTS = 100
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
NAMED = "%{fullData.name}: %{y:.3~s} expected<extra></extra>"


# The histograms of one image: of its foreground, and before it of all voxels if they are shown.
Row = tuple[Histogram | None, ...]


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
    traces: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    axes: dict[str, Any] = {}
    names: dict[str, str] = {}
    layers: list[dict[str, Any]] = []
    features = analysis.features
    rows = len(features.shown)
    processed = any(features.volumes[image].processing for image in features.shown)
    gap = TWO_LINE_GAP if processed or features.facts else GAP
    columns = len(counts[0])
    for row, (image, found) in enumerate(zip(features.shown, counts, strict=True)):
        volume = features.volumes[image]
        if columns == 2 and found[0] is None:
            return message(f"No voxel of {volume.label} has a finite intensity in this slice.")
        for column, one in enumerate(found):
            number = columns * row + column + 1
            suffix = "" if number == 1 else str(number)
            onto = {"xaxis": f"x{suffix}", "yaxis": f"y{suffix}"}
            is_foreground = column == columns - 1
            highest = 1.0
            if one is not None:
                drawn = [_steps(one, volume.label)]
                if is_foreground:
                    drawn += _curves(analysis, image, one, colours, hidden, called)
                    layers.append({"axis": suffix, **_bins(one)})
                highest = max(float(np.max(trace.pop("top"))) for trace in drawn)
                traces += [{**trace, **onto} for trace in drawn]
            else:
                notes.append(
                    _note(
                        "no foreground voxels", f"{onto['xaxis']} domain", f"{onto['yaxis']} domain"
                    )
                )
            facts = [*volume.processing, *(features.facts if is_foreground else [])]
            what = VOXELS[columns][column]
            title = axis_title(volume.short, facts, what=what, most=TITLE_LENGTH[columns])
            names[f"x{suffix}title"] = plain(volume.name) + what
            axes |= _axes(
                suffix,
                SPANS[columns][column],
                row,
                title,
                height=1.0 if rows == 1 else (1 - gap) / 2,
            )
            if column:
                axes[f"yaxis{suffix}"]["title"]["text"] = ""
            if one is not None:
                prefixed = LONG_NUMBER if columns == 1 else LONG_IN_COLUMN
                axes[f"xaxis{suffix}"] |= _intensities(one, prefixed)
            axes[f"yaxis{suffix}"] |= _range(highest, log)
    if left_out:
        notes.append(_above(left_out))
    return {
        "data": traces,
        "layout": layout(
            **axes,
            annotations=notes,
            margin={
                "l": 46,
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
        unit = f" ({UNITS[features.recipe.scaling]})"
        offset = float(features.scale.offset[image])
        factor = float(features.scale.factor[image])
        counts = replace(counts, edges=(counts.edges - offset) / factor)
    curves = _curves(analysis, image, counts, colours, hidden, called, offset=offset, factor=factor)
    traces = [_steps(counts, volume.label), *curves]
    highest = max(float(np.max(trace.pop("top"))) for trace in traces)
    return {
        "data": traces,
        "layout": layout(
            xaxis=axis(
                axis_title(volume.short, facts, what=unit, most=TITLE_LENGTH[1]),
                **_intensities(counts),
            ),
            yaxis=axis("voxels", tickformat="~s", **_range(highest, log=False)),
            margin={"l": 46, "r": EDGE, "t": 8, "b": 50 if facts else 36},
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


def _steps(counts: Histogram, name: str) -> dict[str, Any]:
    """Return the outline of a histogram: one path instead of a shape for each bin."""
    return {
        "type": "scatter",
        "x": typed(counts.edges),
        "y": typed(np.append(counts.counts, counts.counts[-1])),
        "line": {"shape": "hv", "width": 1, "color": NEUTRAL},
        "fill": "tozeroy",
        "fillcolor": NEUTRAL_FILL,
        "mode": "lines",
        "name": plain(name),
        "hovertemplate": "from %{x:.4~g}: %{y} voxels<extra></extra>",
        "top": counts.counts.max(),
    }


def _curves(
    analysis: Analysis,
    image: int,
    counts: Histogram,
    colours: Sequence[str],
    hidden: Collection[int],
    called: Mapping[int, str],
    *,
    offset: float = 0.0,
    factor: float = 1.0,
) -> list[dict[str, Any]]:
    """Return the expected count per bin of each class, and their sum behind them."""
    x, curves = expected(analysis, image, counts, offset=offset, factor=factor)
    if not curves:
        return []
    drawn = [_curve(x, np.sum(curves, axis=0), INK, "sum", dash="dot")]
    for described, curve in zip(analysis.classes, curves, strict=True):
        if described.number not in hidden:
            colour = colours[described.number - 1]
            drawn.append(_curve(x, curve, colour, f"class {described.number}"))
            if name := called.get(described.number):
                # Not in the template itself, where a name could be read as a field.
                drawn[-1] |= {"name": f"{described.number} {plain(name)}", "hovertemplate": NAMED}
                del drawn[-1]["hoverinfo"]
    return drawn


def expected(
    analysis: Analysis,
    image: int,
    counts: Histogram,
    *,
    offset: float = 0.0,
    factor: float = 1.0,
) -> tuple[NDArray[np.float64], list[NDArray[np.float64]]]:
    """Return intensities, and the expected count per bin of each class there.

    The bins are of ``(intensity - offset) / factor``. An image outside the fit has no curves.
    """
    x = np.linspace(counts.edges[0], counts.edges[-1], CURVE_POINTS)
    if image >= analysis.features.mixed or analysis.model is None:
        return x, []
    area = counts.counts.sum() * counts.width
    means = np.array([[(c.mean[image] - offset) / factor] for c in analysis.classes])
    sds = np.array([c.sd[image] / factor for c in analysis.classes])
    model = analysis.fitted
    # A voxel between two classes counts as a part of each.
    shares, weights, means = gaussians(model.weights, means, model.between)
    each = weights[:, None] * area * _normal(x, means, (shares @ sds)[:, None])
    return x, list(shares.T @ each)


def _curve(
    x: NDArray[np.float64], y: NDArray[np.float64], colour: str, name: str, dash: str = "solid"
) -> dict[str, Any]:
    return {
        "type": "scatter",
        "x": typed(x),
        "y": typed(y),
        "mode": "lines",
        "line": {"color": colour, "width": 2, "dash": dash},
        "name": name,
        "hoverinfo": "skip",
        "top": y.max(),
    }


def _normal(
    x: NDArray[np.float64], mean: NDArray[np.float64], sd: NDArray[np.float64]
) -> NDArray[np.float64]:
    density: NDArray[np.float64] = np.exp(-(((x - mean) / sd) ** 2) / 2) / (sd * np.sqrt(2 * np.pi))
    return density


def _intensities(counts: Histogram, prefixed: float = LONG_NUMBER) -> dict[str, Any]:
    """Return range and labels of an axis of intensities.

    Long numbers would touch each other. Only thousands and more get prefixes: those of small
    numbers, such as m, read as units.
    """
    low, high = span(counts.edges)
    thousands = max(-low, high) >= prefixed
    form = "~s" if max(-low, high) < LARGEST_PREFIXED else ".3~g"
    return {"range": [low, high], **({"tickformat": form} if thousands else {})}


def _axes(
    suffix: str, across: tuple[float, float], row: int, title: str, *, height: float
) -> dict[str, Any]:
    bottom = 0.0 if row else 1 - height
    return {
        f"xaxis{suffix}": axis(
            title,
            domain=list(across),
            anchor=f"y{suffix}",
            showgrid=False,
            nticks=4 if across[1] - across[0] < 1 else 8,  # more would touch on a narrow page
        ),
        f"yaxis{suffix}": axis(
            "voxels",
            domain=[bottom, min(bottom + height, 1)],
            anchor=f"x{suffix}",
            nticks=4,
            tickformat="~s",
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
