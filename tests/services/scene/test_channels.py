from dataclasses import replace

import numpy as np
import pytest

from dashboard.core.check.findings import Code
from dashboard.core.errors import NeuroMixError
from dashboard.services.checking import check, found_in
from dashboard.services.scene import channels as module
from dashboard.services.scene.channels import Why
from dashboard.view import View
from tests.images import AFFINE

VIEW = View("pair", "T1", "b0", slice=5)


def channels(desk, view):
    return desk.scene(view).require_channels()


@pytest.fixture
def many(helped, tmp_path):
    """Services on a study of three contrasts, one of another grid, one unreadable, and overlays."""
    (tmp_path / "data/pair/zz.nii").write_text("no image")
    return helped


def test_all_readable_images_on_the_grid_of_x_are_mixed(many):
    found = channels(many, VIEW)
    assert found.names == ("T1", "b0", "adc")
    assert [volume.name for volume in found.volumes] == ["T1", "b0", "adc"]
    assert (found.mixed, found.xy, found.mask) == (3, (0, 1), None)


def test_each_image_that_the_fit_leaves_out_has_its_reason(many, save):
    save("data/pair/a.nii", np.full((24, 20, 12), 7), AFFINE)
    scene = many.scene(VIEW)
    left_out = {"a": Why.NO_CONTRAST, "epi": Why.OTHER_GRID, "zz": Why.UNREADABLE}
    assert (scene.left_out, scene.mixed) == (left_out, ("T1", "b0", "adc"))
    assert set(scene.meant) == {*scene.mixed, *left_out}
    codes = (Code.OTHER_GRID_LEFT_OUT, Code.LEFT_OUT, Code.CONSTANT)
    found = {f.code: f.images for f in check(scene).findings if f.code in codes}
    assert found == dict(zip(codes, [("epi",), ("zz",), ("a",)], strict=True))
    assert many.scene(replace(VIEW, y="zz")).mixed == ("T1", "zz", "b0", "adc")
    chosen = many.scene(replace(VIEW, mix="T1,a,epi,zz"))
    assert (chosen.left_out, chosen.mixed) == ({}, ("T1", "a", "epi", "zz"))
    assert chosen.unchosen == scene.mixed


def test_images_beyond_the_number_of_a_fit_are_left_out(study, save, head):
    for n in range(8):
        save(f"data/pair/echo{n}.nii", head(2), AFFINE)
    scene = study.scene(VIEW)
    assert scene.mixed == scene.meant == ("T1", "b0", *(f"echo{n}" for n in range(6)))
    assert scene.left_out == {"echo6": Why.TOO_MANY, "echo7": Why.TOO_MANY}


def test_the_images_meant_for_a_fit_are_sought_once(many, monkeypatch):
    sought = []

    def contrasts(*args):
        sought.append(args)
        return real(*args)

    real = module.contrasts
    monkeypatch.setattr(module, "contrasts", contrasts)
    scene = many.scene(VIEW)
    assert found_in(scene).findings
    assert scene.identity
    assert (scene.mixed, scene.unchosen) == (("T1", "b0", "adc"),) * 2
    assert [volume.name for volume in scene.companions()] == ["T1", "b0", "adc"]
    assert len(sought) == 1


@pytest.mark.parametrize("content", ["zero", "constant", "negative constant", "one voxel", "mask"])
def test_images_without_anything_to_separate_are_mixed_and_shown_only_if_chosen(
    many, save, head, tmp_path, content
):
    voxels = np.zeros((24, 20, 12))
    voxels[...] = {"constant": 7, "negative constant": -7}.get(content, 0)
    if content == "one voxel":
        voxels[9, 9, 5] = 3
    if content == "mask":
        voxels = head(0) > 150
    save("data/pair/a.nii", voxels, AFFINE)  # before the others in the order of names
    assert channels(many, VIEW).names == ("T1", "b0", "adc")
    assert channels(many, replace(VIEW, mix="T1,a")).names == ("T1", "a", "b0")
    found = many.scene(VIEW)
    if content in ("mask", "one voxel"):  # of two values
        assert found.files.files["a"].role == "mask"
    else:
        nothing = {Code.CONSTANT, Code.NEARLY_EMPTY}
        findings = check(found).findings
        assert [f.images for f in findings if f.code in nothing] == [("a",)]
    (tmp_path / "data/pair/b0.nii.gz").unlink()
    assert many.open({}).scene.view.y == "adc"


@pytest.mark.parametrize(("overlap", "mixed"), [(1, False), (4, True)])
def test_an_image_that_hardly_overlaps_x_is_not_mixed_when_it_is_resampled(
    many, save, head, overlap, mixed
):
    # Of 24 x 20 x 12 voxels it shares a corner of 1 x 20 x 4, or of 4 x 20 x 4: 1.4 or 5.6 %.
    place = AFFINE.copy()
    place[:3, 3] = 2 * (24 - overlap), 0, 3 * 8
    save("data/pair/far.nii", head(1) + 90, place)
    names = channels(many, replace(VIEW, grid="T1")).names
    assert "adc" in names
    assert ("far" in names) == mixed


def test_the_grid_is_that_of_x(many):
    found = channels(many, View("pair", "epi", "epi", slice=5))
    assert (found.names, found.mixed, found.xy) == (("epi",), 1, (0, 0))


def test_chosen_images_are_mixed_and_those_only_shown_stand_behind_them(many):
    found = channels(many, replace(VIEW, mix="adc"))
    assert found.names == ("adc", "T1", "b0")
    assert (found.mixed, found.xy) == (1, (1, 2))
    found = channels(many, replace(VIEW, mix="b0,adc"))
    assert found.names == ("b0", "adc", "T1")
    assert (found.mixed, found.xy) == (2, (2, 0))


def test_a_chosen_image_that_cannot_be_read_is_an_error(many):
    with pytest.raises(NeuroMixError, match="zz"):
        channels(many, replace(VIEW, mix="T1,b0,zz"))


def test_a_chosen_image_on_another_grid_is_an_error_until_it_is_resampled(many):
    view = replace(VIEW, mix="T1,b0,epi")
    with pytest.raises(NeuroMixError, match="not on the same grid"):
        many.analyse(view)
    analysis = many.analyse(replace(view, grid="T1"))
    assert analysis.model.means.shape == (3, 3)


def test_the_mask_is_opened_only_for_its_rule_and_is_the_first_unless_one_is_chosen(many):
    assert channels(many, replace(VIEW, mask="dseg")).mask is None
    assert channels(many, replace(VIEW, foreground="mask")).mask.name == "brain_mask"
    chosen = replace(VIEW, foreground="mask", mask="dseg")
    assert channels(many, chosen).mask.name == "dseg"


@pytest.mark.parametrize(
    "change",
    [{"mix": "T1,b0"}, {"mix": "T1,adc"}, {"mix": "T1,adc,b0", "y": "adc"}, {"x": "b0", "y": "T1"},
     {"y": "adc"}, {"y": "T1"}, {"grid": "epi"}, {"foreground": "mask"},
     {"foreground": "mask", "mask": "dseg"}],
)  # fmt: skip
def test_channels_that_give_other_numbers_have_other_identities(many, change):
    seen = channels(many, VIEW).identities
    other = channels(many, replace(VIEW, **change)).identities
    assert other != seen
    assert channels(many, replace(VIEW, **change, bins=99)).identities == other


def test_an_analysis_is_never_that_of_other_channels(many):
    changes = [{}, {"mix": "T1,b0"}, {"mix": "T1,adc"}, {"y": "adc"}, {"x": "b0", "y": "T1"},
               {"foreground": "mask"}, {"foreground": "mask", "mask": "dseg"}, {"clip": "1"},
               {"clip": "0.5"}]  # fmt: skip
    found = [many.analyse(replace(VIEW, **change)) for change in changes]
    assert len({id(analysis) for analysis in found}) == len(changes)
