"""What the check says of images on several grids, and what it offers against it."""

from dataclasses import replace

import nibabel as nib
import numpy as np
import pytest

from dashboard.core.check.check import Choices, preflight
from tests.core.boxes import AFFINE, BRAIN, RNG, SHAPE, brain, changes, moved, only, turned

GRIDS = {
    "coarser": (brain()[:, :, 1:], np.diag([2.5, 2.5, 3, 1]),
                "24 × 26 × 21 instead of 24 × 26 × 22 voxels, 2.5 × 2.5 × 3 instead of 2 × 2 × 2 "
                "mm"),
    "turned": (brain(), turned(7), "axes turned by 7.0°"),
    "left": (brain(), moved(-2, 0, 0), "shifted by 1 voxel (2 mm to the left)"),
    "back and up": (brain(), moved(0, -3, 4), "2.5 voxels (3 mm to the back, 4 mm to the head)"),
    "cropped": (brain()[2:], moved(4, 0, 0), "22 × 26 × 22 instead of 24 × 26 × 22 of them, so "
                "that resampling only cuts or pads"),
    "between": (brain()[2:], moved(3, 0, 0), "22 × 26 × 22 instead of 24 × 26 × 22 of them."),
}  # fmt: skip


@pytest.mark.parametrize(("voxels", "affine", "how"), GRIDS.values(), ids=GRIDS.keys())
def test_another_grid_is_a_problem_that_is_named_and_can_be_mended(check, voxels, affine, how):
    finding = only(check(T1=brain(), EPI=(voxels, affine)))
    assert finding.severity == "problem"
    assert finding.text.startswith("EPI is not on the grid of T1: it has ")
    assert how in finding.text
    assert "not fitted together" in finding.text
    assert changes(finding) == [{"grid": "T1"}, {"grid": "EPI"}]
    whole = how in (GRIDS["left"][2], GRIDS["cropped"][2])
    assert finding.remedies[0].label == (
        f"Resample EPI to the grid of T1 (2 × 2 × 2 mm, {'voxel by voxel' if whole else 'linear'})"
    )


@pytest.mark.parametrize("axes", ["PIR", "LAS", "SRP", "ASL"])
def test_another_storage_order_is_told_to_be_a_mere_reordering(check, axes):
    voxels = brain()
    image = nib.Nifti1Image(voxels, AFFINE)
    turn = nib.orientations.ornt_transform(
        nib.io_orientation(AFFINE), nib.orientations.axcodes2ornt(axes)
    )
    other = image.as_reoriented(turn)
    finding = only(check(T1=brain(), b0=(np.asarray(other.dataobj), other.affine)))
    assert finding.severity == "problem"
    assert f"({axes} instead of RAS)" in finding.text
    assert "only reorders" in finding.text


def test_images_that_do_not_overlap_are_not_offered_for_resampling(check):
    finding = only(check(T1=brain(), b0=(brain(), moved(100, 0, 0))))
    assert "b0 and T1 do not overlap in space (middles 100 mm apart)" in finding.text
    assert changes(finding) == [{"mix": "T1", "y": "T1"}]


def test_a_small_overlap_is_told_with_its_share(check):
    finding = only(check(T1=brain(), b0=(brain(), moved(0, 0, 33))))
    # 22 slices of 2 mm, moved by 16.5 of them, with half a voxel of margin.
    assert "b0 covers only 27 % of T1" in finding.text


def test_the_images_that_share_a_grid_can_be_used_alone(check):
    found = check(T1=brain(), EPI=(brain(), moved(1, 0, 0)), T2=brain(), FLAIR=brain())
    finding = only(found)
    assert changes(finding)[-1] == {"mix": "T1,T2,FLAIR", "y": "T2"}
    assert changes(finding)[:2] == [{"grid": "T1"}, {"grid": "EPI"}]
    assert finding.remedies[0].label == (
        "Resample EPI to the grid of T1 (2 × 2 × 2 mm, linear) and mix T1, EPI, T2 and FLAIR"
    )


def test_an_image_that_is_not_fitted_may_lie_on_another_grid(check):
    chosen = {"fitted": ("T1", "b0"), "chosen": True}
    found = check(T1=brain(), b0=brain(), EPI=(brain(), moved(1, 0, 0)), chosen=chosen)
    finding = only(found)
    assert finding.severity == "fact"
    assert finding.text == "EPI is left out of the fit, not being on the grid of T1."
    assert finding.remedies == ()


def test_many_grids_are_summed_up(check):
    names = ("T1", "a", "b", "c", "d", "e")
    images = {name: (brain(), moved(n, 0, 0)) for n, name in enumerate(names)}
    finding = only(check(**images, chosen={"y": "T1"}))
    assert finding.severity == "warning"
    assert finding.text == (
        "a, b, c and 2 more are left out of the fit, not being on the grid of T1: "
        "they lie on 5 other grids."
    )
    assert changes(finding) == [{"grid": "T1"}]


def test_images_on_one_grid_have_one_number(check):
    found = check(
        T1=brain(),
        EPI=(brain(), moved(1, 0, 0)),
        T2=brain(),
        others={"dseg": (BRAIN, moved(1, 0, 0))},
    )
    assert [row.grid for row in found.rows] == [1, 2, 1, 2]


def test_rounded_affines_are_one_grid(check):
    affine = np.diag([0.9765625, 0.9765625, 1.2, 1])
    assert check(T1=(brain(), affine), b0=(brain(), np.round(affine, 4))).findings == ()


@pytest.mark.parametrize(("chosen", "severity"), [
    ({"reference": "dseg"}, "warning"), ({"mask": "dseg", "foreground": "mask"}, "problem"),
    ({}, "fact"),
])  # fmt: skip
def test_a_label_map_one_voxel_off_is_as_bad_as_what_depends_on_it(check, chosen, severity):
    labels = (BRAIN.astype(float), moved(0, 0, 2))
    finding = only(check(T1=brain(), others={"dseg": labels}, chosen=chosen))
    assert finding.severity == severity
    assert "dseg has the same shape and voxel size, but shifted by 1 voxel" in finding.text
    assert ("nothing is fitted" if severity == "problem" else "not used") in finding.text
    assert changes(finding) == [{"grid": "T1"}]
    assert "nearest" in finding.remedies[0].label
    assert check(T1=brain(), others={"dseg": BRAIN}, chosen=chosen).findings == ()


def test_overlays_on_one_other_grid_are_told_together(check):
    labels = (BRAIN.astype(float), moved(0, 0, 2))
    finding = only(check(T1=brain(), others={"gm": labels, "wm": labels}))
    assert finding.text.startswith("gm and wm have the same shape and voxel size, but shifted")
    assert "they would mark other voxels" in finding.text


def test_bringing_a_mask_along_brings_no_image_into_the_mixture(check):
    epi = (brain(), moved(1, 0, 0))
    found = check(T1=brain(), b0=brain(), EPI=epi, others={"mask": epi}, chosen={"y": "b0"})
    brought = [c for f in found.findings if f.text.startswith("mask") for c in changes(f)]
    assert brought == [{"grid": "T1", "mix": "T1,b0"}]


def test_an_image_that_is_left_out_by_itself_is_a_warning_with_what_brings_it_back(check):
    flair = (brain()[:, :, ::2], np.diag([2, 2, 4, 1]))
    finding = only(check(T1=brain(), T2=brain(), FLAIR=flair, chosen={"y": "T2"}), "warning")
    assert finding.text.startswith("FLAIR is left out of the fit, not being on the grid of T1: it ")
    assert changes(finding) == [{"grid": "T1"}]
    assert finding.remedies[0].label.endswith("linear) and mix T1, T2 and FLAIR")


def test_a_finer_grid_than_that_of_x_is_offered_beside_it(check):
    epi = (brain()[:, :, ::2], np.diag([2, 2, 4, 1]))
    chosen = {"x": "EPI", "y": "EPI"}
    finding = only(check(T1=brain(), EPI=epi, chosen=chosen), "warning")
    assert changes(finding) == [{"grid": "EPI"}, {"grid": "T1"}]


def test_what_holds_nothing_or_lies_apart_is_not_resampled_into_the_mixture(check):
    zero = (np.zeros(SHAPE), moved(1, 0, 0))
    end = (brain(), moved(0, 0, 30))
    images = {"T1": brain(), "EPI": (brain(), moved(1, 0, 0)), "zero": zero, "end": end}
    finding = only(check(**images), "problem")
    assert changes(finding)[0] == {"grid": "T1", "mix": "T1,EPI"}
    assert finding.remedies[0].label.endswith("and mix only T1 and EPI")
    assert not any(c.get("grid") == "zero" for c in changes(finding))


def test_an_image_of_something_elsewhere_in_the_same_box_is_not_mixed(check):
    apart = np.zeros(SHAPE)
    apart[:8] = RNG.uniform(50, 400, (8, *SHAPE[1:]))
    images = {"T1": brain(), "EPI": (brain(), moved(1, 0, 0)), "other": (apart, moved(0, 1, 0))}
    assert changes(only(check(**images), "problem"))[0] == {"grid": "T1", "mix": "T1,EPI"}


def test_another_image_on_x_is_shown_where_the_one_there_holds_nothing(check):
    small = (brain()[:, :, ::2], np.diag([2, 2, 4, 1]))
    chosen = {"x": "zero", "y": "T1"}
    finding = only(check(zero=np.zeros(SHAPE), T1=small, chosen=chosen), "problem")
    assert changes(finding) == [{"mix": "T1", "x": "T1"}]


def test_no_grid_is_offered_whose_position_is_unknown(volumes):
    images = volumes(T1=brain(), EPI=(brain(), moved(1, 0, 0)))
    notice = "The header gives no position (sform or qform), so left and right are assumed."
    for name in images:
        unplaced = images | {name: replace(images[name], notices=(notice,))}
        found = preflight(unplaced, choices=Choices("T1", "EPI"))
        assert not any("grid" in c for f in found.findings for c in changes(f))


def test_copies_in_another_storage_order_are_told_and_not_offered(check):
    voxels = brain()
    flipped = np.diag([-2.0, 2.0, 2.0, 1.0])
    flipped[0, 3] = 2 * (SHAPE[0] - 1)
    images = {"T1": voxels, "LAS": (voxels[::-1], flipped)}
    finding = only(check(**images, chosen={"y": "T1"}))
    assert finding.severity == "fact"
    assert finding.text.endswith("Reordered, LAS is a copy of T1.")
    assert finding.remedies == ()
    assert changes(only(check(**images))) == [{"mix": "T1", "y": "T1"}]


def test_there_are_three_buttons_that_resample_at_the_most(check):
    images = {f"i{n}": (brain(), moved(n, 0, 0)) for n in range(6)}
    others = {f"mask{n}": (BRAIN, moved(0, n + 1, 0)) for n in range(4)}
    found = check(**images, others=others)
    resampling = [c for f in found.findings for c in changes(f) if "grid" in c]
    assert len(resampling) == 3


def test_resampling_that_was_chosen_is_told_and_can_be_undone(volumes):
    images = volumes(T1=brain(), EPI=brain())
    images["EPI"] = replace(images["EPI"], processing=("linear onto the grid of T1",))
    finding = only(preflight(images, choices=Choices("T1", "EPI", grid="T1")))
    assert finding.severity == "fact"
    assert "EPI was resampled (linear onto the grid of T1)" in finding.text
    assert changes(finding) == [{"grid": ""}]


def test_what_was_only_reordered_has_its_values_still(volumes):
    images = volumes(T1=brain(), LAS=brain())
    images["LAS"] = replace(images["LAS"], processing=("voxel by voxel onto the grid of T1",))
    finding = only(preflight(images, choices=Choices("T1", "LAS", grid="T1")))
    assert finding.text == "LAS was reordered to the grid of T1; no value changed."


def test_leaving_images_on_their_own_grids_mixes_no_chosen_ones_on_several(volumes):
    own = volumes(T1=brain(), EPI=(brain(), moved(1, 0, 0)))
    images = own | {"EPI": replace(own["T1"], processing=("linear onto the grid of T1",),
                                   digest="another")}  # fmt: skip
    choices = Choices("T1", "T1", fitted=("T1", "EPI"), chosen=True, grid="T1")
    found = preflight(images, choices=choices, own=own)
    assert {"grid": "", "mix": ""} in [c for f in found.findings for c in changes(f)]


def test_the_words_for_a_small_share_are_a_sentence(check):
    small = (brain()[5:7, 5:7, 5:7], moved(10, 10, 10))
    text = check(T1=brain(), dot=small).findings[0].text
    assert "dot covers less than 0.1 % of T1." in text
