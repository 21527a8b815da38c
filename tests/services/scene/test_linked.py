"""What a link says of its files, and what the page says when they have changed since."""

import numpy as np
import pytest

from dashboard.services.scene.linked import linked
from dashboard.view import View
from tests.images import AFFINE


@pytest.fixture
def link(study):
    """Return the query of a link to the study as it is now."""

    def link(**fields):
        opened = study.open({"study": "pair"} | fields)
        return dict(zip(fields, fields.values(), strict=True)) | {
            "study": "pair", "files": ",".join(linked(opened.scene)),
        }  # fmt: skip

    return link


def said(study, query):
    opened = study.open(query)
    assert opened.scene.view.files == ()
    return {n.code: n.facts.get("images", n.facts.get("count")) for n in opened.notices}


def test_a_link_to_the_same_files_says_nothing_also_of_other_images_of_them(study, link, save):
    save("data/pair/many.nii.gz", np.random.default_rng(0).normal(9, 2, (24, 20, 12, 3)), AFFINE)
    assert said(study, link(x="T1", y="b0", mix="T1,b0")) == {}
    before = link(x="T1", y="many:1", mix="T1,many:1")
    assert said(study, before) == {}
    assert said(study, before | {"y": "many:2"}) == {}
    assert View.parse(before)[1] == []


def test_a_file_that_has_changed_is_named_and_the_rest_is_shown(study, link, save, head):
    before = link(x="T1", y="b0")
    save("data/pair/b0.nii.gz", head(1) + 1, AFFINE)
    assert said(study, before) == {"other-version": ["b0.nii.gz"]}
    assert study.open(before).scene.channels is not None


def test_files_that_came_or_went_are_said(study, link, save, head, tmp_path):
    before = link()
    save("data/pair/FLAIR.nii.gz", head(2), AFFINE)
    assert said(study, before) == {"files-not-then": ["FLAIR.nii.gz"]}
    after = link()
    (tmp_path / "data" / "pair" / "FLAIR.nii.gz").unlink()
    assert said(study, after) == {"files-not-here": 1}


def test_a_mask_counts_as_it_decides_the_foreground(study, link, save):
    mask = np.zeros((24, 20, 12))
    mask[5:20, 5:18] = 1
    save("data/pair/brain_mask.nii.gz", mask, AFFINE, dtype="u1")
    before = link(foreground="mask", mask="brain_mask")
    mask[5] = 0
    save("data/pair/brain_mask.nii.gz", mask, AFFINE, dtype="u1")
    assert said(study, before) == {"other-version": ["brain_mask.nii.gz"]}
