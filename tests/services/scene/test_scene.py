"""A View resolved in its study: which files it depends on, and where Y is."""

import errno
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dashboard.core.domain import Cut
from dashboard.core.errors import GridError, NeuroMixError, VolumeError
from dashboard.view import View
from tests.images import AFFINE

VIEW = View("pair", "T1", "b0", slice=5)


def identity(desk, view):
    scene = desk.scene(view)
    return scene.identity, scene.complete


@pytest.mark.parametrize("name", ["T1.nii.gz", "b0.nii.gz", "adc.nii", "brain_mask.nii",
                                  "dseg.nii"])  # fmt: skip
def test_a_replaced_file_has_another_identity(helped, save, name):
    before, complete = identity(helped, VIEW)
    assert complete
    assert identity(helped, VIEW) == (before, True)
    voxels = np.random.default_rng(9).integers(0, 2, (24, 20, 12))
    save(f"data/pair/{name}", voxels, AFFINE, dtype=np.uint8)
    after, complete = identity(helped, VIEW)
    assert complete
    assert after != before


@pytest.mark.parametrize(("name", "other"), [("adc.nii", "adc2.nii"), ("dseg.nii", "dseg2.nii")])
def test_a_renamed_file_that_nobody_chose_has_another_identity(helped, tmp_path, name, other):
    before = identity(helped, VIEW)[0]
    (tmp_path / "data/pair" / name).rename(tmp_path / "data/pair" / other)
    assert identity(helped, VIEW)[0] != before


def test_other_names_of_labels_are_another_identity(helped, tmp_path):
    table = tmp_path / "data/pair/dseg.tsv"
    identities = set()
    for names in ("", "index\tname\n1\tGM\n2\tWM\n", "index\tname\n1\tGM\n2\tlesion\n"):
        table.write_text(names)
        identities.add(identity(helped, VIEW)[0])
    assert len(identities) == 3


def test_a_file_that_plays_no_part_changes_no_identity(helped, save):
    view = View("pair", "T1", "b0", slice=5, mix="T1,b0", reference="none", mask="dseg")
    before = identity(helped, view)
    for name in ("adc.nii", "epi.nii", "brain_mask.nii"):
        save(f"data/pair/{name}", np.ones((24, 20, 12)), AFFINE)
    assert identity(helped, view) == before


def test_what_is_looked_at_is_part_of_no_identity(helped):
    looks = View("pair", "T1", "b0", slice=7, bins=99, components=5, palette="plain")
    assert identity(helped, looks) == identity(helped, VIEW)
    swapped = View("pair", "b0", "T1", slice=5)
    assert identity(helped, swapped) != identity(helped, VIEW)


@pytest.mark.parametrize("name", ["adc.nii", "brain_mask.nii", "dseg.nii", "T1.nii.gz"])
def test_an_identity_with_a_broken_file_is_complete_and_changes_with_the_file(
    helped, tmp_path, name
):
    path = tmp_path / "data/pair" / name
    found = {identity(helped, VIEW)}
    for content in ("no image", ""):
        path.write_text(content)
        found.add(identity(helped, VIEW))
    assert len(found) == 3
    assert all(complete for _, complete in found)


@pytest.mark.parametrize("name", ["adc.nii", "brain_mask.nii", "dseg.nii", "T1.nii.gz"])
def test_an_identity_with_a_file_that_cannot_be_read_now_is_not_complete(
    helped, tmp_path, monkeypatch, name
):
    path, look = tmp_path / "data/pair" / name, Path.stat

    def stat(self, **kwargs):
        if self == path:
            raise PermissionError(errno.EACCES, "Permission denied")
        return look(self, **kwargs)

    monkeypatch.setattr(Path, "stat", stat)
    assert identity(helped, VIEW)[1] is False


def test_a_study_that_is_gone_is_a_sentence(study):
    with pytest.raises(NeuroMixError, match="no study “nobody”"):
        study.scene(View("nobody", "T1", "b0"))


def test_a_mask_and_a_reference_are_opened_or_have_the_reason(helped, tmp_path):
    view = replace(VIEW, foreground="mask", mask="brain_mask", reference="dseg")
    scene = helped.scene(view)
    assert scene.mask.require() is scene.channels.mask
    assert (scene.mask.name, scene.reference.name) == ("brain_mask", "dseg")
    assert scene.reference.volume.id == helped.volume("pair", "dseg").id
    for name in ("brain_mask", "dseg"):
        (tmp_path / f"data/pair/{name}.nii").write_text("no image")
    broken = helped.scene(view)
    assert (broken.mask.volume, broken.reference.volume) == (None, None)
    assert broken.problem is broken.mask.problem
    with pytest.raises(VolumeError, match=r"^dseg\.nii: "):
        broken.reference.require()
    without = helped.scene(replace(VIEW, mask="", reference="none"))
    assert (without.mask, without.reference) == (None, None)


# ---- images on other grids


@pytest.mark.parametrize(("index", "expected"), [(0, None), (2, 0), (3, 1), (4, None)])
def test_y_on_another_grid_is_cut_where_the_slice_of_x_lies(study, save, index, expected):
    """Slices of X are 3 mm thick from z = 0, those of Y 4 mm from z = 5 mm."""
    affine = np.diag([2.0, 2.0, 4.0, 1.0])
    affine[2, 3] = 5
    save("data/pair/epi.nii", np.arange(64.0).reshape(8, 4, 2), affine)
    scene = study.scene(replace(VIEW, y="epi", slice=index))
    assert not scene.on_one_grid
    assert scene.cut == Cut("axial", index)
    assert scene.cut_of_y == (None if expected is None else Cut("axial", expected))
    assert scene.slices_of_y[:5] == (None, 0, 0, 1, None)


def test_y_on_the_grid_of_x_is_cut_like_x(study):
    scene = study.scene(VIEW)
    assert scene.on_one_grid
    assert scene.cut_of_y == scene.cut == Cut("axial", 5)


def test_nothing_is_fitted_where_two_images_lie_on_different_grids(study, save, head):
    save("data/pair/epi.nii", head(2, (8, 8, 8)))
    apart = study.scene(replace(VIEW, y="epi"))
    assert isinstance(apart.problem, GridError)
    with pytest.raises(GridError, match="epi"):
        apart.require_channels()
    assert study.scene(replace(VIEW, y="epi", grid="T1")).problem is None


def test_the_neighbours_are_the_slices_beside_within_the_volume(study):
    def beside(index):
        return [s.view.slice for s in study.scene(replace(VIEW, slice=index)).neighbours()]

    assert (beside(5), beside(0), beside(11)) == ([4, 6], [1], [10])
    assert all(s.identity == study.scene(VIEW).identity for s in study.scene(VIEW).neighbours())


def test_companions_are_the_images_on_the_same_grid(study, save, head, tmp_path):
    save("data/pair/adc.nii", head(2), AFFINE)
    save("data/pair/epi.nii", head(2, (8, 8, 8)), AFFINE)
    (tmp_path / "data/pair/bad.nii").write_text("no image")
    found = study.scene(View("pair", "b0", "T1", slice=5)).companions()
    assert [volume.name for volume in found] == ["b0", "T1", "adc"]
