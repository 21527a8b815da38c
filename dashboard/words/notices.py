"""What is unusual about files, in sentences."""

from dashboard.core.facts import FileCode, Notice
from dashboard.words.numbers import counted
from dashboard.words.parts import Facts, Pattern, text

SFORM = (
    "The sform is used, as in most programs. Programs that prefer the qform show and save this "
    "image elsewhere."
)


def sentence(notice: Notice) -> str:
    """Return a notice of a file, or of files that are fitted together, as a sentence."""
    return text(SENTENCES[FileCode(notice.code)], notice.facts)


def _two_positions(facts: Facts) -> str:
    parts = ["a shift of {shift:.3g} {unit}"]
    if "rotation" in facts:
        parts.insert(0, "a rotation of {rotation:.3g}°")
    if "sizes" in facts:
        parts.append("voxel size ({sizes[0]:sizes} and {sizes[1]:sizes})")
    return f"The header gives two positions: sform and qform differ by {', '.join(parts)}. {SFORM}"


def _inverted(facts: Facts) -> str:
    only = " In Analyze files only SPM writes a scaling there; other programs ignore it, or wrote"
    end = f"{only} something else." if facts["analyze"] else ""
    return (
        "The header's scale factor is negative ({slope:number}), which inverts the image: dark "
        f"becomes bright.{end} Check that the image looks right."
    )


def _extra_bytes(facts: Facts) -> str:
    more = f", enough for {counted(facts['volumes'], 'more volume')}" if facts["volumes"] else ""
    return (
        "The file goes on for {bytes:,} bytes after the last voxel that its header describes"
        f"{more}. They are ignored; check the shape."
    )


def _mask_of_one_value(facts: Facts) -> str:
    which = "every" if facts["marked"] else "no"
    return f"The mask holds only {{value:number}}. It marks {which} voxel."


def _mask_of_labels(facts: Facts) -> str:
    what = "{labels:,} labels" if facts["labels"] else "labels"
    negative = " Negative voxels are outside." if facts["low"] < 0 else ""
    return f"The mask holds {what}. It marks all of them: {{marked:voxels}}.{negative}"


def _mask_of_intensities(facts: Facts) -> str:
    known = facts["background"] is not None
    marked = "that are not its background ({background:number})" if known else "above 0"
    return f"The mask holds intensities. It marks the {{marked:voxels}} {marked}."


SENTENCES: dict[FileCode, Pattern] = {
    FileCode.DATA_TYPE: (
        "The header contradicts itself: {bits} bits per voxel, but data type {type}. The data type "
        "is used; check that the image looks right."
    ),
    FileCode.VOXEL_SIZE: (
        "The header gives an impossible voxel size ({sizes:sizes} mm). It is taken from the "
        "position matrix (affine), or assumed to be 1 mm. Check lengths and volumes."
    ),
    FileCode.NEGATIVE_SIZE: (
        "The header gives a negative voxel size ({sizes:sizes} mm). Its absolute value is used. "
        "Some programs mirror the image along that axis: check left and right."
    ),
    FileCode.NO_SLOPE: (
        "The scaling in the header is not a number (scl_slope = {slope}), so intensities are used "
        "as they are stored. Some programs read such a file as empty."
    ),
    FileCode.INVERTED: _inverted,
    FileCode.EXTRA_BYTES: _extra_bytes,
    FileCode.NO_POSITION: "The header gives no position. Left and right are assumed, not known.",
    FileCode.MIRRORED: (
        "The header gives two positions that mirror each other: sform and qform disagree on which "
        f"side is left. {SFORM} Check left and right."
    ),
    FileCode.TWO_POSITIONS: _two_positions,
    FileCode.BAD_AFFINE: (
        "The header's position matrix (affine) is unusable. Voxels of 1 mm in storage order are "
        "assumed; left and right, lengths and volumes are unknown."
    ),
    FileCode.ANISOTROPIC: (
        "The voxels measure {sizes:sizes} mm, which no scanner produces. Pictures are distorted, "
        "and volumes in mL are doubtful."
    ),
    FileCode.SERIES: "The file holds {volumes:volumes} ({shape:sizes}). Volume 0 is used.",
    FileCode.ROUNDED: (
        "The file holds whole numbers beyond 2^53, which are rounded here: neighbouring values can "
        "become one. Do not rely on differences of a few units."
    ),
    FileCode.NONFINITE: (
        "NaN or infinite values in {count:voxels} ({share:percent}). Histograms and fits ignore "
        "them."
    ),
    FileCode.BEYOND_SINGLE: (
        "Intensities reach {largest:.3g}, more than float32 and many programs can hold. Check the "
        "scaling (scl_slope) in the header."
    ),
    FileCode.B_VALUES: (
        "The .bval beside it has {values:,} b-values for {volumes:volumes}, so it is not used. Put "
        "the .bval of this image there."
    ),
    FileCode.SCALES: (
        "Intensities of {high} are {gap:.0e} times those of {low}. Check their units and keep the "
        "scaling on, or the fit ignores {low}."
    ),
    FileCode.MASK_CONSTANT: _mask_of_one_value,
    FileCode.MASK_VALUES: (
        "The mask holds {inside:number} and {other:number}. It marks the {marked:voxels} of "
        "{inside:number}, and not the {left:voxels} of {other:number}."
    ),
    FileCode.MASK_NOISE: (
        "The mask holds two values with noise around them. It marks what is above {limit:number}: "
        "{marked:voxels} of the whole image. {above_zero:voxels} are above 0."
    ),
    FileCode.MASK_FRACTIONS: (
        "The mask holds fractions, from {low:number} to {high:number}. It marks what is above "
        "{limit:number}: {marked:voxels} of the whole image. {above_zero:voxels} are above 0."
    ),
    FileCode.MASK_LABELS: _mask_of_labels,
    FileCode.MASK_INTENSITIES: _mask_of_intensities,
    FileCode.MASK_NAN: "NaN or infinite values in {count:voxels} of the mask are outside.",
    FileCode.LABELS_SCALED: (
        "All labels are below 0.5. They are taken as 1, 2 and so on times {unit:number}."
    ),
    FileCode.LABELS_ROUNDED: (
        "The labels are not whole numbers (off by up to {most:.2g}). They are rounded."
    ),
    FileCode.LABELS_OUTSIDE: (
        "The label {value:number} ({count:voxels}) is taken as background, like 0."
    ),
    FileCode.LABELS_NAN: "NaN or infinite values in {count:voxels} are taken as background.",
    FileCode.LABELS_ARE_MASK: (
        "The reference is also the mask, so no class lies outside its labels. Do not compare this "
        "Dice with that of another foreground."
    ),
}
