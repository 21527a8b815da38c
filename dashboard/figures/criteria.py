"""Information criteria over the number of components."""

from collections.abc import Mapping

from dashboard.core.mixture.criteria import Candidate
from dashboard.core.mixture.recipe import COMPONENTS
from dashboard.figures.style import INK, NEUTRAL, Figure, axis, layout, message
from dashboard.words.numbers import criterion, measure

# Share of the range above and below the criteria.
MARGIN = 0.15
# Criteria from here on are labelled in thousands or millions, with all digits of a tick.
LONG_NUMBER = 1e4
SHORT = ".12~s"
# A point above this share of the range has its note below it: the legend is above.
UPPER = 0.6


def criteria(fits: Mapping[int, Candidate], components: int, *, done: bool = True) -> Figure:
    """Draw BIC, ICL and AIC of fits with 1 to 10 components; lower is better.

    Parameters
    ----------
    fits : mapping of int to Candidate
        By number of components.
    components : int
        The number on screen; it is marked.
    done : bool
        Whether there will be no more fits.
    """
    if not fits and not done:
        return message("Fitting 1 to 10 components …")
    if not fits:
        return message("No mixture can be fitted to these voxels, so there is nothing to compare.")
    numbers = sorted(fits)
    best = min(numbers, key=lambda k: fits[k].bic)
    low, high = _range(fits)
    notes = [_best(best, fits[best].bic, low, high)] if done else []
    if fits[1].bic > high:
        notes.append(_beyond(1, fits[1].bic))
    return {
        "data": [
            _line(numbers, [fits[k].bic for k in numbers], "BIC", "#0072B2"),
            _line(numbers, [fits[k].icl for k in numbers], "ICL", "#009E73"),
            _line(numbers, [fits[k].aic for k in numbers], "AIC", "#D55E00", dash="dot"),
        ],
        "layout": layout(
            xaxis=axis("components", dtick=1, range=[0.6, 10.4], showgrid=False),
            yaxis=axis(
                "lower is better",
                range=[low, high],
                separatethousands=True,
                # Labels are as long as their digits, more so in a part that was zoomed into.
                automargin="left",
                **({"tickformat": SHORT} if max(-low, high) >= LONG_NUMBER else {}),
            ),
            margin={"l": 56, "r": 12, "t": 26, "b": 38},
            showlegend=True,
            legend={"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom"},
            hovermode="x unified",
            shapes=[_mark(components, INK, "dot")],
            annotations=notes,
        ),
    }


def _range(fits: Mapping[int, Candidate]) -> tuple[float, float]:
    """Return the range of the criteria from two components on: one alone is mostly far off."""
    some = [fit for k, fit in fits.items() if k > 1] or list(fits.values())
    values = [criterion for fit in some for criterion in (fit.bic, fit.icl, fit.aic)]
    low, high = min(values), max(values)
    around = MARGIN * (high - low) or 1.0
    return low - around, high + around


def _line(
    x: list[int], y: list[float], name: str, colour: str, *, dash: str = "solid"
) -> dict[str, object]:
    return {
        "type": "scatter",
        "x": x,
        "y": y,
        "name": name,
        "mode": "lines+markers",
        "line": {"color": colour, "width": 2, "dash": dash},
        "marker": {"size": 6},
        "hovertemplate": "%{y:,.0f}",
    }


def _mark(x: int, colour: str, dash: str) -> dict[str, object]:
    return {
        "type": "line",
        "xref": "x",
        "yref": "paper",
        "x0": x,
        "x1": x,
        "y0": 0,
        "y1": 1,
        "line": {"color": colour, "width": 1, "dash": dash},
    }


def _beyond(x: int, y: float) -> dict[str, object]:
    """Return the number of a point above the axis, in the line of the legend."""
    return {
        "x": 1,
        "y": 1,
        "xref": "paper",
        "yref": "paper",
        "xanchor": "right",
        "yanchor": "bottom",
        "text": f"{x}: BIC {_short(y)}",
        "showarrow": False,
        "font": {"size": 11},
    }


def _short(value: float) -> str:
    """Return a criterion as it fits beside the legend in a narrow card: millions as on the axis."""
    million = 1e6
    return criterion(value) if abs(value) < million else f"{measure(value / million)}M"


def _best(x: int, y: float, low: float, high: float) -> dict[str, object]:
    # Centred on the first or last points it would lie over the axis, or be cut by the card's edge.
    anchors = {COMPONENTS.start: "left", COMPONENTS.stop - 2: "right", COMPONENTS.stop - 1: "right"}
    return {
        "x": x,
        "y": y,
        "text": "lowest BIC",
        "xanchor": anchors.get(x, "center"),
        "showarrow": True,
        "arrowhead": 0,
        "arrowcolor": NEUTRAL,
        "ax": 0,
        "ay": 24 if y > low + UPPER * (high - low) else -24,
        "font": {"size": 11},
    }
