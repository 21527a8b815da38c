"""A slice as a picture: upright, in true proportions, with its intensity scale."""

from dashboard.core.orientation import Plane, Side, edge_letters
from dashboard.figures.style import Figure, layout

# Beyond this a slice of, say, 0.001 x 1000 mm voxels would be a line; the readout stays true.
MAX_ASPECT = 20.0
# A transparent pixel: the label overlay before its fit is known.
NOTHING = (
    "data:image/png;base64,"
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII="
)
# Room for the intensity scale; the label map keeps it free, so that the three pictures align.
MARGIN = {"l": 4, "r": 52, "t": 4, "b": 4}


# A graph without any trace keeps the clipping of the slice before, whatever its shape was.
NO_POINTS: dict[str, object] = {
    "type": "scatter",
    "x": [None],
    "y": [None],
    "mode": "markers",
    "hoverinfo": "skip",
}


def picture(
    *,
    source: str,
    rows: int,
    columns: int,
    pixel: tuple[float, float],
    plane: Plane,
    side: Side,
    window: tuple[float, float] | None = None,
    overlay: bool = False,
    opacity: float = 1.0,
) -> Figure:
    """Draw a slice as a layout image.

    Parameters
    ----------
    source : str
        Address of the PNG; the browser replaces it as the slice moves.
    rows, columns : int
        Voxels upwards and to the right; axis positions are voxel numbers.
    pixel : (float, float)
        Width and height of a voxel in mm.
    plane, side
        For the anatomical letters at the edges.
    window : (float, float), optional
        Intensities shown black and white; draws the intensity scale.
    overlay : bool
        Add a second image, still transparent, above the first.
    opacity : float
        Of the overlay, 0..1.
    """
    place = {
        "xref": "x",
        "yref": "y",
        "x": -0.5,
        "y": rows - 0.5,
        "sizex": columns,
        "sizey": rows,
        "sizing": "stretch",
    }
    images = [{**place, "source": source, "layer": "below"}]
    if overlay:
        images.append({**place, "source": NOTHING, "layer": "above", "opacity": opacity})
    aspect = min(max(pixel[0] / pixel[1], 1 / MAX_ASPECT), MAX_ASPECT)
    hidden = {"visible": False, "constrain": "domain"}
    return {
        "data": [_scale(window) if window else NO_POINTS],
        "layout": layout(
            images=images,
            margin=MARGIN,
            xaxis={
                **hidden, "range": [-0.5, columns - 0.5], "scaleanchor": "y", "scaleratio": aspect
            },
            yaxis={**hidden, "range": [-0.5, rows - 0.5]},
            annotations=_letters(rows, columns, plane, side),
            hovermode=False,
        ),
    }  # fmt: skip


def _letters(rows: int, columns: int, plane: Plane, side: Side) -> list[dict[str, object]]:
    middle, centre = (columns - 1) / 2, (rows - 1) / 2
    positions = (
        (-0.5, centre, "left", "middle"),
        (columns - 0.5, centre, "right", "middle"),
        (middle, -0.5, "center", "bottom"),
        (middle, rows - 0.5, "center", "top"),
    )
    return [
        {
            "text": letter,
            "x": x,
            "y": y,
            "xanchor": xanchor,
            "yanchor": yanchor,
            "showarrow": False,
            "borderpad": 3,
            "font": {"size": 12, "color": "#ffd166"},
        }
        for letter, (x, y, xanchor, yanchor) in zip(
            edge_letters(plane, side), positions, strict=True
        )
    ]


def _scale(window: tuple[float, float]) -> dict[str, object]:
    """Return a trace without points that carries the grey scale."""
    return {
        **NO_POINTS,
        "marker": {
            "color": [window[0]],
            "cmin": window[0],
            "cmax": window[1],
            "colorscale": [[0, "#000000"], [1, "#ffffff"]],
            "showscale": True,
            "colorbar": {
                "thickness": 8,
                "len": 0.98,
                "x": 1.01,
                "xpad": 2,
                "ypad": 0,
                "outlinewidth": 0.5,
                "ticks": "outside",
                "ticklen": 3,
                "nticks": 6,
                "exponentformat": "power",
                "minexponent": 5,
                "tickfont": {"size": 10},
            },
        },
    }
