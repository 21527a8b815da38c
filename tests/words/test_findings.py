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
     "b0.nii: the file is empty. It cannot be shown."),
    (found(Code.UNREADABLE, "b0", reason=EMPTY, use="mask"),
     "b0.nii: the file is empty. It cannot be used as the mask."),
    (found(Code.UNREADABLE, "b0", reason=EMPTY, use="fitted"),
     "b0.nii: the file is empty. It cannot be fitted."),
    (found(Code.LEFT_OUT, "b0", reason=EMPTY),
     "b0.nii: the file is empty. It is left out."),
    (found(Code.MORE_LEFT_OUT, *MANY),
     "a, b, c and 2 more cannot be read either and are left out."),
    (found(Code.NOT_CHECKED, checked=27, all=36),
     "27 of 36 images are checked. The others are checked when you choose them."),
    (found(Code.FILE, "T1", "b0", notice=Notice(FileCode.NO_POSITION)),
     "T1, b0: The header gives no position. Left and right are assumed, not known."),
    (found(Code.SERIES, "dwi", volumes=65, b0=2, taken=Taken((0, 9), 65)),
     "dwi holds 65 volumes. The mean of its 2 b0 volumes is used."),
    (found(Code.SERIES, "dwi", volumes=65, b0=1, taken=Taken((0,), 65)),
     "dwi holds 65 volumes. Its b0 volume is used."),
    (found(Code.SERIES, "dwi", volumes=65, b0=0, taken=Taken((3,), 65)),
     "dwi holds 65 volumes. Volume 3 is used, counting from 0."),
    (found(Code.SERIES, "dwi", volumes=65, b0=0, taken=Taken(tuple(range(65)), 65)),
     "dwi holds 65 volumes. The mean of all is used."),
    (found(Code.SAME_VOXELS, "T1", "again"),
     "T1, again are identical, so they cannot be fitted together: their joint distribution is a "
     "line."),
    (found(Code.SAME_VOXELS_UNUSED, *MANY),
     "a, b, c and 2 more are identical. Only one of them is used."),
    (found(Code.LINEAR_COPIES, "T1", ODD),
     "T1, {0} <b> & is are copies of each other up to scale and offset, so they cannot be fitted "
     "together: their joint distribution is a line."),
    (grid(Code.OTHER_GRID, (("EPI",), LEFT)),
     "EPI is not on the grid of T1: shifted by 1 voxel (2 mm to the left). The voxels do "
     "not match, so the images cannot be fitted together."),
    (grid(Code.OTHER_GRID, (("EPI",), LEFT), (("a", "b"), FINER)),
     "EPI, a, b are not on the grid of T1. EPI: shifted by 1 voxel (2 mm to the left). a, "
     "b: 1 × 1 × 1 instead of 2 × 2 × 2 mm. The voxels do not match, so the images cannot "
     "be fitted together."),
    (grid(Code.OTHER_GRID, (("EPI",), LEFT), apart=("EPI",), gap=99.6),
     "EPI is not on the grid of T1: shifted by 1 voxel (2 mm to the left). The voxels do not "
     "match, so the images cannot be fitted together. No overlap with T1: EPI (centres 100 mm "
     "apart)."),
    (grid(Code.OTHER_GRID, (("EPI",), LEFT), (("a",), FINER), apart=("EPI", "a"), gap=99.6),
     "EPI, a are not on the grid of T1. EPI: shifted by 1 voxel (2 mm to the left). a: 1 × 1 × 1 "
     "instead of 2 × 2 × 2 mm. The voxels do not match, so the images cannot be fitted together. "
     "No overlap with T1: EPI, a."),
    (grid(Code.OTHER_GRID, (("dot",), FINER), coverage=0.0001),
     "dot is not on the grid of T1: 1 × 1 × 1 instead of 2 × 2 × 2 mm. The voxels do not match, "
     "so the images cannot be fitted together. Less than 0.1 % of T1 is covered."),
    (grid(Code.OTHER_GRID_LEFT_OUT, (("EPI", "b"), FINER), coverage=0.27, more=1),
     "Left out of the fit: EPI, b. They are not on the grid of T1: 1 × 1 × 1 instead of 2 × 2 × 2 "
     "mm. Only 27 % of T1 is covered. Also left out: 1 other image."),
    (grid(Code.OTHER_GRID_LEFT_OUT, *((name, FINER) for name in (("a",), ("b",), ("c",))), more=2),
     "Left out of the fit: a, b, c. They are not on the grid of T1 but on 3 others. Also left "
     "out: 2 other images."),
    (grid(Code.OTHER_GRID_LEFT_OUT, (("LAS",), FLIPPED), copies=True, more=0),
     "Left out of the fit: LAS. It is not on the grid of T1: the same voxels in another storage "
     "order (axes LAS instead of RAS); resampling only reorders them. Once reordered, it is "
     "identical to T1."),
    (grid(Code.OTHER_GRID_LEFT_OUT, (("LAS",), FLIPPED), (("PIR",), FLIPPED), copies=True, more=0),
     "Left out of the fit: LAS, PIR. They are not on the grid of T1: the same voxels in other "
     "storage orders; resampling only reorders them. Once reordered, they are identical to T1."),
    (found(Code.OTHER_GRID_UNUSED, "EPI", target="T1"),
     "Left out of the fit: EPI. It is not on the grid of T1."),
    (found(Code.OTHER_GRID_UNUSED, *MANY, target="T1"),
     "Left out of the fit: a, b, c and 2 more. They are not on the grid of T1."),
    (found(Code.OVERLAY_OFF_GRID, "mask", severity="problem", target="T1", difference=LEFT),
     "mask is not on the grid of T1: shifted by 1 voxel (2 mm to the left). Nothing is fitted "
     "until it is resampled."),
    (found(Code.OVERLAY_OFF_GRID, "gm", "wm", target="T1", difference=LEFT),
     "gm, wm are not on the grid of T1: shifted by 1 voxel (2 mm to the left). They are not used "
     "until they are resampled."),
    (found(Code.RESAMPLED, "EPI", step=Resampled("T1", "nearest")),
     "EPI was resampled to the grid of T1 (nearest neighbour, no registration)."),
    (found(Code.TINY, "T1", fewer_than=400),
     "T1 is tiny: even the largest slice has fewer than 400 voxels, too few to separate "
     "classes reliably."),
    (found(Code.FLAT, "T1", "b0"),
     "T1, b0 are one voxel thick. The other planes show a single line."),
    (found(Code.THICK, "FLAIR", mm=5.04),
     "FLAIR was measured with voxels up to 5 mm long. Partial-volume voxels at tissue borders "
     "blur the classes."),
    (found(Code.THICK, "FLAIR", "T2", mm=6.0),
     "FLAIR, T2 were measured with voxels up to 6 mm long. Partial-volume voxels at tissue "
     "borders blur the classes."),
    (found(Code.CONSTANT, "flat", value=3.0),
     "Every voxel of flat is 3. There is nothing to fit."),
    (found(Code.TWO_VALUES, "mask", values=(0.0, 1.0)),
     "Nearly every voxel of mask is 0 or 1, as in a mask. A mixture has nothing to separate."),
    (found(Code.NEARLY_EMPTY, "dot", not_zero=0.002),
     "Only 0.2 % of dot is not 0. Most slices hold too few voxels for a mixture."),
    (background(Code.BACKGROUND_REMOVED, "CT", values=(-1024.0,), rule="background"),
     "The background of CT is −1024 (60 % of the voxels), not 0. It is left out."),
    (background(Code.BACKGROUND_KEPT, "T1", "T2", values=(7.0, 9.0)),
     "The backgrounds of T1, T2 are 7, 9 (at least 60 % of the voxels), not 0. The rule "
     "“above 0” keeps them, so air takes a class of its own."),
    (background(Code.BACKGROUND_KEPT, "T1", rule="nonzero"),
     "The background of T1 is 7 (60 % of the voxels), not 0. The rule “not 0” keeps it, so "
     "air takes a class of its own."),
    (background(Code.BACKGROUND_TAKES_OTHERS, "T1", values=(-5.0,), taken=0.3),
     "The background of T1 is −5 (60 % of the voxels), not 0. The rule “above 0” removes it, and "
     "also 30 % of the other voxels, which are 0 or negative."),
    (background(Code.BACKGROUND_TAKES_OTHERS, "T1", "T2", values=(-5.0, -5.0), taken=0.3),
     "The background of T1, T2 is −5 (at least 60 % of the voxels), not 0. The rule “above 0” "
     "removes it, and also up to 30 % of the other voxels, which are 0 or negative."),
    (negative(Code.NEGATIVES_REMOVED, "T1"),
     "50 % of the voxels of T1 are negative (minimum −2), as after z-scoring. The rule “above 0” "
     "excludes them from every plot and from the fit."),
    (negative(Code.NEGATIVES_REMOVED, "T1", "T2", beside=True),
     "Up to 50 % of the non-background voxels of T1, T2 are negative (minimum −2), as after "
     "z-scoring. The rule “above 0” excludes them from every plot and from the fit."),
    (negative(Code.NEGATIVES_KEPT, "T1", rule="nonzero"),
     "50 % of the voxels of T1 are negative (minimum −2). They take part in the fit, as they "
     "should."),
    (negative(Code.SOME_NEGATIVES, "T1", share=0.0001),
     "T1 has a few negative values from interpolation or noise (less than 0.1 % of the voxels, "
     "minimum −2). The rule “above 0” excludes them, which can leave holes inside the brain."),
    (negative(Code.SOME_NEGATIVES, "T1", "T2", share=0.004, beside=True, low=-8.5, rule="nonzero"),
     "T1, T2 have a few negative values from interpolation or noise (up to 0.4 % of the "
     "non-background voxels, minimum −8.5). They take part in the fit."),
    (saturated("T1"),
     "1,234 voxels of T1 (2.0 %) are saturated at 255 (8-bit maximum): the peak at the end of the "
     "histogram cannot be fitted by a Gaussian."),
    (saturated("T1", "T2", highs=(92.5, 1000.0), bits=None, beside=True),
     "1,234 voxels of T1, T2 (up to 2.0 % of the non-background voxels) are saturated at 92.5, "
     "1000 (the maximum): the peak at the end of the histogram cannot be fitted by a Gaussian."),
    (found(Code.CLIPPED, percent=0.5),
     "Intensities are clipped at the 0.5 and 99.5 percentiles of each image."),
    (found(Code.OUTLIERS, "T1", farthest=50_000.0, most=(1.5, 400.0)),
     "A few voxels of T1 lie far outside the rest: up to 50,000, while 99.8 % are between "
     "1.5 and 400. They squeeze the histogram into a few bins and can take a class of their "
     "own."),
    (found(Code.OUTLIERS, "T1", farthest=-50_000.0, most=(-1.5, 400.0)),
     "A few voxels of T1 lie far outside the rest: down to −50,000, while 99.8 % are "
     "between −1.5 and 400. They squeeze the histogram into a few bins and can take a class "
     "of their own."),
    (found(Code.NONFINITE, "T1", voxels=1, share=0.001, as_background=False),
     "NaN or infinite values in 1 voxel of T1 (0.1 %). Histograms and fits ignore them."),
    (found(Code.NONFINITE, "T1", voxels=1584, share=0.3, as_background=True),
     "NaN or infinite values in 1,584 voxels of T1 (30 %), as is common for a background. "
     "Histograms and fits ignore them."),
    (found(Code.SCALES, "T1", "ADC",
           notice=Notice(FileCode.SCALES, {"high": "T1", "low": "ADC", "gap": 1e12}), more=0),
     "Intensities of T1 are 1e+12 times those of ADC. Check their units and keep the "
     "scaling on, or the fit ignores ADC."),
    (found(Code.SCALES, "T1", "ADC", "b0",
           notice=Notice(FileCode.SCALES, {"high": "T1", "low": "ADC", "gap": 1e12}), more=1),
     "Intensities of T1 are 1e+12 times those of ADC. Check their units and keep the "
     "scaling on, or the fit ignores ADC. 1 more pair of images differs as much."),
    (found(Code.AIR, "T1", zeros=0.0),
     "The background of T1 is not 0 (hardly a voxel is 0), so air is fitted as if it were tissue "
     "and takes a class of its own. Add a brain mask and choose it as the foreground."),
    (found(Code.AIR, "T1", "b0", zeros=0.03, remedies=(UseMask("brain", preset=True),)),
     "The background of T1, b0 is not 0 (at most 3.0 % is 0), so air is fitted as if it were "
     "tissue and takes a class of its own."),
    (found(Code.AIR_NOISE, "UNI", share=0.43),
     "Nothing removes the air of UNI: it is noise over the whole range of intensities (43 % of the "
     "voxels), which is spread over all classes. A mask is needed. Add a brain mask and choose it "
     "as the foreground."),
    (found(Code.AIR_NOISE, "UNI", "T1map", share=0.43, remedies=(UseMask("brain", preset=True),)),
     "Nothing removes the air of UNI, T1map: it is noise over the whole range of intensities (up "
     "to 43 % of the voxels), which is spread over all classes. A mask is needed."),
    (found(Code.FAR_GROUP, "T1", group=(32300.0, 32767.0), rest=(1.0, 1057.0), share=0.201,
           fitted=0.378),
     "A group of voxels of T1 (20 %) lies far above the rest, between 32,300 and 32,767, while the "
     "rest is between 1 and 1057, as after an overflow in a converter. It takes a component of the "
     "fit (38 % of the foreground). Clipping does not help against so many voxels; a mask or a new "
     "conversion does."),
    (found(Code.FAR_GROUP, "T1", group=(-9999.0, -9990.0), rest=(1.0, 1057.0), share=0.002,
           fitted=0.0, remedies=(Clip("0.5"),)),
     "A group of voxels of T1 (0.2 %) lies far below the rest, between −9999 and −9990, while the "
     "rest is between 1 and 1057, as after an overflow in a converter. The other images keep it "
     "out of this fit; without them it takes a component."),
    (found(Code.FEW_FITTED, "T1", "EPI", rule="positive", mask="", of="T1", share=0.024,
           least="EPI"),
     "Only 2.4 % of the head in T1 is foreground in T1, EPI, so most of it is not fitted. EPI has "
     "few foreground voxels there."),
    (found(Code.FEW_FITTED, "T1", "EPI", rule="positive", mask="", of="T1", share=0.024, least=""),
     "Only 2.4 % of the head in T1 is foreground in T1, EPI, so most of it is not fitted. The "
     "images have few foreground voxels in common."),
    (found(Code.FEW_FITTED, "T1", rule="mask", mask="lesion", of="T1", share=0.0004, least=""),
     "Less than 0.1 % of the head in T1 is foreground in T1, so most of it is not fitted. The "
     "mask lesion leaves out the rest."),
    (found(Code.SHEARED, "T1", degrees=9.96),
     "The axes of T1 are not at right angles (up to 10.0° off). Pictures show them at right "
     "angles, so shapes are skewed. The fit and volumes in mL are not affected."),
    (found(Code.LOST_POSITION, "mask", of="T1", identity=True),
     "mask has the shape of T1 but the identity for its position, as if its header had been lost. "
     "It is not used until it takes the position of T1; resampling would move it."),
    (found(Code.LOST_POSITION, "T2", "PD", severity="problem", of="T1", identity=False),
     "T2, PD have the shape of T1 but nothing for their position, as if their header had been "
     "lost. Nothing is fitted until they take the position of T1; resampling would move them."),
    (found(Code.PLACED, "mask", of="T1"),
     "mask has the position of T1, because it lost its own."),
    (found(Code.NO_BACKGROUND, "T1", zeros=0.03),
     "Only 3.0 % of T1 is 0, so the fit includes nearly every voxel. This is right if the "
     "images show only tissue."),
]  # fmt: skip


@pytest.mark.parametrize(("finding", "text"), SENTENCES)
def test_a_finding_says_what_it_is_and_what_it_does(finding, text):
    assert plain(sentence(finding)) == text


def test_every_finding_is_in_the_table():
    assert {finding.code for finding, _ in SENTENCES} == set(Code)


@pytest.mark.parametrize("finding", [finding for finding, _ in SENTENCES])
def test_the_images_of_a_finding_are_parts_of_its_sentence(finding):
    parts = [part.names for part in sentence(finding) if isinstance(part, Images)]
    unsaid = (Code.UNREADABLE, Code.LEFT_OUT, Code.SCALES)  # named in the reason
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
