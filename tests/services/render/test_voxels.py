import json
import struct

import nibabel as nib
import numpy as np
import pytest

from dashboard.core.errors import NeuroMixError
from dashboard.services.render import voxels as readout
from dashboard.services.render.voxels import pack
from dashboard.view import View
from tests.images import AFFINE


def unpack(packed):
    """Read the format from its description, as the browser has to."""
    (length,) = struct.unpack_from("<I", packed)
    head = json.loads(packed[4 : 4 + length])
    pixels = head["rows"] * head["columns"]
    shape = (head["rows"], head["columns"])
    start = 4 + length
    assert start % 4 == 0
    channels = {}
    for name, double in zip(head["channels"], head["doubles"], strict=True):
        kind = np.dtype("<f8" if double else "<f4")
        channels[name] = np.frombuffer(packed, kind, pixels, start).reshape(shape)
        start += kind.itemsize * pixels
    layers = np.frombuffer(packed, "u1", offset=start).reshape(1 + head["components"], *shape)
    return channels, layers[0], layers[1:] / 255


def packed(desk, view, side):
    return pack(desk.analyse(view), desk.scene(view).companions(), side)


@pytest.mark.parametrize("side", ["neurological", "radiological"])
def test_every_pixel_reads_what_the_files_hold(study, tmp_path, side):
    view = View("pair", "T1", "b0", slice=5, side=side)
    channels, labels, _ = unpack(packed(study, view, side))
    assert list(channels) == ["T1", "b0"]
    mirror = slice(None, None, -1 if side == "radiological" else 1)
    for name, found in channels.items():
        data = nib.load(tmp_path / f"data/pair/{name}.nii.gz").get_fdata()
        np.testing.assert_array_equal(found, data[:, ::-1, 5].T[:, mirror])
    mask = (channels["T1"] > 0) & (channels["b0"] > 0)
    np.testing.assert_array_equal(labels > 0, mask)


def test_posteriors_sum_to_one_inside_and_name_the_class(study):
    view = View("pair", "T1", "b0", slice=5, components=4)
    _, labels, posteriors = unpack(packed(study, view, view.side))
    assert len(posteriors) == 4
    inside = labels > 0
    np.testing.assert_allclose(posteriors.sum(axis=0)[inside], 1, atol=2.01 / 255)
    assert not posteriors[:, ~inside].any()
    best = np.take_along_axis(posteriors, np.maximum(labels, 1)[None].astype(int) - 1, axis=0)[0]
    np.testing.assert_array_equal(best[inside], posteriors.max(axis=0)[inside])


@pytest.mark.parametrize("mix", ["T1", "b0", "adc", "b0,adc"])
def test_posteriors_are_of_the_mixed_images_whatever_is_shown(study, save, head, mix):
    save("data/pair/adc.nii", head(2), AFFINE)
    view = View("pair", "T1", "b0", slice=5, mix=mix)
    _, labels, posteriors = unpack(packed(study, view, view.side))
    best = posteriors.argmax(axis=0) + 1
    sure = (labels > 0) & (posteriors.max(axis=0) > 0.51)
    assert sure.sum() > 100
    np.testing.assert_array_equal(best[sure], labels[sure])


def test_posteriors_computed_in_parts_are_the_same(study, monkeypatch):
    view = View("pair", "T1", "b0", slice=5)
    at_once = packed(study, view, view.side)
    monkeypatch.setattr(readout, "CHUNK", 13)
    assert packed(study, view, view.side) == at_once


def test_a_slice_too_large_to_be_sent_is_refused(study, monkeypatch):
    view = View("pair", "T1", "b0", slice=5)
    monkeypatch.setattr(readout, "MAX_PIXELS", 24 * 20 - 1)
    with pytest.raises(NeuroMixError, match="too large"):
        packed(study, view, view.side)
    monkeypatch.setattr(readout, "MAX_PIXELS", 24 * 20)
    assert packed(study, view, view.side)


def test_a_slice_without_mixture_still_reads_its_intensities(study, save, head):
    save("data/pair/T1.nii.gz", -np.abs(head(0)), AFFINE)
    view = View("pair", "T1", "b0", slice=5)
    channels, labels, posteriors = unpack(packed(study, view, "neurological"))
    assert channels["T1"].min() < 0
    assert not labels.any()
    assert len(posteriors) == 0


@pytest.mark.parametrize(("factor", "offset"), [(1e300, 0.0), (1e-50, 0.0), (1.0, 2.0**51)])
def test_intensities_that_float32_cannot_tell_apart_are_read_in_full(
    study, save, head, factor, offset
):
    voxels = head(0) * factor + offset
    save("data/pair/T1.nii.gz", voxels, AFFINE)
    view = View("pair", "T1", "b0", slice=5)
    channels, _, _ = unpack(packed(study, view, "neurological"))
    assert channels["T1"].dtype == np.float64
    assert channels["b0"].dtype == np.float32
    # The picture's rows run from anterior to posterior.
    np.testing.assert_array_equal(channels["T1"], voxels[:, ::-1, 5].T)
