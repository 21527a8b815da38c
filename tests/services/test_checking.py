"""What is checked of a study, and that every remedy leads to a View that opens."""

from urllib.parse import parse_qsl

import numpy as np
import pytest

from dashboard.core.errors import NeuroMixError
from dashboard.services.checking import MAX_CHECKED, check
from dashboard.services.opening import open_view
from dashboard.services.workspace import Workspace
from dashboard.settings import Settings
from dashboard.view import View

AFFINE = np.diag([2.0, 2.0, 3.0, 1.0])
VIEW = View("pair", "T1", "b0", slice=5)


def followed(workspace, view):
    """Take every remedy of a View's check; return how many there are."""
    found = [r for f in check(workspace, view).findings for r in f.remedies]
    for remedy in found:
        query = dict(parse_qsl(view.query())) | remedy.changes
        parsed, notices = View.parse(query)
        assert notices == [], remedy
        assert parsed != view, remedy
        opened = open_view(workspace, query)
        assert opened.notices == [], remedy
        for name, value in remedy.changes.items():
            assert opened.view.to_store()[name] == value, remedy
        check(workspace, opened.view)
    return len(found)


def test_every_remedy_is_a_view_that_opens_without_a_word(study, save, head, tmp_path):
    save("data/pair/T1.nii.gz", head(0) + 12, AFFINE)
    save("data/pair/copy.nii.gz", head(1), AFFINE)
    save("data/pair/z_scored.nii", (head(2) - 50) / 20, AFFINE)
    save("data/pair/epi.nii", head(2)[::2, ::2], np.diag([4.0, 4.0, 3.0, 1.0]))
    save("data/pair/dseg.nii", (head(0)[::2] > 150) + 1, np.diag([4.0, 2.0, 3.0, 1.0]))
    save("data/pair/brain_mask.nii", head(0) > 0, AFFINE, dtype=np.uint8)
    (tmp_path / "data/pair/bad.nii").write_text("no image")
    views = [VIEW, View("pair", "T1", "z_scored", slice=5), View("pair", "epi", "T1", slice=5),
             View("pair", "T1", "b0", slice=5, grid="epi", clip="0.1", foreground="background"),
             View("pair", "b0", "copy", slice=5, mix="b0,copy")]  # fmt: skip
    assert [followed(study, view) > 0 for view in views] == [True] * len(views)


def test_every_remedy_for_the_real_studies_is_a_view_that_opens(real_data, tmp_path):
    workspace = Workspace(Settings(data=real_data, cache=tmp_path))
    taken = {}
    for name in ("avg152", "brainweb_t1", "glioblastoma", "grid_mismatch", "mni152_2mm", "tiny"):
        for query in ({"study": name}, {"study": name, "foreground": "positive"}):
            view = open_view(workspace, query).view
            taken[name, view.foreground] = followed(workspace, view)
    assert taken["grid_mismatch", "positive"] > 0
    assert taken["brainweb_t1", "positive"] > 0


def test_what_cannot_be_read_is_told_with_the_reason_and_the_rest_is_checked(study, tmp_path):
    for name in ("bad.nii", "bad_mask.nii"):
        (tmp_path / "data/pair" / name).write_text("no image")
    found = check(study, VIEW)
    told = {f.text.partition(":")[0]: f.severity for f in found.findings}
    assert told["bad.nii"] == told["bad_mask.nii"] == "warning"
    assert [row.name for row in found.rows] == ["T1", "b0"]
    shown = check(study, View("pair", "bad", "b0", slice=5))
    assert [f.severity for f in shown.findings if f.text.startswith("bad.nii")] == ["problem"]
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
    names = [f"echo{n:02}" for n in range(16)]
    for name in names:
        save(f"data/pair/{name}.nii", head(2)[:8, :8, :4])
    used = ["echo15", "echo14"]
    found = check(study, View("pair", *used, slice=1, mix="echo13,echo15"))
    rows = [row.name for row in found.rows]
    assert len(rows) == MAX_CHECKED
    assert rows[:2] == used
    assert "echo13" in rows


def test_a_study_that_is_gone_is_a_sentence(study):
    with pytest.raises(NeuroMixError, match="no study “nobody” any more"):
        check(study, View("nobody", "T1", "b0"))
