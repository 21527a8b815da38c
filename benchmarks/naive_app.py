"""The obvious Dash app for this job: the dashboard's speed is compared with it.

The same two images, histograms, scatter and label map, every figure built anew by plotly.express
in one server callback on every drag event of the slider.
"""

import argparse
from pathlib import Path

import nibabel as nib
import numpy as np
import plotly.express as px
from dash import Dash, Input, Output, dcc, html
from sklearn.mixture import GaussianMixture
from sklearn.preprocessing import StandardScaler

VIEWS = ["image-x", "image-y", "before-x", "before-y", "after-x", "after-y", "joint", "labels"]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("x", type=Path)
    parser.add_argument("y", type=Path)
    parser.add_argument("--port", type=int, required=True)
    given = parser.parse_args()
    x, y = nib.load(given.x).get_fdata(), nib.load(given.y).get_fdata()
    size = {"width": 400, "height": 350, "display": "inline-block"}
    app = Dash(__name__)
    last = x.shape[2] - 1
    app.layout = html.Div(
        [
            dcc.Slider(0, last, 1, value=x.shape[2] * 3 // 7, id="slice", updatemode="drag"),
            dcc.Dropdown([2, 3, 4, 5], 3, id="components"),
            *[dcc.Graph(id=view, style=size) for view in VIEWS],
        ]
    )

    @app.callback(
        [Output(view, "figure") for view in VIEWS],
        Input("slice", "value"),
        Input("components", "value"),
    )
    def update(index: int, components: int) -> list:
        return figures(x[:, :, index], y[:, :, index], components)

    app.run(port=given.port)


def figures(x: np.ndarray, y: np.ndarray, components: int) -> list:
    mask = (x > 0) & (y > 0)
    labels = np.full(x.shape, np.nan)
    scaled = StandardScaler().fit_transform(np.c_[x[mask], y[mask]])
    labels[mask] = GaussianMixture(components, random_state=12345).fit_predict(scaled)
    return [
        px.imshow(x.T, color_continuous_scale="gray", origin="lower"),
        px.imshow(y.T, color_continuous_scale="gray", origin="lower"),
        px.histogram(x.ravel(), nbins=50),
        px.histogram(y.ravel(), nbins=50),
        px.histogram(x[mask], nbins=50),
        px.histogram(y[mask], nbins=50),
        px.scatter(x=scaled[:, 0], y=scaled[:, 1], color=labels[mask].astype(str)),
        px.imshow(labels.T, origin="lower"),
    ]


if __name__ == "__main__":
    main()
