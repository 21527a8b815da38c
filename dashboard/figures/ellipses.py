"""The fitted components over a joint distribution: ellipses, and the numbers of the classes."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboard.core.analysis import Analysis
from dashboard.core.mixture.classes import ellipse
from dashboard.figures.style import plain, typed
from dashboard.view import Axes

# Of the ellipses, in standard deviations.
SIGMAS = (1, 2)
# Mean and covariance.
Component = tuple[NDArray[np.float64], NDArray[np.float64]]


def components_of(analysis: Analysis, axes: Axes) -> list[Component]:
    """Return mean and covariance of each class in X and Y; none if the fit is without one."""
    model, images = analysis.model, list(analysis.features.xy)
    if model is None or max(images) >= analysis.features.mixed:
        return []
    means, covariances = model.gaussians if axes == "raw" else (model.means, model.covariances)
    # Of more images, the marginal in X and Y.
    return list(zip(means[:, images], covariances[:, images][:, :, images], strict=True))


def ellipses(
    components: Sequence[Component],
    colours: Sequence[str],
    hidden: Collection[int],
    called: Mapping[int, str],
) -> list[dict[str, Any]]:
    """Return the traces of ellipses and means in X and Y, without those of hidden classes."""
    shown = [k for k in range(len(components)) if k + 1 not in hidden]
    gap = np.full((1, 2), np.nan)
    curves = {
        k: np.concatenate(
            [part for sigma in SIGMAS for part in (ellipse(*components[k], sigma), gap)]
        )
        for k in shown
    }
    if not curves:
        return []
    means = np.array([components[k][0] for k in shown])
    # A pale edge sets each ellipse off from points of its own colour.
    casing = _line(np.concatenate(list(curves.values())), "rgba(255, 255, 255, 0.85)", 4.5)
    lines = [_line(curve, colours[k], 2.2) for k, curve in curves.items()]
    return [casing, *lines, _means(means, [k + 1 for k in shown], called)]


def _line(curve: NDArray[np.float64], colour: str, width: float) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": typed(curve[:, 0]),
        "y": typed(curve[:, 1]),
        "line": {"color": colour, "width": width},
        "connectgaps": False,
        "hoverinfo": "skip",
    }


def _means(
    means: NDArray[np.float64], classes: Sequence[int], called: Mapping[int, str]
) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers+text",
        "x": means[:, 0].tolist(),
        "y": means[:, 1].tolist(),
        "text": [str(number) for number in classes],
        "customdata": [f" {plain(called[k])}" if k in called else "" for k in classes],
        "textfont": {"size": 11, "color": "#1f2933"},
        "marker": {"size": 15, "color": "#ffffff", "line": {"width": 1, "color": "#1f2933"}},
        "hovertemplate": "class %{text}%{customdata}<br>%{x:.4~g}, %{y:.4~g}<extra>mean</extra>",
        "cliponaxis": False,
    }
