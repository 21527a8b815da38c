"""The traces of histograms: counts as steps, and the curves of the mixture over them."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from dashboard.core.analysis import Analysis
from dashboard.core.histogram import Histogram
from dashboard.core.mixture.mixels import gaussians
from dashboard.figures.style import INK, NEUTRAL, NEUTRAL_FILL, plain, typed

# As Plotly has it, and until `height` takes it out, its highest point as "top".
Trace = dict[str, Any]

CURVE_POINTS = 100
HALVES = np.array([-0.5, 0.5])
# Where the curve of a class narrower than those are apart rises and falls, in SDs.
STEPS = np.linspace(-3, 3, 7)
NAMED = "%{fullData.name}: %{y:.3~s} expected<extra></extra>"


def steps(counts: Histogram, name: str) -> Trace:
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


def curves(
    analysis: Analysis,
    image: int,
    counts: Histogram,
    colours: Sequence[str],
    hidden: Collection[int],
    called: Mapping[int, str],
    *,
    offset: float = 0.0,
    factor: float = 1.0,
) -> list[Trace]:
    """Return the expected count per bin of each class, and their sum behind them."""
    x, each = expected(analysis, image, counts, offset=offset, factor=factor)
    if not each:
        return []
    drawn = [_curve(x, np.sum(each, axis=0), INK, "sum", dash="dot")]
    for described, curve in zip(analysis.classes, each, strict=True):
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
    x, apart = np.linspace(counts.edges[0], counts.edges[-1], CURVE_POINTS, retstep=True)
    if image >= analysis.features.mixed or analysis.model is None:
        return x, []
    means = np.array([[(c.mean[image] - offset) / factor] for c in analysis.classes])
    sds = np.array([c.sd[image] / factor for c in analysis.classes])
    model = analysis.fitted
    # A voxel between two classes counts as a part of each.
    shares, weights, means = gaussians(model.weights, means, model.between)
    sds = shares @ sds[:, None]
    narrow = (sds < apart)[:, 0]
    sides = np.concatenate([STEPS * sds[narrow] + side for side in counts.width * HALVES], axis=1)
    x = np.union1d(x, means[narrow] + sides)
    each = weights[:, None] * counts.counts.sum() * _in_bin(x - means, sds, counts.width)
    return x, list(shares.T @ each)


def _curve(
    x: NDArray[np.float64], y: NDArray[np.float64], colour: str, name: str, dash: str = "solid"
) -> Trace:
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


def height(traces: Sequence[Trace]) -> float:
    """Return the highest point of some traces, and take it out of them."""
    return max(float(trace.pop("top")) for trace in traces)


def _in_bin(
    distance: NDArray[np.float64], sd: NDArray[np.float64], width: float
) -> NDArray[np.float64]:
    """Return the share of a Gaussian in a bin around each place, by its distance from the mean.

    The density times the width would be far too high, or missed, where the SD is below the width.
    """
    above, below = (ndtr((distance + side) / sd) for side in width * HALVES[::-1])
    share: NDArray[np.float64] = above - below
    return share
