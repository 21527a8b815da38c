import base64

import numpy as np
import plotly.graph_objects as go
import pytest

from dashboard.core.volume import read_volume
from tests.core import analysing


@pytest.fixture
def analysed(save, head):
    """Return a function that analyses a slice of images with given names and voxels."""

    def voxels(number, whole):
        tissues = head(number)
        if whole:
            return tissues
        fractions = np.random.default_rng(number).uniform(-0.5, 0.5, tissues.shape)
        return tissues + fractions * (tissues > 0)

    def analysed(names=("T1", "b0"), *, scale=1.0, whole=False, mixed=None, xy=None, **settings):
        volumes = [
            read_volume(save(f"{name}.nii.gz", voxels(n, whole) * scale))
            for n, name in enumerate(names)
        ]
        return analysing.analysed(volumes, 5, mixed=mixed, xy=xy, **settings)

    return analysed


@pytest.fixture
def numbers():
    """Return a function that reads a typed array as the browser does."""

    def numbers(array):
        if isinstance(array, list):
            return np.array(array, float)
        flat = np.frombuffer(base64.b64decode(array["bdata"]), f"<{array['dtype']}").astype(float)
        return (
            flat.reshape([int(n) for n in array["shape"].split(",")]) if "shape" in array else flat
        )

    return numbers


@pytest.fixture
def valid():
    """Return a function that has Plotly itself validate a figure, and hands it back."""

    def valid(figure):
        go.Figure(figure)
        return figure

    return valid
