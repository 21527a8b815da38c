"""What notices of files say."""

import json
from dataclasses import asdict

import pytest

from dashboard.core.facts import FileCode, Notice
from dashboard.words.notices import sentence

SFORM = (
    "The sform is used, as in most programs. Programs that prefer the qform show and save this "
    "image elsewhere."
)
ODD = "{0} <b>"

# Each code once, and again where numbers change the words.
SENTENCES = [
    (FileCode.DATA_TYPE, {"bits": 8, "type": "float64"},
     "The header contradicts itself: 8 bits per voxel, but data type float64. The data type is "
     "used; check that the image looks right."),
    (FileCode.VOXEL_SIZE, {"sizes": [float("inf"), 0.0, float("nan")]},
     "The header gives an impossible voxel size (inf × 0 × nan mm). It is taken from the position "
     "matrix (affine), or assumed to be 1 mm. Check lengths and volumes."),
    (FileCode.NEGATIVE_SIZE, {"sizes": [-1.5, 2.0, 3.0]},
     "The header gives a negative voxel size (−1.5 × 2 × 3 mm). Its absolute value is used. Some "
     "programs mirror the image along that axis: check left and right."),
    (FileCode.NO_SLOPE, {"slope": "nan"},
     "The scaling in the header is not a number (scl_slope = nan), so intensities are used as they "
     "are stored. Some programs read such a file as empty."),
    (FileCode.INVERTED, {"slope": -0.5, "analyze": False},
     "The header's scale factor is negative (−0.5), which inverts the image: dark becomes bright. "
     "Check that the image looks right."),
    (FileCode.INVERTED, {"slope": -2.0, "analyze": True},
     "The header's scale factor is negative (−2), which inverts the image: dark becomes bright. In "
     "Analyze files only SPM writes a scaling there; other programs ignore it, or wrote something "
     "else. Check that the image looks right."),
    (FileCode.EXTRA_BYTES, {"bytes": 2, "volumes": 0},
     "The file goes on for 2 bytes after the last voxel that its header describes. They are "
     "ignored; check the shape."),
    (FileCode.EXTRA_BYTES, {"bytes": 80000, "volumes": 2},
     "The file goes on for 80,000 bytes after the last voxel that its header describes, enough for "
     "2 more volumes. They are ignored; check the shape."),
    (FileCode.NO_POSITION, {},
     "The header gives no position. Left and right are assumed, not known."),
    (FileCode.MIRRORED, {},
     "The header gives two positions that mirror each other: sform and qform disagree on which "
     f"side is left. {SFORM} Check left and right."),
    (FileCode.TWO_POSITIONS, {"shift": 700.04, "unit": "µm"},
     f"The header gives two positions: sform and qform differ by a shift of 700 µm. {SFORM}"),
    (FileCode.TWO_POSITIONS, {"shift": 5.0, "unit": "mm", "rotation": 12.5,
                              "sizes": [[2.0, 2.0, 3.0], [2.0, 2.0, 3.3]]},
     "The header gives two positions: sform and qform differ by a rotation of 12.5°, a shift of "
     f"5 mm, voxel size (2 × 2 × 3 and 2 × 2 × 3.3). {SFORM}"),
    (FileCode.BAD_AFFINE, {},
     "The header's position matrix (affine) is unusable. Voxels of 1 mm in storage order are "
     "assumed; left and right, lengths and volumes are unknown."),
    (FileCode.ANISOTROPIC, {"sizes": [0.001, 1.0, 1000.0]},
     "The voxels measure 0.001 × 1 × 1000 mm, which no scanner produces. Pictures are distorted, "
     "and volumes in mL are doubtful."),
    (FileCode.SERIES, {"volumes": 1200, "shape": [9, 8, 7, 1200]},
     "The file holds 1,200 volumes (9 × 8 × 7 × 1200). Volume 0 is used."),
    (FileCode.ROUNDED, {},
     "The file holds whole numbers beyond 2^53, which are rounded here: neighbouring values can "
     "become one. Do not rely on differences of a few units."),
    (FileCode.NONFINITE, {"count": 1, "share": 1e-6},
     "NaN or infinite values in 1 voxel (< 0.1 %). Histograms and fits ignore them."),
    (FileCode.NONFINITE, {"count": 1584, "share": 0.3},
     "NaN or infinite values in 1,584 voxels (30 %). Histograms and fits ignore them."),
    (FileCode.BEYOND_SINGLE, {"largest": 4e40},
     "Intensities reach 4e+40, more than float32 and many programs can hold. Check the scaling "
     "(scl_slope) in the header."),
    (FileCode.SCALES, {"high": "T1", "low": ODD, "gap": 1e12},
     f"Intensities of T1 are 1e+12 times those of {ODD}. Check their units and keep the scaling "
     f"on, or the fit ignores {ODD}."),
    (FileCode.B_VALUES, {"values": 1200, "volumes": 65},
     "The .bval beside it has 1,200 b-values for 65 volumes, so it is not used. Put the .bval of "
     "this image there."),
    (FileCode.MASK_CONSTANT, {"value": 1.0, "marked": 9, "voxels": 9},
     "The mask holds only 1. It marks every voxel."),
    (FileCode.MASK_CONSTANT, {"value": 0.0, "marked": 0, "voxels": 9},
     "The mask holds only 0. It marks no voxel."),
    (FileCode.MASK_VALUES, {"inside": 2.0, "other": 1.0, "marked": 1200, "left": 1, "voxels": 1201},
     "The mask holds 2 and 1. It marks the 1,200 voxels of 2, and not the 1 voxel of 1."),
    (FileCode.MASK_NOISE, {"low": -6e-15, "high": 1.0, "limit": 0.5, "above_zero": 29687,
                           "marked": 14712, "voxels": 44352},
     "The mask holds two values with noise around them. It marks what is above 0.5: 14,712 voxels "
     "of the whole image. 29,687 voxels are above 0."),
    (FileCode.MASK_FRACTIONS, {"low": 0.0, "high": 1.0, "limit": 0.5, "above_zero": 1344,
                               "marked": 896, "voxels": 44352},
     "The mask holds fractions, from 0 to 1. It marks what is above 0.5: 896 voxels of the whole "
     "image. 1,344 voxels are above 0."),
    (FileCode.MASK_LABELS, {"labels": 1041, "low": 0.0, "limit": 0.0, "marked": 7, "voxels": 9},
     "The mask holds 1,041 labels. It marks all of them: 7 voxels."),
    (FileCode.MASK_LABELS, {"labels": 0, "low": -1.0, "limit": 0.5, "marked": 7, "voxels": 9},
     "The mask holds labels. It marks all of them: 7 voxels. Negative voxels are outside."),
    (FileCode.MASK_INTENSITIES, {"background": -1000.0, "marked": 7000, "voxels": 9000},
     "The mask holds intensities. It marks the 7,000 voxels that are not its background (−1000)."),
    (FileCode.MASK_INTENSITIES, {"background": None, "marked": 7000, "voxels": 9000},
     "The mask holds intensities. It marks the 7,000 voxels above 0."),
    (FileCode.MASK_NAN, {"count": 1}, "NaN or infinite values in 1 voxel of the mask are outside."),
    (FileCode.LABELS_SCALED, {"unit": 0.003921569},
     "All labels are below 0.5. They are taken as 1, 2 and so on times 0.003922."),
    (FileCode.LABELS_ROUNDED, {"most": 0.023529},
     "The labels are not whole numbers (off by up to 0.024). They are rounded."),
    (FileCode.LABELS_OUTSIDE, {"value": -1, "count": 5000},
     "The label −1 (5,000 voxels) is taken as background, like 0."),
    (FileCode.LABELS_NAN, {"count": 2},
     "NaN or infinite values in 2 voxels are taken as background."),
    (FileCode.LABELS_ARE_MASK, {},
     "The reference is also the mask, so no class lies outside its labels. Do not compare this "
     "Dice with that of another foreground."),
]  # fmt: skip


@pytest.mark.parametrize(("code", "facts", "text"), SENTENCES)
def test_a_notice_says_what_is_unusual_and_what_follows(code, facts, text):
    # As it comes out of the cache, where codes are plain texts.
    kept = Notice(**json.loads(json.dumps(asdict(Notice(code, facts)))))
    assert sentence(kept) == text


def test_every_notice_is_in_the_table():
    assert {code for code, _, _ in SENTENCES} == set(FileCode)
