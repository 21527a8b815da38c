"""What is checked of a study, and that every remedy leads to a View that opens."""

from dataclasses import replace
from itertools import pairwise
from urllib.parse import parse_qsl

import numpy as np
import pytest

from dashboard.core.check.findings import Code
from dashboard.core.check.remedies import UseMask, UseOnly
from dashboard.core.errors import NeuroMixError
from dashboard.services import checking
from dashboard.services.checking import MAX_OTHERS
from dashboard.services.scene.remedies import changes
from dashboard.view import View
from tests.images import AFFINE

VIEW = View("pair", "T1", "b0", slice=5)


def check(desk, view):
    return checking.check(desk.scene(view))


def followed(workspace, view):
    """Take every remedy of a View's check, which leads to no worse state; return their number.

    What only undoes something may bring back what it was for.
    """
    checked = check(workspace, view)
    place = place_of(workspace.scene(view))
    found = [changes(remedy) for finding in checked.findings for remedy in finding.remedies]
    for remedy in found:
        query = dict(parse_qsl(view.query(), keep_blank_values=True)) | remedy
        parsed, notices = View.parse(query)
        assert notices == [], remedy
        assert parsed != view, remedy
        if remedy.keys() & {"x", "y", "grid"}:
            del query["slice"]  # as the page does: slices may be counted otherwise there
        opened = workspace.open(query, place=place)
        # A mask that was X before is one still.
        assert {notice.code for notice in opened.notices} <= {"no-contrast"}, remedy
        for name, value in remedy.items():
            assert str(opened.scene.view.to_store()[name]) == value, remedy
        after = check(workspace, opened.scene.view)
        if remedy.get("grid") == "" or remedy.get("clip") == "none":
            continue
        assert after.count("problem") <= checked.count("problem"), remedy
        assert is_fitted(workspace, opened.scene.view) or not is_fitted(workspace, view), remedy
    assert sum(bool(remedy.get("grid")) for remedy in found) <= 3
    return len(found)


def place_of(scene):
    """Return the point in mm that a scene shows, as far as its plane says."""
    if scene.grid is None:
        return None
    plane = scene.view.plane
    place = [0.0, 0.0, 0.0]
    position = scene.grid.slice_positions(plane)[scene.view.slice]
    place["xyz".index({"axial": "z", "coronal": "y", "sagittal": "x"}[plane])] = position
    return tuple(place)


def is_fitted(workspace, view):
    try:
        return workspace.analyse(view).model is not None
    except NeuroMixError:
        return False


def test_every_remedy_is_a_view_that_opens_without_a_word(study, save, head, tmp_path):
    save("data/pair/T1.nii.gz", head(0) + 12, AFFINE)
    save("data/pair/copy.nii.gz", head(1), AFFINE)
    save("data/pair/inverted.nii.gz", 700 - head(1), AFFINE)
    save("data/pair/empty.nii.gz", np.zeros((24, 20, 12)), AFFINE)
    save("data/pair/z_scored.nii", (head(2) - 50) / 20, AFFINE)
    save("data/pair/epi.nii", head(2)[::2, ::2], np.diag([4.0, 4.0, 3.0, 1.0]))
    save("data/pair/dseg.nii", (head(0)[::2] > 150) + 1, np.diag([4.0, 2.0, 3.0, 1.0]))
    save("data/pair/brain_mask.nii", head(0) > 0, AFFINE, dtype=np.uint8)
    (tmp_path / "data/pair/bad.nii").write_text("no image")
    views = [VIEW, View("pair", "T1", "z_scored", slice=5), View("pair", "epi", "T1", slice=5),
             View("pair", "T1", "b0", slice=5, grid="epi", clip="0.1", foreground="background"),
             View("pair", "b0", "copy", slice=5, mix="b0,copy"),
             View("pair", "b0", "inverted", slice=5, mix="b0,inverted,T1"),
             View("pair", "T1", "b0", slice=5, mix="T1,b0,bad,empty"),
             View("pair", "T1", "epi", slice=5, mix="T1,epi,empty")]  # fmt: skip
    assert [followed(study, view) > 0 for view in views] == [True] * len(views)


REAL = ("avg152", "brainweb_t1", "glioblastoma", "grid_mismatch", "mni152_2mm", "odd",
        "orientations", "tiny")  # fmt: skip


@pytest.mark.wide
def test_every_remedy_for_the_real_studies_is_a_view_that_opens(real_data, tmp_path, desk):
    workspace = desk(real_data, tmp_path)
    taken = {}
    for name in REAL:
        for query in ({"study": name}, {"study": name, "foreground": "positive"}):
            view = workspace.open(query).scene.view
            taken[name, view.foreground] = followed(workspace, view)
    assert taken["grid_mismatch", "positive"] > 0
    assert taken["brainweb_t1", "positive"] > 0


@pytest.mark.wide
def test_every_remedy_for_two_real_images_is_a_view_that_opens(real_data, tmp_path, desk):
    workspace = desk(real_data, tmp_path)
    for name in ("grid_mismatch", "odd", "orientations"):
        images = list(workspace.archive.study(name).of("image"))
        for x, y in pairwise(images):
            followed(workspace, workspace.open({"study": name, "x": x, "y": y}).scene.view)


def test_the_reason_of_an_unreadable_image_is_found_and_the_rest_is_checked(study, tmp_path):
    for name in ("bad.nii", "bad_mask.nii"):
        (tmp_path / "data/pair" / name).write_text("no image")
    found = check(study, VIEW)
    left = {f.images: f.severity for f in found.findings if f.code == Code.LEFT_OUT}
    assert left == {("bad",): "warning", ("bad_mask",): "warning"}
    assert [row.name for row in found.rows] == ["T1", "b0"]
    shown = check(study, View("pair", "bad", "b0", slice=5))
    (problem,) = (f for f in shown.findings if f.images == ("bad",))
    assert (problem.code, problem.severity) == (Code.UNREADABLE, "problem")
    assert problem.facts["reason"].startswith("bad.nii: ")
    assert str(tmp_path) not in str(shown)


def test_masks_and_label_maps_are_overlays(study, save, head):
    save("data/pair/brain_mask.nii", head(0) > 0, AFFINE, dtype=np.uint8)
    save("data/pair/dseg.nii", (head(0) > 150) + 1, AFFINE, dtype=np.uint8)
    kinds = {row.name: row.kind for row in check(study, VIEW).rows}
    assert kinds == {"T1": "image", "b0": "image", "brain_mask": "overlay", "dseg": "overlay"}


def test_images_on_the_grid_are_checked_as_they_are_resampled(study, save, head):
    save("data/pair/epi.nii", head(2)[::2, ::2], np.diag([4.0, 4.0, 3.0, 1.0]))
    own = {row.name: row.shape for row in check(study, VIEW).rows}
    assert own["epi"] == (12, 10, 12)
    on_grid = check(study, View("pair", "T1", "b0", slice=5, grid="T1")).rows
    assert {row.shape for row in on_grid} == {(24, 20, 12)}


def test_of_very_many_images_the_first_are_checked_and_all_that_are_used(study, save, head):
    for n in range(MAX_OTHERS + 10):
        save(f"data/pair/echo{n:02}.nii", head(2)[:8, :8, :4])
    used = [f"echo{MAX_OTHERS + n}" for n in (9, 8)]
    mix = [f"echo{MAX_OTHERS + n}" for n in (7, 9)]
    found = check(study, View("pair", *used, slice=1, mix=",".join(mix)))
    rows = [row.name for row in found.rows]
    assert len(rows) == MAX_OTHERS + 3
    assert rows[:2] == used
    assert mix[0] in rows
    (unchecked,) = (f for f in found.findings if f.code == Code.NOT_CHECKED)
    assert unchecked.severity == "fact"
    # 10 echoes, T1 and b0 beside what is checked anyway.
    assert unchecked.facts == {"checked": MAX_OTHERS + 3, "all": MAX_OTHERS + 12}


def test_images_that_take_long_to_read_wait_until_they_are_chosen(study, monkeypatch, tmp_path):
    size = (tmp_path / "data/pair/b0.nii.gz").stat().st_size
    monkeypatch.setattr("dashboard.services.checking.MAX_BYTES", size - 1)
    found = check(study, View("pair", "T1", "T1", slice=5, mix="T1"))
    assert [row.name for row in found.rows] == ["T1"]
    assert {"checked": 1, "all": 2} in [f.facts for f in found.findings]
    assert len(check(study, VIEW).rows) == 2


def test_a_mixture_that_names_a_file_that_cannot_be_read_is_a_problem(study, tmp_path):
    (tmp_path / "data/pair/bad.nii").write_text("no image")
    found = check(study, View("pair", "T1", "b0", slice=5, mix="T1,b0,bad"))
    (problem,) = (f for f in found.findings if f.severity == "problem")
    assert problem.facts["use"] == "fitted"
    assert problem.remedies == (UseOnly(("T1", "b0")),)


def test_what_was_measured_in_thick_slices_stays_thick_on_a_finer_grid(study, save, head):
    save("data/pair/flair.nii", head(2)[:, :, ::2], np.diag([2.0, 2.0, 6.0, 1.0]))
    found = check(study, View("pair", "T1", "b0", slice=5, grid="T1"))
    (thick,) = (f for f in found.findings if f.code == Code.THICK)
    assert (thick.images, thick.facts) == (("flair",), {"mm": 6})


def test_only_a_mask_on_the_grid_that_is_no_lesion_is_offered(study, save, head):
    air = np.where(head(0) > 0, head(0), 9.0)
    for name in ("T1", "b0"):
        save(f"data/pair/{name}.nii.gz", np.pad(air, 4, constant_values=9) + np.arange(20), AFFINE)
    whole = np.pad(head(0), 4) > 0
    save("data/pair/a_lesion.nii", np.arange(whole.size).reshape(whole.shape) == 9000, AFFINE)
    save("data/pair/b_mask.nii", head(0) > 0, AFFINE)

    def offered():
        remedies = [remedy for f in check(study, VIEW).findings for remedy in f.remedies]
        return [remedy for remedy in remedies if isinstance(remedy, UseMask)]

    assert offered() == []
    save("data/pair/c_mask.nii", whole, AFFINE)
    assert offered() == [UseMask("c_mask", preset=True)]
    kept = study.scene(replace(VIEW, **changes(*offered()))).channels.mask
    assert kept.name == "c_mask"


def test_a_study_that_is_gone_is_a_sentence(study):
    with pytest.raises(NeuroMixError, match="no study “nobody”"):
        check(study, View("nobody", "T1", "b0"))
