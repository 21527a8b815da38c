"""The sentences about what opening a link or a study changed."""

import pytest

from dashboard.core.facts import Notice
from dashboard.words.opening import SENTENCES, sentence

WORDED = [
    (Notice("other-version", {"images": ["T1.nii.gz"]}),
     "This link was made with another version of T1.nii.gz. Numbers may differ."),
    (Notice("other-version", {"images": ["T1.nii.gz", "b{0}.nii"]}),
     "This link was made with another version of T1.nii.gz and b{0}.nii. Numbers may differ."),
    (Notice("files-not-here", {"count": 1, "study": "pair"}),
     "This link was made with a file that pair does not have."),
    (Notice("files-not-here", {"count": 2, "study": "pair"}),
     "This link was made with 2 files that pair does not have."),
    (Notice("files-not-then", {"images": ["FLAIR.nii"]}),
     "This link was made without FLAIR.nii. Numbers may differ."),
    (Notice("no-study", {"study": "pai", "shown": "pair"}),
     "There is no study “pai”. The page shows pair."),
    (Notice("no-image", {"image": "T9", "study": "pair"}),
     "pair has no image “T9”. The page shows another one."),
    (Notice("no-grid", {"image": "T9", "study": "pair"}),
     "pair has no image “T9” to resample to. Every image keeps its own grid."),
    (Notice("no-position", {"image": "T9", "study": "pair"}),
     "pair has no image “T9” to take the position from."),
    (Notice("not-mixed", {"image": "T9", "study": "pair"}),
     "pair has no image “T9” to fit. The page leaves it out."),
    (Notice("too-many-mixed", {"most": 8}),
     "A fit takes at most 8 images. The page uses the first 8."),
    (Notice("no-mask", {"image": "brain", "study": "pair"}), "pair has no mask “brain”."),
    (Notice("no-reference", {"image": "seg", "study": "pair"}),
     "pair has no reference “seg”."),
    (Notice("air-not-zero", {"image": "T1", "mask": "brain"}),
     "The background of T1 is not 0, so brain is used as the mask."),
    (Notice("air-below-0", {"image": "CT", "background": -1000.0}),
     "The background of CT is −1000, so that value is removed instead of 0."),
    (Notice("no-usable-mask", {"study": "pair", "image": "T1", "others": False}),
     "pair has no mask. The page keeps the voxels above 0."),
    (Notice("no-usable-mask", {"study": "pair", "image": "T1", "others": True}),
     "pair has no mask that covers the head on the grid of T1. The page keeps the voxels above 0."),
    (Notice("brain-in-head", {"image": "T1", "mask": "m", "brain": "T1_brain"}),
     "T1 shows the whole head and T1_brain the brain alone, so m is used as the mask."),
    (Notice("not-as-named", {"images": ["AICHAmc"], "named": "image", "held": "labels"}),
     "AICHAmc looks like a label map, so the page uses it as one."),
    (Notice("not-as-named", {"images": ["a", "b"], "named": "mask", "held": "image"}),
     "Each of these looks like an image, so the page uses it as one: a, b."),
    (Notice("no-place", {"image": "T1", "place": [-12.5, 300.0, 0.0]}),
     "T1 does not cover the place in the link (−12.5, 300, 0 mm), so there is no crosshair."),
    (Notice("no-contrast", {"image": "dseg", "holds": "labels"}),
     "dseg looks like a label map. Its histogram and classes mean little."),
    (Notice("no-contrast", {"image": "zstat1", "holds": "contrast"}),
     "zstat1 looks like a map of statistics. Its histogram and classes mean little."),
    (Notice("no-slice", {"image": "T1", "plane": "axial", "slice": 70, "last": 69}),
     "T1 has no axial slice 70. The page shows the last one, 69."),
    (Notice("single-slice", {"image": "T1", "plane": "coronal"}),
     "T1 is a single coronal slice. The page shows it in its own plane."),
    (Notice("unknown-field", {"field": "utm"}), "The page ignored “utm” in the link."),
    (Notice("invalid-value",
            {"field": "bins", "value": "9", "allowed": {"from": 10, "to": 200}}),
     "The link's bins “9” is not valid: it must be a whole number from 10 to 200. The page uses "
     "the default."),
    (Notice("invalid-value", {"field": "log", "value": "{0}", "allowed": {"one of": ["0", "1"]}}),
     "The link's log “{0}” is not valid: it must be one of 0, 1. The page uses the default."),
    (Notice("invalid-value", {"field": "window_x", "value": "9", "allowed": {"like": "0:480"}}),
     "The link's window_x “9” is not valid: it must be written like 0:480. The page uses the "
     "default."),
]  # fmt: skip


@pytest.mark.parametrize(("notice", "words"), WORDED)
def test_a_notice_is_worded(notice, words):
    assert sentence(notice) == words


def test_every_notice_has_a_row_here():
    assert {notice.code for notice, _ in WORDED} == set(SENTENCES)
