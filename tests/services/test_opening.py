import shutil

import numpy as np
import pytest

from dashboard.core.errors import NeuroMixError
from dashboard.services.checking import check
from dashboard.services.opening import open_view
from dashboard.services.workspace import Workspace
from dashboard.settings import Settings
from dashboard.view import View


@pytest.fixture(scope="session")
def shipped(sample, tmp_path_factory):
    return Workspace(Settings(data=sample.parent, cache=tmp_path_factory.mktemp("cache")))


def test_an_empty_query_opens_the_lesson(shipped):
    opened = open_view(shipped, {})
    assert opened.view == View(study="sample", x="T1", y="b0", slice=30)
    assert (opened.notices, opened.problems) == ([], [])
    assert opened.mixed == opened.unchosen == ["T1", "b0"]
    assert opened.studies == {"sample": "sample"}


def test_a_view_that_fits_is_opened_as_it_is(shipped):
    view = View("sample", "b0", "T1", "coronal", 64, components=5, hidden=(2, 5), bins=80)
    opened = open_view(shipped, dict(pair.split("=") for pair in view.query().split("&"))
                       | {"hidden": "2,5"})  # fmt: skip
    assert opened.view == view
    assert opened.notices == []


@pytest.mark.parametrize(
    ("query", "named", "expected"),
    [
        ({"study": "nobody"}, "nobody", {"study": "sample"}),
        ({"study": "../sample"}, "../sample", {"study": "sample"}),
        ({"x": "T9"}, "T9", {"x": "T1", "y": "b0"}),
        ({"x": "b0", "y": "T9"}, "T9", {"x": "b0", "y": "T1"}),
        ({"slice": "70"}, "70", {"slice": 69}),
        ({"plane": "sagittal", "slice": "500"}, "500", {"slice": 127}),
        ({"components": "12"}, "12", {"components": 3}),
    ],
)
def test_what_does_not_exist_falls_back_with_a_notice(shipped, query, named, expected):
    opened = open_view(shipped, query)
    assert {key: getattr(opened.view, key) for key in expected} == expected
    assert len(opened.notices) == 1
    assert named in opened.notices[0]


def test_hidden_classes_beyond_the_components_are_forgotten(shipped):
    assert open_view(shipped, {"components": "2", "hidden": "1,3"}).view.hidden == (1,)


@pytest.mark.parametrize(("broken", "whole"), [("x", "y"), ("y", "x")])
def test_one_unreadable_image_leaves_the_other_open(study, tmp_path, broken, whole):
    (tmp_path / "data/pair/bad.nii").write_text("no image")
    opened = open_view(study, {broken: "bad", whole: "b0"})
    volumes = dict(zip("xy", opened.volumes, strict=True))
    assert volumes[broken] is None
    assert volumes[whole].name == "b0"
    assert len(opened.problems) == 1
    assert opened.problems[0].startswith("bad.nii: ")
    assert opened.view.slice == int(12 * 3 / 7)


def test_a_grid_mismatch_leaves_both_open_and_is_left_to_the_check(study, save, head):
    save("data/pair/epi.nii", head(2, (8, 8, 8)))
    opened = open_view(study, {"x": "T1", "y": "epi"})
    assert all(opened.volumes)
    assert (opened.notices, opened.problems) == ([], [])
    found = check(study, opened.view)
    problems = [f.text for f in found.findings if f.severity == "problem"]
    assert len(problems) == 1
    assert "epi" in problems[0]


def test_the_partner_is_on_the_first_images_grid(study, save, head):
    save("data/pair/b0.nii.gz", head(1, (8, 8, 8)))
    save("data/pair/zeta.nii.gz", head(1), np.diag([2.0, 2.0, 3.0, 1.0]))
    assert open_view(study, {}).view.y == "zeta"


def test_an_image_without_partner_is_shown_alone(study, tmp_path):
    (tmp_path / "data/pair/b0.nii.gz").unlink()
    opened = open_view(study, {})
    assert (opened.view.x, opened.view.y) == ("T1", "T1")
    assert opened.problems == []


def test_no_study_at_all_is_an_error(study, tmp_path):
    shutil.rmtree(tmp_path / "data/pair")
    with pytest.raises(NeuroMixError, match="holds no study"):
        open_view(study, {})
