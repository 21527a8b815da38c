"""What findings say: each code in a table, with one image and with several."""

import pytest

from dashboard.core.check.difference import Difference
from dashboard.core.check.findings import Code, Finding
from dashboard.core.check.grids import OtherGrid
from dashboard.core.check.remedies import Clip, UseMask
from dashboard.core.facts import FileCode, Notice
from dashboard.core.processing import Resampled, Taken
from dashboard.words.findings import sentence
from dashboard.words.grids import difference
from dashboard.words.parts import Images, plain

ODD = "{0} <b> & is"
MANY = ("a", "b", "c", "d", "e")
FILES = tuple("abcdefghijklmn")
LEFT = Difference(shift_mm=(-2.0, 0.0, 0.0), shift_voxels=(-1.0, 0.0, 0.0))
FINER = Difference(sizes=((2.0, 2.0, 2.0), (1.0, 1.0, 1.0)))
FLIPPED = Difference(orders=("RAS", "LAS"))
EMPTY = "b0.nii: the file is empty."


def found(code, *images, severity="warning", remedies=(), **facts):
    return Finding(code, severity, images, facts, remedies)


def grid(code, *grids, **facts):
    """Return a finding of other grids than that of T1, each of images and a difference."""
    groups = tuple(OtherGrid(images, what) for images, what in grids)
    names = [name for group in groups for name in group.images]
    usual = {"target": "T1", "apart": (), "gap": None, "coverage": None, "copies": False}
    return found(code, *names, **{**usual, "grids": groups, **facts})


def background(code, *images, values=(7.0,), rule="positive", **facts):
    return found(code, *images, values=values, share=0.6, rule=rule, **facts)


def negative(code, *images, beside=False, low=-2.0, share=0.5, rule="positive"):
    facts = {"negative": share, "low": low, "beside_background": beside, "rule": rule}
    return found(code, *images, **facts)


def saturated(*images, highs=(255.0,), bits=8, beside=False):
    facts = {"voxels": 1234, "share": 0.02, "highs": highs, "bits": bits}
    return found(Code.SATURATED, *images, beside_background=beside, **facts)


# Each code once, and again where numbers or names change the words.
SENTENCES = [
    (found(Code.UNREADABLE, "b0", reason=EMPTY, use="shown"),
     "Not shown. b0.nii: the file is empty."),
    (found(Code.UNREADABLE, "b0", reason=EMPTY, use="mask"),
     "The mask is not used. b0.nii: the file is empty."),
    (found(Code.UNREADABLE, "b0", reason=EMPTY, use="fitted"),
     "Not fitted. b0.nii: the file is empty."),
    (found(Code.LEFT_OUT, "b0", reason=EMPTY),
     "Left out. b0.nii: the file is empty."),
    (found(Code.MORE_LEFT_OUT, "a", "b", reasons=("a.nii: empty.", "b.dcm: DICOM.")),
     "Also left out. a.nii: empty. b.dcm: DICOM."),
    (found(Code.MORE_LEFT_OUT, *FILES, reasons=tuple(f"{name}.nii: empty." for name in FILES)),
     "Also left out. a.nii: empty. b.nii: empty. c.nii: empty. d.nii: empty. e.nii: empty. f.nii: "
     "empty. g.nii: empty. h.nii: empty. i.nii: empty. j.nii: empty. k.nii: empty. l.nii: empty. 2"
     " more files cannot be read."),
    (found(Code.NOT_CHECKED, checked=27, all=36),
     "27 of 36 images are checked. The others are checked when you choose them."),
    (found(Code.FILE, "T1", "b0", notice=Notice(FileCode.NO_POSITION)),
     "The header gives no position. Left and right are assumed, not known. Found in T1 and b0."),
    (found(Code.SERIES, "dwi", volumes=65, b0=2, taken=Taken((0, 9), 65)),
     "The mean of the 2 b0 volumes of dwi is used. The file holds 65 volumes."),
    (found(Code.SERIES, "dwi", volumes=65, b0=1, taken=Taken((0,), 65)),
     "The b0 volume of dwi is used. The file holds 65 volumes."),
    (found(Code.SERIES, "dwi", volumes=65, b0=0, taken=Taken((3,), 65)),
     "Volume 3 of dwi, counted from 0, is used. The file holds 65 volumes."),
    (found(Code.SERIES, "dwi", volumes=65, b0=0, taken=Taken(tuple(range(65)), 65)),
     "The mean of all 65 volumes of dwi is used."),
    (found(Code.SAME_VOXELS, "T1", "again"),
     "Nothing can be fitted: T1 and again are identical, so their joint distribution is a line."),
    (found(Code.SAME_VOXELS_UNUSED, *MANY),
     "Only one of these is used, because they are identical: a, b, c and 2 more."),
    (found(Code.LINEAR_COPIES, "T1", ODD),
     "Nothing can be fitted: T1 and {0} <b> & is are copies of each other up to scale and offset, "
     "so their joint distribution is a line."),
    (grid(Code.OTHER_GRID, (("EPI",), LEFT)),
     "Nothing can be fitted. EPI is not on the grid of T1: shifted by 1 voxel (2 mm to the left)."),
    (grid(Code.OTHER_GRID, (("EPI",), LEFT), (("a", "b"), FINER)),
     "Nothing can be fitted. EPI, a and b are not on the grid of T1. EPI: shifted by 1 voxel (2 mm"
     " to the left). a and b: 1 × 1 × 1 instead of 2 × 2 × 2 mm."),
    (grid(Code.OTHER_GRID, (("EPI",), LEFT), apart=("EPI",), gap=99.6),
     "Nothing can be fitted. EPI is not on the grid of T1: shifted by 1 voxel (2 mm to the left). "
     "No overlap with T1: EPI (centres 100 mm apart)."),
    (grid(Code.OTHER_GRID, (("EPI",), LEFT), (("a",), FINER), apart=("EPI", "a"), gap=99.6),
     "Nothing can be fitted. EPI and a are not on the grid of T1. EPI: shifted by 1 voxel (2 mm to"
     " the left). a: 1 × 1 × 1 instead of 2 × 2 × 2 mm. No overlap with T1: EPI and a."),
    (grid(Code.OTHER_GRID, (("dot",), FINER), coverage=0.0001),
     "Nothing can be fitted. dot is not on the grid of T1: 1 × 1 × 1 instead of 2 × 2 × 2 mm. Less"
     " than 0.1 % of T1 is covered."),
    (grid(Code.OTHER_GRID_LEFT_OUT, (("EPI", "b"), FINER), coverage=0.27, more=1),
     "Left out of the fit: EPI and b. They are not on the grid of T1: 1 × 1 × 1 instead of 2 × 2 ×"
     " 2 mm. Only 27 % of T1 is covered. Also left out: 1 other image."),
    (grid(Code.OTHER_GRID_LEFT_OUT, *((name, FINER) for name in (("a",), ("b",), ("c",))), more=2),
     "Left out of the fit: a, b and c. They are not on the grid of T1 but on 3 others. Also left "
     "out: 2 other images."),
    (grid(Code.OTHER_GRID_LEFT_OUT, (("LAS",), FLIPPED), copies=True, more=0),
     "Left out of the fit: LAS. It is not on the grid of T1: the same voxels in another storage "
     "order (axes LAS instead of RAS); resampling only reorders them. Once reordered, it is "
     "identical to T1."),
    (grid(Code.OTHER_GRID_LEFT_OUT, (("LAS",), FLIPPED), (("PIR",), FLIPPED), copies=True, more=0),
     "Left out of the fit: LAS and PIR. They are not on the grid of T1: the same voxels in other "
     "storage orders; resampling only reorders them. Once reordered, they are identical to T1."),
    (found(Code.OTHER_GRID_UNUSED, "EPI", target="T1"),
     "Left out of the fit: EPI. It is not on the grid of T1."),
    (found(Code.OTHER_GRID_UNUSED, *MANY, target="T1"),
     "Left out of the fit: a, b, c and 2 more. They are not on the grid of T1."),
    (found(Code.OVERLAY_OFF_GRID, "mask", severity="problem", target="T1", difference=LEFT),
     "Nothing is fitted. mask is not on the grid of T1: shifted by 1 voxel (2 mm to the left). "
     "Resample it."),
    (found(Code.OVERLAY_OFF_GRID, "gm", "wm", target="T1", difference=LEFT),
     "Not used. gm and wm are not on the grid of T1: shifted by 1 voxel (2 mm to the left). "
     "Resample them."),
    (found(Code.RESAMPLED, "EPI", step=Resampled("T1", "nearest")),
     "EPI was resampled to the grid of T1 (nearest neighbour, no registration)."),
    (found(Code.TINY, "T1", fewer_than=400),
     "Too few voxels to separate classes reliably: even the largest slice of T1 has fewer than "
     "400."),
    (found(Code.FLAT, "T1", "b0"),
     "The other planes show a single line: T1 and b0 are one voxel thick."),
    (found(Code.THICK, "FLAIR", mm=5.04),
     "Partial-volume voxels at tissue borders blur the classes: FLAIR was measured with voxels up "
     "to 5 mm long."),
    (found(Code.THICK, "FLAIR", "T2", mm=6.0),
     "Partial-volume voxels at tissue borders blur the classes: FLAIR and T2 were measured with "
     "voxels up to 6 mm long."),
    (found(Code.CONSTANT, "flat", value=3.0),
     "Nothing to fit: every voxel of flat is 3."),
    (found(Code.TWO_VALUES, "mask", values=(0.0, 1.0)),
     "Nothing to separate: nearly every voxel of mask is 0 or 1, as in a mask."),
    (found(Code.NEARLY_EMPTY, "dot", not_zero=0.002),
     "Most slices hold too few voxels for a mixture: only 0.2 % of dot is not 0."),
    (background(Code.BACKGROUND_REMOVED, "CT", values=(-1024.0,), rule="background"),
     "The background is left out: it is −1024, not 0, in CT (60 % of the voxels)."),
    (background(Code.BACKGROUND_KEPT, "T1", "T2", values=(7.0, 9.0)),
     "Air takes a class: the background is 7 and 9, not 0, in T1 and T2 (at least 60 % of the "
     "voxels), and the rule “above 0” keeps it."),
    (background(Code.BACKGROUND_KEPT, "T1", rule="nonzero"),
     "Air takes a class: the background is 7, not 0, in T1 (60 % of the voxels), and the rule "
     "“non-zero” keeps it."),
    (background(Code.BACKGROUND_TAKES_OTHERS, "T1", values=(-5.0,), taken=0.3),
     "The rule “above 0” removes tissue: 30 % of the non-background voxels of T1 are 0 or "
     "negative. The background is −5, not 0 (60 % of the voxels)."),
    (background(Code.BACKGROUND_TAKES_OTHERS, "T1", "T2", values=(-5.0, -5.0), taken=0.3),
     "The rule “above 0” removes tissue: up to 30 % of the non-background voxels of T1 and T2 are "
     "0 or negative. The background is −5, not 0 (at least 60 % of the voxels)."),
    (negative(Code.NEGATIVES_REMOVED, "T1"),
     "Negative voxels are left out of every plot and of the fit, by the rule “above 0”: 50 % of "
     "the voxels of T1, down to −2, as after z-scoring."),
    (negative(Code.NEGATIVES_REMOVED, "T1", "T2", beside=True),
     "Negative voxels are left out of every plot and of the fit, by the rule “above 0”: up to 50 %"
     " of the non-background voxels of T1 and T2, down to −2, as after z-scoring."),
    (negative(Code.NEGATIVES_KEPT, "T1", rule="nonzero"),
     "Negative voxels take part in the fit, as they should: 50 % of the voxels of T1, down to −2."),
    (negative(Code.SOME_NEGATIVES, "T1", share=0.0001),
     "The rule “above 0” can leave holes inside the brain: it excludes a few negative voxels of T1"
     " that interpolation or noise left (less than 0.1 % of the voxels, down to −2)."),
    (negative(Code.SOME_NEGATIVES, "T1", "T2", share=0.004, beside=True, low=-8.5, rule="nonzero"),
     "A few negative voxels of T1 and T2, from interpolation or noise, take part in the fit (up to"
     " 0.4 % of the non-background voxels, down to −8.5)."),
    (saturated("T1"),
     "A Gaussian cannot fit the peak at the end of the histogram: 1,234 voxels of T1 (2.0 %) are "
     "saturated at 255 (8-bit maximum)."),
    (saturated("T1", "T2", highs=(92.5, 1000.0), bits=None, beside=True),
     "A Gaussian cannot fit the peak at the end of the histogram: 1,234 voxels of T1 and T2 (up to"
     " 2.0 % of the non-background voxels) are saturated at 92.5, 1000 (the maximum)."),
    (found(Code.CLIPPED, percent=0.5),
     "Intensities are clipped at the 0.5 and 99.5 percentiles of each image."),
    (found(Code.OUTLIERS, "T1", farthest=50_000.0, most=(1.5, 400.0)),
     "A few extreme voxels squeeze the histogram into a few bins and can take a class of their "
     "own: T1 goes up to 50,000, while 99.8 % of the voxels are between 1.5 and 400."),
    (found(Code.OUTLIERS, "T1", farthest=-50_000.0, most=(-1.5, 400.0)),
     "A few extreme voxels squeeze the histogram into a few bins and can take a class of their "
     "own: T1 goes down to −50,000, while 99.8 % of the voxels are between −1.5 and 400."),
    (found(Code.NONFINITE, "T1", voxels=1, share=0.001, as_background=False),
     "Histograms and fits ignore NaN and infinite values: 1 voxel of T1 (0.1 %)."),
    (found(Code.NONFINITE, "T1", voxels=1584, share=0.3, as_background=True),
     "Histograms and fits ignore NaN and infinite values: 1,584 voxels of T1 (30 %), as is common "
     "for a background."),
    (found(Code.SCALES, "T1", "ADC",
           notice=Notice(FileCode.SCALES, {"high": "T1", "low": "ADC", "gap": 1e12}), more=0),
     "Intensities of T1 are 1e+12 times those of ADC. Check their units and keep the "
     "scaling on, or the fit ignores ADC."),
    (found(Code.SCALES, "T1", "ADC", "b0",
           notice=Notice(FileCode.SCALES, {"high": "T1", "low": "ADC", "gap": 1e12}), more=1),
     "Intensities of T1 are 1e+12 times those of ADC. Check their units and keep the "
     "scaling on, or the fit ignores ADC. 1 more pair of images differs as much."),
    (found(Code.AIR, "T1", zeros=0.0),
     "Air takes a class: the background is not 0 in T1, so it is fitted as if it were tissue "
     "(almost no voxel is 0). Add a brain mask and choose Foreground: mask."),
    (found(Code.AIR, "T1", "b0", zeros=0.03, remedies=(UseMask("brain", preset=True),)),
     "Air takes a class: the background is not 0 in T1 and b0, so it is fitted as if it were "
     "tissue (at most 3.0 % is 0)."),
    (found(Code.AIR_NOISE, "UNI", share=0.43),
     "Air is spread over all classes: in UNI it is noise over the whole range of intensities (43 %"
     " of the voxels). Only a mask removes it. Add a brain mask and choose Foreground: mask."),
    (found(Code.AIR_NOISE, "UNI", "T1map", share=0.43, remedies=(UseMask("brain", preset=True),)),
     "Air is spread over all classes: in UNI and T1map it is noise over the whole range of "
     "intensities (up to 43 % of the voxels). Only a mask removes it."),
    (found(Code.FAR_GROUP, "T1", group=(32300.0, 32767.0), rest=(1.0, 1057.0), share=0.201,
           fitted=0.378),
     "A far group of voxels takes a component of the fit (38 % of the foreground): 20 % of T1 lies"
     " between 32,300 and 32,767, far above the rest (from 1 to 1057), as after an overflow in a "
     "converter. Clipping cannot remove this many voxels: use a mask, or convert the file again."),
    (found(Code.FAR_GROUP, "T1", group=(-9999.0, -9990.0), rest=(1.0, 1057.0), share=0.002,
           fitted=0.0, remedies=(Clip("0.5"),)),
     "The other images keep a far group of voxels out of this fit; without them it takes a "
     "component: 0.2 % of T1 lies between −9999 and −9990, far below the rest (from 1 to 1057), as"
     " after an overflow in a converter."),
    (found(Code.FEW_FITTED, "T1", "EPI", rule="positive", mask="", of="T1", share=0.024,
           least="EPI"),
     "Most of the head is not fitted: only 2.4 % of the head in T1 is foreground in T1 and EPI. "
     "EPI has few foreground voxels there."),
    (found(Code.FEW_FITTED, "T1", "EPI", rule="positive", mask="", of="T1", share=0.024, least=""),
     "Most of the head is not fitted: only 2.4 % of the head in T1 is foreground in T1 and EPI. "
     "The images have few foreground voxels in common."),
    (found(Code.FEW_FITTED, "T1", rule="mask", mask="lesion", of="T1", share=0.0004, least=""),
     "Most of the head is not fitted: less than 0.1 % of the head in T1 is foreground in T1. The "
     "mask lesion leaves out the rest."),
    (found(Code.SHEARED, "T1", degrees=9.96),
     "Shapes are skewed in the pictures, which show the axes at right angles: those of T1 are up "
     "to 10.0° off. The fit and volumes in mL are not affected."),
    (found(Code.LOST_POSITION, "mask", of="T1", identity=True),
     "Not used. mask has the shape of T1, but its header gives the identity as its position, as if"
     " it had been lost. Give it the position of T1; resampling would move it."),
    (found(Code.LOST_POSITION, "T2", "PD", severity="problem", of="T1", identity=False),
     "Nothing is fitted. T2 and PD have the shape of T1, but their header gives no position, as if"
     " it had been lost. Give them the position of T1; resampling would move them."),
    (found(Code.PLACED, "mask", of="T1"),
     "mask has the position of T1, because it lost its own."),
    (found(Code.NO_BACKGROUND, "T1", zeros=0.03),
     "The fit includes nearly every voxel: only 3.0 % of T1 is 0. This is right if the images show"
     " only tissue."),
]  # fmt: skip


@pytest.mark.parametrize(("finding", "text"), SENTENCES)
def test_a_finding_says_what_it_is_and_what_it_does(finding, text):
    assert plain(sentence(finding)) == text


def test_every_finding_is_in_the_table():
    assert {finding.code for finding, _ in SENTENCES} == set(Code)


@pytest.mark.parametrize("finding", [finding for finding, _ in SENTENCES])
def test_the_images_of_a_finding_are_parts_of_its_sentence(finding):
    parts = [part.names for part in sentence(finding) if isinstance(part, Images)]
    unsaid = (
        Code.UNREADABLE,
        Code.LEFT_OUT,
        Code.MORE_LEFT_OUT,
        Code.SCALES,
    )  # named in the reason
    assert finding.code in unsaid or not finding.images or finding.images in parts


# ---- how grids differ

DIFFERENCES = [
    (LEFT, "shifted by 1 voxel (2 mm to the left)"),
    (Difference(shift_mm=(0.0, -3.0, 4.0), shift_voxels=(0.0, -1.5, 2.0)),
     "shifted by 2.5 voxels (3 mm to the back, 4 mm to the head)"),
    (Difference(shift_mm=(0.004, 0, 0), shift_voxels=(0.004, 0, 0), orders=("RAS", "LPS")),
     "shifted by less than 0.01 voxels (0.004 mm to the right), axes LPS instead of RAS"),
    (Difference(shapes=((24, 26, 22), (22, 26, 22)), shift_mm=(4.0, 0, 0),
                shift_voxels=(2.0, 0, 0)),
     "22 × 26 × 22 instead of 24 × 26 × 22 voxels of the same size; resampling only crops or pads"),
    (Difference(shapes=((24, 26, 22), (22, 26, 22)), shift_mm=(3.0, 0, 0),
                shift_voxels=(1.5, 0, 0)),
     "22 × 26 × 22 instead of 24 × 26 × 22 voxels of the same size"),
    (Difference(sizes=((1.0, 1.0, 1.0), (1.0009, 1.0, 1.0))),
     "1.001 × 1 × 1 instead of 1 × 1 × 1 mm"),
    (Difference(shapes=((16, 16, 5), (16, 5, 16)), sizes=((1.0, 1.0, 3.0), (1.0, 3.0, 1.0)),
                upright=True, orders=("RAS", "RSA")),
     "16 × 5 × 16 instead of 16 × 16 × 5 voxels, 1 × 3 × 1 instead of 1 × 1 × 3 mm (from left, "
     "back and foot), axes RSA instead of RAS"),
    (Difference(rotation=7.0), "rotated by 7.0°"),
    (Difference(rotation=0.0501), "rotated by 0.05°"),
    (FLIPPED, "the same voxels in another storage order (axes LAS instead of RAS); resampling only "
              "reorders them"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "text"), DIFFERENCES)
def test_a_difference_of_grids_is_a_few_numbers(what, text):
    assert difference(what) == text
