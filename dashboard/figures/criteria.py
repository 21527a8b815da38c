"""Information criteria over the number of components."""

from collections.abc import Mapping

from dashboard.core.mixture.model import Model
from dashboard.figures.style import INK, NEUTRAL, Figure, axis, layout, message


def criteria(fits: Mapping[int, Model], components: int) -> Figure:
    """Draw BIC and AIC of fits with 1 to 10 components; lower is better.

    Parameters
    ----------
    fits : mapping of int to Model
        By number of components.
    components : int
        The number on screen; it is marked.
    """
    if not fits:
        return message("No mixture can be fitted to these voxels, so there is nothing to compare.")
    numbers = sorted(fits)
    best = min(numbers, key=lambda k: fits[k].bic)
    return {
        "data": [
            _line(numbers, [fits[k].bic for k in numbers], "BIC", "#0072B2"),
            _line(numbers, [fits[k].aic for k in numbers], "AIC", "#D55E00"),
        ],
        "layout": layout(
            xaxis=axis("components", dtick=1, range=[0.6, 10.4], showgrid=False),
            yaxis=axis("criterion (lower is better)", tickformat="~s"),
            margin={"l": 56, "r": 12, "t": 26, "b": 38},
            showlegend=True,
            legend={"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom"},
            hovermode="x unified",
            shapes=[_mark(components, INK, "dot")],
            annotations=[_best(best, fits[best].bic)],
        ),
    }


def _line(x: list[int], y: list[float], name: str, colour: str) -> dict[str, object]:
    return {
        "type": "scatter",
        "x": x,
        "y": y,
        "name": name,
        "mode": "lines+markers",
        "line": {"color": colour, "width": 2},
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


def _best(x: int, y: float) -> dict[str, object]:
    return {
        "x": x,
        "y": y,
        "text": "lowest BIC",
        "showarrow": True,
        "arrowhead": 0,
        "arrowcolor": NEUTRAL,
        "ax": 0,
        "ay": -24,
        "font": {"size": 10},
    }
