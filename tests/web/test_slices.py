import io
from dataclasses import replace
from urllib.parse import quote

import nibabel as nib
import numpy as np
import pytest
from flask import Flask
from PIL import Image

from dashboard.view import View
from dashboard.web.slices import blueprint
from scripts.addresses import slice_address
from tests.images import AFFINE


@pytest.fixture
def client(study):
    server = Flask(__name__)
    server.register_blueprint(blueprint(study.archive, study.analyses))
    return server.test_client()


@pytest.fixture
def address(study):
    """Return a function that makes the address of a slice of the study's T1."""

    def address(index=5, plane="axial", side="neurological", window=None):
        return slice_address(
            study.volume("pair", "T1"),
            view=View("pair", "T1", "b0", plane=plane, side=side),
            image="T1",
            index=index,
            window=window,
        )

    return address


def pixels(answer):
    assert answer.status_code == 200
    assert answer.mimetype == "image/png"
    return np.asarray(Image.open(io.BytesIO(answer.data))).astype(float)


@pytest.fixture
def voxels(study):
    return nib.load(study.archive.study("pair").files["T1"].path).get_fdata()


def test_a_slice_is_the_files_in_a_given_window(client, address, voxels):
    found = pixels(client.get(address(window=(100.0, 350.0))))
    expected = np.clip((voxels[:, ::-1, 5].T - 100) / 250, 0, 1) * 255
    assert np.abs(found - expected).max() <= 1


@pytest.mark.parametrize(
    ("plane", "turn"),
    [("coronal", lambda v: v[:, 5, ::-1].T), ("sagittal", lambda v: v[5, :, ::-1].T)],
    ids=["coronal", "sagittal"],
)
def test_every_plane_is_served_upright(client, address, voxels, plane, turn):
    found = pixels(client.get(address(plane=plane, window=(0.0, 500.0))))
    assert np.abs(found - np.clip(turn(voxels) / 500, 0, 1) * 255).max() <= 1


def test_a_radiological_slice_is_mirrored(client, address):
    usual = pixels(client.get(address()))
    np.testing.assert_array_equal(pixels(client.get(address(side="radiological"))), usual[:, ::-1])


def test_the_usual_window_is_one_for_all_slices(client, address, voxels):
    white = np.percentile(voxels[voxels != 0], 99.5)
    for index in (2, 9):
        found = pixels(client.get(address(index)))
        expected = np.clip(voxels[:, ::-1, index].T / white, 0, 1) * 255
        assert np.abs(found - expected).max() <= 1.5


def test_a_browser_may_keep_a_slice_for_good(client, address):
    answer = client.get(address())
    assert answer.cache_control.immutable
    assert answer.cache_control.public
    assert answer.cache_control.max_age >= 30 * 24 * 3600
    again = client.get(address(), headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert again.data == b""


def test_of_an_upload_only_the_browser_keeps_a_slice_and_for_an_hour(study, sample):
    with study.uploads.receive() as drop:
        for name in ("T1.nii.gz", "b0.nii.gz"):
            drop.part(name).write((sample / name).read_bytes())
        key = study.uploads.keep(drop, "a" * 64).key
    server = Flask(__name__)
    server.register_blueprint(blueprint(study.archive, study.analyses))
    view = View(key, "T1", "b0", slice=30)
    address = slice_address(study.volume(key, "T1"), view=view, image="T1", index=30, window=None)
    answer = server.test_client().get(address)
    assert answer.headers["Cache-Control"] == "private, max-age=3600"
    assert answer.headers["ETag"]
    key = study.scene(view).identity[:16]
    numbers = server.test_client().get(f"/voxels/{key}.bin?{view.query()}")
    assert numbers.headers["Cache-Control"] == "no-cache, private"


def test_a_replaced_image_has_another_address(client, address, save, head):
    before = address()
    save("data/pair/T1.nii.gz", head(2), AFFINE)
    assert address() != before
    refused = client.get(before)
    assert refused.status_code == 404
    assert "Reload" in refused.text
    assert client.get(address()).status_code == 200


def replaced(url, old, new):
    assert old in url
    return url.replace(old, new)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("/5.png", "/12.png", "no axial slice 12"),
        ("/axial/", "/oblique/", "no oblique slice"),
        ("study=pair", "study=nobody", "no study “nobody”"),
        ("study=pair", "study=" + quote("../pair", safe=""), "no study “../pair”"),
        ("study=pair&", "", "no study “”"),
        ("x=T1", "x=T9", "no image “T9”"),
        ("x=T1", "x=b0", "Reload"),
        ("grid=", "grid=T9", "no image “T9”"),
        ("side=neurological", "side=upside-down", "not valid"),
        ("window_x=", "window_x=9:1", "not valid"),
        ("study=pair", "study=pair&debug=1", "ignored “debug”"),
    ],
)
def test_an_address_that_fits_nothing_is_404_with_a_sentence(
    client, address, tmp_path, old, new, said
):
    answer = client.get(replaced(address(), old, new))
    assert answer.status_code == 404
    assert answer.mimetype == "text/plain"
    assert said in answer.text
    assert str(tmp_path) not in answer.text


@pytest.mark.parametrize(
    "identity", ["0" * 16, "", "..", "a", "0" * 64, "..%2F..%2Fetc", "%00" * 16]
)
def test_an_unknown_identity_is_404(client, address, study, identity):
    known = study.volume("pair", "T1").id[:16]
    answer = client.get(replaced(address(), known, identity))
    assert answer.status_code == 404
    assert b"root:" not in answer.data


@pytest.mark.parametrize(
    "path",
    ["/slices/../../etc/passwd", "/slices/%2e%2e/axial/1.png", "/slices/x/axial/-1.png",
     "/slices/x/axial/..%2f1.png", "/voxels/../../../etc/passwd.bin", "/voxels/.bin"],
)  # fmt: skip
def test_a_path_leads_nowhere_else(client, path):
    answer = client.get(path)
    assert answer.status_code == 404
    assert b"root:" not in answer.data


def test_numbers_under_the_cursor_are_served_for_the_view(client, study, tmp_path):
    view = View("pair", "T1", "b0", slice=5)
    key = study.scene(view).identity[:16]
    answer = client.get(f"/voxels/{key}.bin?{view.query()}")
    assert answer.status_code == 200
    assert answer.cache_control.no_cache
    b0 = nib.load(tmp_path / "data/pair/b0.nii.gz").get_fdata()[:, ::-1, 5].T
    assert b0.astype("<f4").tobytes() in answer.data
    wrong = client.get(f"/voxels/{key}.bin?{replace(view, slice=50).query()}")
    assert wrong.status_code == 404
    assert "no axial slice 50" in wrong.text


@pytest.mark.parametrize("length", [1, 15, 17, 64])
def test_only_a_whole_identity_names_an_image(client, address, study, length):
    whole = study.volume("pair", "T1").id
    assert client.get(replaced(address(), whole[:16], whole[:length])).status_code == 404
