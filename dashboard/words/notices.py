"""What is unusual about files, in sentences."""

from dashboard.core.facts import FileCode, Notice
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


SENTENCES: dict[FileCode, Pattern] = {
    FileCode.DATA_TYPE: (
        "The header contradicts itself: {bits} bits per voxel, but data type {type}. The data type "
        "is used; check that the image looks right."
    ),
    FileCode.VOXEL_SIZE: (
        "The header gives an impossible voxel size ({sizes:sizes} mm). It is taken from the "
        "position matrix (affine), or assumed to be 1 mm. Check lengths and volumes."
    ),
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
}
