"""What the check says of images on several grids, and what it offers against it."""

from dataclasses import replace

import nibabel as nib
import numpy as np
import pytest

from dashboard.core.check.check import check_images
from dashboard.core.check.findings import Choices, Code
from dashboard.core.check.remedies import KeepGrids, ResampleTo, UseOnly
from dashboard.core.facts import FileCode, Notice
from dashboard.core.processing import Resampled
from tests.core.boxes import AFFINE, BRAIN, RNG, SHAPE, brain, moved, only, turned

EDGES = (2.0, 2.0, 2.0)
CROPPED = (22, 26, 22)
# The second grid, what is different about it, and how it comes onto the first.
GRIDS = {
    "coarser": (brain()[:, :, 1:], np.diag([2.5, 2.5, 3, 1]), "linear",
                {"shapes": (SHAPE, (24, 26, 21)), "sizes": (EDGES, (2.5, 2.5, 3.0))}),
    "turned": (brain(), turned(7), "linear", {"rotation": 7}),
    "left": (brain(), moved(-2, 0, 0), "voxels",
             {"shift_mm": (-2, 0, 0), "shift_voxels": (-1, 0, 0)}),
    "back and up": (brain(), moved(0, -3, 4), "linear",
                    {"shift_mm": (0, -3, 4), "shift_voxels": (0, -1.5, 2)}),
    "cropped": (brain()[2:], moved(4, 0, 0), "voxels",
                {"shapes": (SHAPE, CROPPED), "shift_mm": (4, 0, 0), "shift_voxels": (2, 0, 0)}),
    "between": (brain()[2:], moved(3, 0, 0), "linear",
                {"shapes": (SHAPE, CROPPED), "shift_mm": (3, 0, 0), "shift_voxels": (1.5, 0, 0)}),
}  # fmt: skip
ONE = (UseOnly(("T1",), y="T1"),)


def targets(finding):
    """Return the grids that are offered, each with the images that have to be chosen for it."""
    offered = (r for r in finding.remedies if isinstance(r, ResampleTo))
    return [(r.grid, r.fitted if r.only else ()) for r in offered]


@pytest.mark.parametrize(("voxels", "affine", "how", "what"), GRIDS.values(), ids=GRIDS.keys())
def test_another_grid_is_a_problem_that_is_named_and_can_be_mended(
    check, voxels, affine, how, what
):
    finding = only(check(T1=brain(), EPI=(voxels, affine)))
    assert (finding.code, finding.severity) == (Code.OTHER_GRID, "problem")
    assert (finding.images, finding.facts["target"]) == (("EPI",), "T1")
    (grid,) = finding.facts["grids"]
    assert grid.images == ("EPI",)
    different = {name: value for name, value in vars(grid.difference).items() if value}
    assert different.keys() == what.keys()
    for name, value in what.items():
        assert np.ravel(different[name]) == pytest.approx(np.ravel(value), abs=1e-6)
    first, second = finding.remedies
    assert first == ResampleTo("T1", ("EPI",), how, EDGES, ("T1", "EPI"))
    assert (second.grid, second.moved) == ("EPI", ("T1",))


@pytest.mark.parametrize("axes", ["PIR", "LAS", "SRP", "ASL"])
def test_another_storage_order_is_a_reordering(check, axes):
    voxels = brain()
    image = nib.Nifti1Image(voxels, AFFINE)
    turn = nib.orientations.ornt_transform(
        nib.io_orientation(AFFINE), nib.orientations.axcodes2ornt(axes)
    )
    other = image.as_reoriented(turn)
    finding = only(check(T1=brain(), b0=(np.asarray(other.dataobj), other.affine)))
    assert finding.severity == "problem"
    (grid,) = finding.facts["grids"]
    assert grid.difference.orders == ("RAS", axes)
    assert grid.difference.is_reordering


def test_images_that_do_not_overlap_are_not_offered_for_resampling(check):
    finding = only(check(T1=brain(), b0=(brain(), moved(100, 0, 0))))
    assert finding.facts["apart"] == ("b0",)
    assert finding.facts["gap"] == pytest.approx(100)
    assert finding.remedies == ONE


def test_a_small_overlap_is_given_with_its_share(check):
    finding = only(check(T1=brain(), b0=(brain(), moved(0, 0, 33))))
    # 22 slices of 2 mm, moved by 16.5 of them, with half a voxel of margin.
    assert finding.facts["coverage"] == pytest.approx(6 / 22)


def test_the_images_that_share_a_grid_can_be_used_alone(check):
    found = check(T1=brain(), EPI=(brain(), moved(1, 0, 0)), T2=brain(), FLAIR=brain())
    finding = only(found)
    assert finding.remedies[-1] == UseOnly(("T1", "T2", "FLAIR"), y="T2")
    assert targets(finding) == [("T1", ()), ("EPI", ())]
    assert finding.remedies[0].fitted == ("T1", "EPI", "T2", "FLAIR")


def test_an_image_that_is_not_fitted_may_lie_on_another_grid(check):
    chosen = {"fitted": ("T1", "b0"), "chosen": True}
    found = check(T1=brain(), b0=brain(), EPI=(brain(), moved(1, 0, 0)), chosen=chosen)
    finding = only(found)
    assert (finding.code, finding.severity) == (Code.OTHER_GRID_UNUSED, "fact")
    assert (finding.images, finding.facts) == (("EPI",), {"target": "T1"})
    assert finding.remedies == ()


def test_many_grids_are_summed_up(check):
    names = ("T1", "a", "b", "c", "d", "e")
    images = {name: (brain(), moved(n, 0, 0)) for n, name in enumerate(names)}
    finding = only(check(**images, chosen={"y": "T1"}))
    assert (finding.code, finding.severity) == (Code.OTHER_GRID_LEFT_OUT, "warning")
    assert finding.images == names[1:]
    assert [grid.images for grid in finding.facts["grids"]] == [(name,) for name in names[1:]]
    assert targets(finding) == [("T1", ())]


def test_images_on_one_grid_have_one_number(check):
    found = check(
        T1=brain(),
        EPI=(brain(), moved(1, 0, 0)),
        T2=brain(),
        others={"dseg": (BRAIN, moved(1, 0, 0))},
    )
    assert [row.grid for row in found.rows] == [1, 2, 1, 2]


@pytest.mark.parametrize(("chosen", "severity"), [
    ({"reference": "dseg"}, "warning"), ({"mask": "dseg", "foreground": "mask"}, "problem"),
    ({}, "fact"),
])  # fmt: skip
def test_a_label_map_one_voxel_off_is_as_bad_as_what_depends_on_it(check, chosen, severity):
    labels = (BRAIN.astype(float), moved(0, 0, 2))
    finding = only(check(T1=brain(), others={"dseg": labels}, chosen=chosen))
    assert (finding.code, finding.severity) == (Code.OVERLAY_OFF_GRID, severity)
    assert (finding.images, finding.facts["target"]) == (("dseg",), "T1")
    assert finding.facts["difference"].shift_voxels == pytest.approx((0, 0, 1))
    assert finding.remedies == (ResampleTo("T1", ("dseg",), "nearest", EDGES, ("T1",)),)
    assert check(T1=brain(), others={"dseg": BRAIN}, chosen=chosen).findings == ()


def test_overlays_on_one_other_grid_are_found_together(check):
    labels = (BRAIN.astype(float), moved(0, 0, 2))
    finding = only(check(T1=brain(), others={"gm": labels, "wm": labels}))
    assert finding.images == ("gm", "wm")


def test_bringing_a_mask_along_brings_no_image_into_the_mixture(check):
    epi = (brain(), moved(1, 0, 0))
    found = check(T1=brain(), b0=brain(), EPI=epi, others={"mask": epi}, chosen={"y": "b0"})
    brought = [targets(f) for f in found.findings if f.code == Code.OVERLAY_OFF_GRID]
    assert brought == [[("T1", ("T1", "b0"))]]


def test_an_image_that_is_left_out_by_itself_is_a_warning_with_what_brings_it_back(check):
    flair = (brain()[:, :, ::2], np.diag([2, 2, 4, 1]))
    finding = only(check(T1=brain(), T2=brain(), FLAIR=flair, chosen={"y": "T2"}), "warning")
    assert (finding.code, finding.images) == (Code.OTHER_GRID_LEFT_OUT, ("FLAIR",))
    (remedy,) = finding.remedies
    assert remedy == ResampleTo("T1", ("FLAIR",), "linear", EDGES, ("T1", "T2", "FLAIR"))


def test_a_finer_grid_than_that_of_x_is_offered_beside_it(check):
    epi = (brain()[:, :, ::2], np.diag([2, 2, 4, 1]))
    chosen = {"x": "EPI", "y": "EPI"}
    finding = only(check(T1=brain(), EPI=epi, chosen=chosen), "warning")
    assert targets(finding) == [("EPI", ()), ("T1", ())]


def test_no_grid_is_offered_without_the_image_on_x(check):
    """As a remedy is tried on whose grid X cannot be opened."""
    epi = (brain()[:, :, ::2], np.diag([2, 2, 4, 1]))
    chosen = {"x": "gone", "y": "T1", "chosen": True, "fitted": ("T1", "EPI"), "off_grid": ("EPI",)}
    assert not any(targets(one) for one in check(T1=brain(), EPI=epi, chosen=chosen).findings)


def test_what_holds_nothing_or_lies_apart_is_not_resampled_into_the_mixture(check):
    zero = (np.zeros(SHAPE), moved(1, 0, 0))
    end = (brain(), moved(0, 0, 30))
    images = {"T1": brain(), "EPI": (brain(), moved(1, 0, 0)), "zero": zero, "end": end}
    finding = only(check(**images), "problem")
    assert targets(finding)[0] == ("T1", ("T1", "EPI"))
    assert "zero" not in dict(targets(finding))


def test_an_image_of_something_elsewhere_in_the_same_box_is_not_mixed(check):
    apart = np.zeros(SHAPE)
    apart[:8] = RNG.uniform(50, 400, (8, *SHAPE[1:]))
    images = {"T1": brain(), "EPI": (brain(), moved(1, 0, 0)), "other": (apart, moved(0, 1, 0))}
    assert targets(only(check(**images), "problem"))[0] == ("T1", ("T1", "EPI"))


def test_another_image_on_x_is_shown_where_the_one_there_holds_nothing(check):
    small = (brain()[:, :, ::2], np.diag([2, 2, 4, 1]))
    chosen = {"x": "zero", "y": "T1"}
    finding = only(check(zero=np.zeros(SHAPE), T1=small, chosen=chosen), "problem")
    assert finding.remedies == (UseOnly(("T1",), x="T1"),)


def test_no_grid_is_offered_whose_position_is_unknown(volumes):
    images = volumes(T1=brain(), EPI=(brain(), moved(1, 0, 0)))
    notice = Notice(FileCode.NO_POSITION)
    for name in images:
        unplaced = images | {name: replace(images[name], notices=(notice,))}
        found = check_images(unplaced, choices=Choices("T1", "EPI"))
        assert not any(targets(finding) for finding in found.findings)


def test_copies_in_another_storage_order_are_found_and_not_offered(check):
    voxels = brain()
    flipped = np.diag([-2.0, 2.0, 2.0, 1.0])
    flipped[0, 3] = 2 * (SHAPE[0] - 1)
    images = {"T1": voxels, "LAS": (voxels[::-1], flipped)}
    finding = only(check(**images, chosen={"y": "T1"}))
    assert finding.severity == "fact"
    assert finding.facts["copies"]
    assert finding.remedies == ()
    assert only(check(**images)).remedies == ONE


def test_there_are_three_remedies_that_resample_at_the_most(check):
    images = {f"i{n}": (brain(), moved(n, 0, 0)) for n in range(6)}
    others = {f"mask{n}": (BRAIN, moved(0, n + 1, 0)) for n in range(4)}
    found = check(**images, others=others)
    assert sum(len(targets(f)) for f in found.findings) == 3


def test_resampling_that_was_chosen_is_a_fact_and_can_be_undone(volumes):
    images = volumes(T1=brain(), EPI=brain())
    images["EPI"] = replace(images["EPI"], processing=(Resampled("T1", "linear"),))
    finding = only(check_images(images, choices=Choices("T1", "EPI", grid="T1")))
    assert (finding.code, finding.severity, finding.images) == (Code.RESAMPLED, "fact", ("EPI",))
    assert finding.facts == {"step": Resampled("T1", "linear")}
    assert finding.remedies == (KeepGrids(),)


def test_leaving_images_on_their_own_grids_mixes_no_chosen_ones_on_several(volumes):
    own = volumes(T1=brain(), EPI=(brain(), moved(1, 0, 0)))
    images = own | {"EPI": replace(own["T1"], processing=(Resampled("T1", "linear"),),
                                   digest="another")}  # fmt: skip
    choices = Choices("T1", "T1", fitted=("T1", "EPI"), chosen=True, grid="T1")
    found = check_images(images, choices=choices, own=own)
    assert KeepGrids(refit=True) in [r for f in found.findings for r in f.remedies]
