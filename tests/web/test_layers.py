import base64
import io

import nibabel as nib
import numpy as np
import pytest
from flask import Flask
from PIL import Image

from dashboard.view import View
from dashboard.web.layers import blueprint

VIEW = View("pair", "T1", "b0")
BINS = ((0.0, 600.0, 40), (-50.0, 1000.0, 30))
EXTENT = (0.0, 600.0, 0.0, 1000.0)
AXES = {
    "bins_of": ",".join(":".join(map(str, one)) for one in BINS),
    "extent": ":".join(map(str, EXTENT)),
}


@pytest.fixture
def ask(study):
    """Return a function that asks a server for a slice's layer over the graphs of the head."""

    def ask(index=5, plane="axial", **axes):
        server = Flask(__name__)
        server.register_blueprint(blueprint(study.archive, study.analyses))
        query = VIEW.query() + "".join(f"&{name}={text}" for name, text in axes.items())
        address = f"/layers/{study.scene(VIEW).identity[:16]}/{plane}/{index}.json?{query}"
        return server.test_client().get(address)

    return ask


@pytest.fixture
def foreground(study, tmp_path):  # noqa: ARG001, whose files it reads
    """Intensities of the voxels of an axial slice that are above 0 in both images."""
    t1, b0 = (
        nib.load(tmp_path / f"data/pair/{name}.nii.gz").get_fdata()[:, :, 5]
        for name in ("T1", "b0")
    )
    kept = (t1 > 0) & (b0 > 0)
    return t1[kept], b0[kept]


def test_a_slice_is_counted_in_the_bins_of_the_head(ask, foreground):
    found = ask(**AXES).get_json()["counts"]
    for values, (low, high, bins), counts in zip(foreground, BINS, found, strict=True):
        inside = np.clip(values, low, high)
        assert counts == np.histogram(inside, bins, (low, high))[0].tolist()
        assert sum(counts) == len(values)


def test_its_voxels_are_points_of_the_joint_view(ask, foreground):
    png = base64.b64decode(ask(**AXES).get_json()["cloud"])
    alpha = np.asarray(Image.open(io.BytesIO(png)).convert("RGBA"))[..., 3] > 0
    left, right, bottom, top = EXTENT
    rows, columns = alpha.shape
    across = (foreground[0] - left) / (right - left) * columns
    down = (top - foreground[1]) / (top - bottom) * rows
    inside = (across < columns) & (down >= 0)
    assert alpha[down[inside].astype(int), across[inside].astype(int)].all()
    assert alpha.mean() < 0.5


@pytest.mark.parametrize(
    "axes",
    [{"bins_of": "0:0:10"}, {"bins_of": "0:1:1000000"}, {"bins_of": "nan:1:5"}, {"extent": "1:2"},
     {"extent": "0:1:0:inf"}],
    ids=lambda axes: next(iter(axes.values())),
)  # fmt: skip
def test_axes_that_no_graph_has_are_refused(ask, axes):
    answer = ask(**axes)
    assert answer.status_code == 404
    assert "axes" in answer.get_data(as_text=True)


def test_a_slice_that_is_not_there_is_refused(ask):
    assert ask(index=999, **AXES).status_code == 404
    assert ask(plane="oblique", **AXES).status_code == 404
